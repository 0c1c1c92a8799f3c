import { Button, TextInput } from '@mantine/core'
import { browserSupportsWebAuthn, startAuthentication } from '@simplewebauthn/browser'
import { useMutation } from '@tanstack/react-query'
import { IconFingerprint } from '@tabler/icons-react'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '../../client.ts'
import { isLanguage, type Language } from '../../i18n.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { DisplayTitle } from '../../ui/public-shell.tsx'
import { DatePartsInput } from '../../ui/question-field.tsx'
import { authenticationOptions } from './passkey-options.ts'
import { detailOf, statusOf } from './me-data.ts'
import type { GoTo } from './me-search.ts'

export interface Entering {
  /** with the language that is on file */
  onIn: (language: Language) => void
}
const useLanguage = (): Language => {
  const { i18n } = useTranslation()
  return isLanguage(i18n.language) ? i18n.language : 'en'
}

/** First page: where the code is to go, or a passkey. */
export function AskForCode({ goTo, onIn }: Entering & { goTo: GoTo }) {
  const { t } = useTranslation('me')
  const language = useLanguage()
  const [address, setAddress] = useState('')
  const asking = useMutation({
    mutationFn: () => data(api.POST('/api/me/code', { body: { address, language } })),
    onSuccess: ({ attempt }) => goTo({ attempt }),
  })
  const byPasskey = useMutation({
    mutationFn: async () => {
      const options = await data(api.POST('/api/me/session/passkey/options'))
      const answer = await startAuthentication({ optionsJSON: authenticationOptions(options) })
      const { id, rawId, response } = answer
      return data(api.POST('/api/me/session/passkey', { body: { answer: { id, rawId, type: 'public-key', clientExtensionResults: {}, response } } }))
    },
    onSuccess: ({ language: onFile }) => onIn(onFile),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (address.trim() !== '') asking.mutate()
  }
  const status = statusOf(asking.error)
  return (
    <form className="v-page" onSubmit={submit} noValidate>
      <DisplayTitle lead={t('in.lead')}>{t('in.title')}</DisplayTitle>
      <TextInput
        size="lg"
        label={t('in.address')}
        autoComplete="email"
        inputMode="email"
        value={address}
        onChange={(event) => {
          setAddress(event.currentTarget.value)
          asking.reset()
        }}
        error={status === 422 || status === 429 ? detailOf(asking.error) : undefined}
      />
      {asking.error && status !== 422 && status !== 429 && <ErrorNotice error={asking.error} />}
      <Button type="submit" size="lg" fullWidth className="v-big" loading={asking.isPending}>
        {t('in.send')}
      </Button>
      {browserSupportsWebAuthn() && (
        <Button
          size="lg"
          variant="default"
          fullWidth
          className="v-big"
          leftSection={<IconFingerprint size={20} stroke={1.75} />}
          loading={byPasskey.isPending}
          onClick={() => byPasskey.mutate()}
        >
          {t('in.passkey')}
        </Button>
      )}
      {byPasskey.error && (
        <p className="n-question__error" role="alert">
          {t('in.passkeyFailed')}
        </p>
      )}
    </form>
  )
}

function BirthDate({ value, onChange }: { value: string | undefined; onChange: (next: string | undefined) => void }) {
  const { t } = useTranslation('me')
  const language = useLanguage()
  const id = useId()
  return (
    <div className="v-field">
      <h2 className="v-field__label" id={id}>
        {t('code.birthDate')}
      </h2>
      <DatePartsInput key={language} labelledBy={id} value={value} onChange={onChange} language={language} autoComplete="bday" />
      <p className="v-small me-tight">{t('code.whose')}</p>
    </div>
  )
}

/** Second page: code and birth date together. */
export function EnterCode({ attempt, goTo, onIn }: Entering & { attempt: string; goTo: GoTo }) {
  const { t } = useTranslation('me')
  const [code, setCode] = useState('')
  const [birthDate, setBirthDate] = useState<string>()
  const [tried, setTried] = useState(false)
  const entering = useMutation({
    mutationFn: (whole: { code: string; birthDate: string }) => data(api.POST('/api/me/session', { body: { attempt, ...whole } })),
    onSuccess: ({ language }) => onIn(language),
  })
  const typed = code.replaceAll(/\s/g, '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (/^\d{6}$/.test(typed) && birthDate) entering.mutate({ code: typed, birthDate })
  }
  const isMissing = tried && !(/^\d{6}$/.test(typed) && birthDate)
  return (
    <form className="v-page" onSubmit={submit} noValidate>
      <DisplayTitle lead={t('code.lead')}>{t('code.title')}</DisplayTitle>
      <TextInput
        size="lg"
        label={t('code.code')}
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={8}
        className="me-code"
        value={code}
        onChange={(event) => {
          setCode(event.currentTarget.value)
          entering.reset()
        }}
      />
      <BirthDate value={birthDate} onChange={setBirthDate} />
      <Answer error={entering.error} missing={isMissing ? t('code.missing') : undefined} wrong={t('code.wrong')} />
      <Button type="submit" size="lg" fullWidth className="v-big" loading={entering.isPending}>
        {t('code.enter')}
      </Button>
      <Button variant="subtle" color="gray" size="md" className="v-take-back" onClick={() => goTo({})}>
        {t('code.again')}
      </Button>
    </form>
  )
}

/** The link of the message: the birth date is all that is missing. */
export function EnterByLink({ token, goTo, onIn }: Entering & { token: string; goTo: GoTo }) {
  const { t } = useTranslation('me')
  const [birthDate, setBirthDate] = useState<string>()
  const [tried, setTried] = useState(false)
  const entering = useMutation({
    mutationFn: (date: string) => data(api.POST('/api/me/session/link', { body: { token, birthDate: date } })),
    onSuccess: ({ language }) => onIn(language),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (birthDate) entering.mutate(birthDate)
  }
  return (
    <form className="v-page" onSubmit={submit} noValidate>
      <DisplayTitle lead={t('link.lead')}>{t('link.title')}</DisplayTitle>
      <BirthDate
        value={birthDate}
        onChange={(next) => {
          setBirthDate(next)
          entering.reset()
        }}
      />
      <Answer error={entering.error} missing={tried && !birthDate ? t('code.missing') : undefined} wrong={t('link.wrong')} />
      <Button type="submit" size="lg" fullWidth className="v-big" loading={entering.isPending}>
        {t('code.enter')}
      </Button>
      <Button variant="subtle" color="gray" size="md" className="v-take-back" onClick={() => goTo({})}>
        {t('code.again')}
      </Button>
    </form>
  )
}

function Answer({ error, missing, wrong }: { error: unknown; missing: string | undefined; wrong: string }) {
  const status = statusOf(error)
  const said = status === 422 ? wrong : status === 429 ? detailOf(error) : missing
  if (said)
    return (
      <p className="n-question__error me-tight" role="alert">
        {said}
      </p>
    )
  return error ? <ErrorNotice error={error} /> : null
}
