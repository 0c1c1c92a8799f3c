import { Button, TextInput } from '@mantine/core'
import { browserSupportsWebAuthn, startRegistration } from '@simplewebauthn/browser'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconFingerprint, IconLogout } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '../../client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate, formatPlainDate } from '../../ui/format.ts'
import { Section, useLanguage } from './section.tsx'
import { contactKey, detailOf, loadContact, loadPasskeys, loadRepresentatives, passkeysKey, statusOf, type MeSession } from './me-data.ts'
import { creationOptions } from './passkey-options.ts'

/** Where the practice writes to, masked; a new address counts once its code was typed here. */
export function Reach({ title }: { title: string }) {
  const { t } = useTranslation('me')
  const contact = useQuery({ queryKey: contactKey, queryFn: loadContact })
  const [changing, setChanging] = useState(false)
  const [changed, setChanged] = useState(false)
  return (
    <Section title={title}>
      {contact.error && <ErrorNotice error={contact.error} onRetry={() => void contact.refetch()} />}
      {contact.data && (
        <dl className="me-facts">
          <dt>{t('reach.email')}</dt>
          <dd>{contact.data.email ?? t('reach.missing')}</dd>
          <dt>{t('reach.phone')}</dt>
          <dd>{contact.data.phone ?? t('reach.missing')}</dd>
        </dl>
      )}
      {changed && <p role="status">{t('reach.changed')}</p>}
      {changing ? (
        <ChangeContact
          onDone={() => {
            setChanging(false)
            setChanged(true)
          }}
        />
      ) : (
        <Button variant="default" size="md" className="me-start" onClick={() => setChanging(true)}>
          {t('reach.change')}
        </Button>
      )}
    </Section>
  )
}

function ChangeContact({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('me')
  const queries = useQueryClient()
  const [address, setAddress] = useState('')
  const [code, setCode] = useState('')
  const asking = useMutation({ mutationFn: () => data(api.POST('/api/me/contact', { body: { address } })) })
  const confirming = useMutation({
    mutationFn: (checkId: string) => data(api.POST('/api/me/contact/confirm', { body: { checkId, code: code.trim() } })),
    onSuccess: (now) => {
      queries.setQueryData(contactKey, now)
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (asking.data) confirming.mutate(asking.data.checkId)
    else asking.mutate()
  }
  const said = (error: unknown) => (statusOf(error) === 422 || statusOf(error) === 429 ? detailOf(error) : undefined)
  return (
    <form className="me-form" onSubmit={submit} noValidate>
      {!asking.data && (
        <TextInput size="md" label={t('reach.new')} value={address} error={said(asking.error)} onChange={(event) => setAddress(event.currentTarget.value)} />
      )}
      {asking.data && (
        <>
          <p role="status" className="me-tight">
            {t('reach.sent')}
          </p>
          <TextInput
            size="md"
            label={t('code.code')}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            value={code}
            error={said(confirming.error)}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        </>
      )}
      <Button type="submit" size="md" className="me-start" loading={asking.isPending || confirming.isPending}>
        {asking.data ? t('reach.confirm') : t('reach.send')}
      </Button>
    </form>
  )
}

/** Nobody acts for her without her seeing it. */
export function Representatives() {
  const { t } = useTranslation('me')
  const language = useLanguage()
  const { data: all } = useQuery({ queryKey: ['me', 'representatives'], queryFn: loadRepresentatives })
  if (!all || all.length === 0) return null
  return (
    <Section title={t('others.title')}>
      <ul className="me-list">
        {all.map(({ name, basis, scopes, endsOn }) => (
          <li key={`${name} ${basis}`}>
            <strong>{name}</strong>
            <span>
              {[t(`who.${basis}`), ...scopes.map((scope) => t(`scope.${scope}`)), ...(endsOn ? [t('others.until', { when: formatPlainDate(endsOn, language) })] : [])].join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

export function Account({ session, onOut }: { session: MeSession; onOut: () => void }) {
  const { t } = useTranslation('me')
  const leaving = useMutation({ mutationFn: () => data(api.DELETE('/api/me/session')), onSuccess: onOut })
  const everywhere = useMutation({ mutationFn: () => data(api.DELETE('/api/me/sessions')), onSuccess: onOut })
  return (
    <Section title={t('keys.title')}>
      {session.hasBaseUrl && browserSupportsWebAuthn() && <Passkeys />}
      {session.otherSessions > 0 && <p className="me-tight">{t('out.other', { count: session.otherSessions })}</p>}
      {(leaving.error ?? everywhere.error) && <ErrorNotice error={leaving.error ?? everywhere.error} />}
      <div className="v-choices">
        <Button size="lg" variant="default" className="v-big" leftSection={<IconLogout size={18} stroke={1.75} />} loading={leaving.isPending} onClick={() => leaving.mutate()}>
          {t('out.here')}
        </Button>
        {session.otherSessions > 0 && (
          <Button size="lg" variant="default" className="v-big" loading={everywhere.isPending} onClick={() => everywhere.mutate()}>
            {t('out.everywhere')}
          </Button>
        )}
      </div>
      <p className="v-small me-tight">{t('out.idle')}</p>
    </Section>
  )
}

function Passkeys() {
  const { t } = useTranslation('me')
  const language = useLanguage()
  const queries = useQueryClient()
  const keys = useQuery({ queryKey: passkeysKey, queryFn: loadPasskeys })
  const refresh = () => queries.invalidateQueries({ queryKey: passkeysKey })
  const adding = useMutation({
    mutationFn: async () => {
      const options = await data(api.POST('/api/me/passkeys/options'))
      const { id, rawId, response } = await startRegistration({ optionsJSON: creationOptions(options) })
      const { clientDataJSON, attestationObject, transports = [] } = response
      const answer = { id, rawId, type: 'public-key' as const, clientExtensionResults: {}, response: { clientDataJSON, attestationObject, transports } }
      return data(api.POST('/api/me/passkeys', { body: { name: t('keys.my'), answer } }))
    },
    onSuccess: refresh,
  })
  const removing = useMutation({
    mutationFn: (passkeyId: string) => data(api.DELETE('/api/me/passkeys/{passkeyId}', { params: { path: { passkeyId } } })),
    onSuccess: refresh,
  })
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <>
      <p className="me-tight">{t('keys.lead')}</p>
      {keys.data && keys.data.length > 0 && (
        <ul className="me-list">
          {keys.data.map(({ id, name, usedAt }) => (
            <li key={id} className="me-key">
              <span>
                <strong>{name}</strong>
                <span>{usedAt ? t('keys.used', { when: formatDate(usedAt, { timeZone, language }) }) : t('keys.never')}</span>
              </span>
              <Button variant="subtle" color="red" size="md" loading={removing.isPending && removing.variables === id} onClick={() => removing.mutate(id)}>
                {t('keys.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {adding.isSuccess && <p role="status">{t('keys.added')}</p>}
      {adding.error && (
        <p className="n-question__error me-tight" role="alert">
          {t('keys.failed')}
        </p>
      )}
      {removing.error && <ErrorNotice error={removing.error} />}
      <Button variant="light" size="md" className="me-start" leftSection={<IconFingerprint size={20} stroke={1.75} />} loading={adding.isPending} onClick={() => adding.mutate()}>
        {t('keys.add')}
      </Button>
    </>
  )
}
