import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { isLanguage, type Language } from '../../i18n.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatPhone } from '../../ui/format.ts'
import { DisplayTitle } from '../../ui/public-shell.tsx'
import { DatePartsInput } from '../../ui/question-field.tsx'

export interface OpenLinkProps {
  token: string
  phone: string
  /** with the language that is on file */
  onOpened: (language: Language) => void
}

const statusOf = (error: unknown) => (error instanceof Problem ? error.status : undefined)

/** The link and the birth date together open the forms, once. */
export function OpenLink({ token, phone, onOpened }: OpenLinkProps) {
  const { t, i18n } = useTranslation('visit')
  const language: Language = isLanguage(i18n.language) ? i18n.language : 'en'
  const id = useId()
  const [birthDate, setBirthDate] = useState<string>()
  const [tried, setTried] = useState(false)
  const opening = useMutation({
    mutationFn: (date: string) => data(api.POST('/api/visit/open', { body: { token, birthDate: date } })),
    onSuccess: (answer) => onOpened(answer.language),
  })
  if (statusOf(opening.error) === 410) return <LinkGone token={token} phone={phone} />

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (birthDate) opening.mutate(birthDate)
  }
  const wrong = statusOf(opening.error) === 422
  return (
    <form className="v-page" onSubmit={submit} noValidate>
      <DisplayTitle lead={t('open.lead')}>{t('open.title')}</DisplayTitle>
      <div className="v-field">
        <h2 className="v-field__label" id={`${id}-birth`}>
          {t('open.birthDate')}
        </h2>
        <DatePartsInput
          key={language}
          labelledBy={`${id}-birth`}
          value={birthDate}
          onChange={(next) => {
            setBirthDate(next)
            opening.reset()
          }}
          language={language}
          autoComplete="bday"
        />
        {(wrong || (tried && !birthDate)) && (
          <p className="n-question__error" role="alert">
            {wrong ? t('open.wrong') : t('open.missing')}
          </p>
        )}
      </div>
      {opening.error && !wrong && <ErrorNotice error={opening.error} />}
      <Button type="submit" size="lg" fullWidth loading={opening.isPending} className="v-big">
        {t('open.button')}
      </Button>
      <p className="v-small">{t('open.once')}</p>
    </form>
  )
}

/** A used, expired or closed link: what to do, in one tap. */
function LinkGone({ token, phone }: Pick<OpenLinkProps, 'token' | 'phone'>) {
  const { t } = useTranslation('visit')
  const renewing = useMutation({ mutationFn: () => data(api.POST('/api/visit/renew', { body: { token } })) })
  return (
    <div className="v-page">
      <DisplayTitle lead={t('gone.lead')}>{t('gone.title')}</DisplayTitle>
      {renewing.error && <ErrorNotice error={renewing.error} />}
      {renewing.isSuccess ? (
        <p role="status">{t('gone.sent')}</p>
      ) : (
        <Button size="lg" fullWidth loading={renewing.isPending} onClick={() => renewing.mutate()} className="v-big">
          {t('gone.button')}
        </Button>
      )}
      {phone && <p>{t('gone.call', { phone: formatPhone(phone) })}</p>}
    </div>
  )
}

/** No link and no open session: these pages closed, or somebody typed the address. */
export function LinkOver({ phone }: { phone: string }) {
  const { t } = useTranslation('visit')
  return (
    <div className="v-page">
      <DisplayTitle lead={t('over.lead')}>{t('over.title')}</DisplayTitle>
      {phone && <p>{t('gone.call', { phone: formatPhone(phone) })}</p>}
    </div>
  )
}
