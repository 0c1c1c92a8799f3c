import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconPrinter } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '../../client.ts'
import { isLanguage, type Language } from '../../i18n.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { SignatureImage } from '../../ui/signature-pad.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { ConsentTextView } from './consent-text.tsx'
import { stateKey, textsKey } from './visit-data.ts'

export interface CopyPageProps {
  consentId: string
  onBack: () => void
  /** where "back" leads: on with the forms, or to their list */
  backTo: 'next' | 'home' | 'own-page'
}

const BACK = { next: 'copy.next', home: 'copy.back', 'own-page': 'copy.ownPage' } as const

const loadCopy = (consentId: string) =>
  data(api.GET('/api/visit/consents/{consentId}/copy', { params: { path: { consentId } } }))

/** What she signed, with her signature: to save, to print, and to take back. */
export function CopyPage({ consentId, onBack, backTo }: CopyPageProps) {
  const { t, i18n } = useTranslation('visit')
  const language: Language = isLanguage(i18n.language) ? i18n.language : 'en'
  const key = ['visit', 'copy', consentId]
  const { data: copy, error, refetch } = useQuery({ queryKey: key, queryFn: () => loadCopy(consentId) })
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!copy) return <SkeletonCard lines={8} />
  // The patient's own clock: it is her copy.
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const when = (instant: string) => formatDateTime(instant, { timeZone, language })
  const { line } = copy
  return (
    <div className="v-page v-consent">
      <div className="n-screen-only v-copy-head">
        <p className="v-overline">{t('copy.title')}</p>
        <p>{t('copy.lead')}</p>
      </div>
      <div className="v-copy" lang={line.language}>
        {copy.text && <ConsentTextView text={copy.text} />}
        {copy.uses.length > 0 && (
          <p>
            <strong>{t('copy.places')}:</strong> {copy.uses.map((use) => use[line.language]).join(', ')}
          </p>
        )}
        {copy.text && <p className="v-statement">{copy.text.statement}</p>}
        {copy.signature && copy.signerName && (
          <>
            <SignatureImage signature={copy.signature} label={t('consent.signature')} />
            <p className="v-copy__signed">{t('copy.signed', { name: copy.signerName, when: when(line.signedAt) })}</p>
            {copy.signedAs && <p>{t('copy.signedAs', { authority: copy.signedAs.authority })}</p>}
          </>
        )}
        <p className="v-small">
          {t('copy.version', { version: line.textVersion })}. {t('copy.fingerprint')}: <code>{copy.textHash}</code>
        </p>
      </div>
      {line.revokedAt && <p className="v-note">{t('copy.revoked', { when: when(line.revokedAt) })}</p>}
      <div className="v-choices n-screen-only">
        <Button size="lg" className="v-big" onClick={onBack}>
          {t(BACK[backTo])}
        </Button>
        <Button
          size="lg"
          variant="default"
          className="v-big"
          leftSection={<IconPrinter size={18} stroke={1.75} />}
          onClick={() => window.print()}
        >
          {t('copy.print')}
        </Button>
      </div>
      {line.holds && <TakeBack consentId={consentId} copyKey={key} />}
    </div>
  )
}

function TakeBack({ consentId, copyKey }: { consentId: string; copyKey: readonly string[] }) {
  const { t } = useTranslation('visit')
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const revoking = useMutation({
    mutationFn: () => data(api.POST('/api/visit/consents/{consentId}/revoke', { params: { path: { consentId } } })),
    onSuccess: () =>
      Promise.all([copyKey, textsKey, stateKey].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  })
  if (!asking)
    return (
      <Button
        variant="subtle"
        color="gray"
        size="md"
        className="n-screen-only v-take-back"
        onClick={() => setAsking(true)}
      >
        {t('copy.revoke')}
      </Button>
    )
  return (
    <div className="v-note n-screen-only" role="group">
      <p>{t('copy.revokeAsk')}</p>
      {revoking.error && <ErrorNotice error={revoking.error} />}
      <div className="v-choices v-choices--equal">
        <Button variant="default" size="md" onClick={() => setAsking(false)}>
          {t('copy.revokeNo')}
        </Button>
        <Button color="red" size="md" loading={revoking.isPending} onClick={() => revoking.mutate()}>
          {t('copy.revokeYes')}
        </Button>
      </div>
    </div>
  )
}
