import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconCircleCheck, IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { api, data } from '../../client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { DisplayTitle } from '../../ui/public-shell.tsx'
import type { VisitState } from './visit-data.ts'
import { StepList, useWhen } from './visit-home.tsx'
import type { GoTo } from './visit-search.ts'

export interface FinishPageProps {
  state: VisitState
  goTo: GoTo
  /** her session is over */
  onLeft: () => void
}

/** Thanks, when to come, and the way out: closing ends the session, so that nothing is left on a shared device. */
export function FinishPage({ state, goTo, onLeft }: FinishPageProps) {
  const { t } = useTranslation('visit')
  const when = useWhen(state)
  const leaving = useMutation({ mutationFn: () => data(api.POST('/api/visit/finish')), onSuccess: onLeft })
  return (
    <div className="v-page">
      <IconCircleCheck className="v-done" size={56} stroke={1.25} aria-hidden />
      <DisplayTitle lead={t('finish.lead')}>{t('finish.title', { name: state.calledName })}</DisplayTitle>
      {when && state.visit && (
        <p className="v-when">
          <strong>{t('finish.see', when)}</strong>
          <span>{[state.visit.place, state.visit.address].filter(Boolean).join(', ')}</span>
        </p>
      )}
      {state.isMinor && state.by !== 'representative' && <p className="v-note">{t('home.minor')}</p>}
      <StepList title={t('finish.change')} steps={state.steps} goTo={goTo} />
      {leaving.error && <ErrorNotice error={leaving.error} />}
      {state.by !== 'link' ? (
        <Button component="a" href="/me" size="lg" fullWidth className="v-big">
          {t('home.ownPage')}
        </Button>
      ) : (
        <Button
          size="lg"
          fullWidth
          className="v-big"
          leftSection={<IconLock size={18} stroke={1.75} />}
          loading={leaving.isPending}
          onClick={() => leaving.mutate()}
        >
          {t('finish.close')}
        </Button>
      )}
    </div>
  )
}

export function Goodbye() {
  const { t } = useTranslation('visit')
  return (
    <div className="v-page">
      <IconCircleCheck className="v-done" size={56} stroke={1.25} aria-hidden />
      <DisplayTitle lead={t('bye.lead')}>{t('bye.title')}</DisplayTitle>
    </div>
  )
}
