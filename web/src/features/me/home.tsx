import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconChevronRight, IconUser, IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { api, data } from '../../client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate, formatTime } from '../../ui/format.ts'
import { DisplayTitle } from '../../ui/public-shell.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { loadState, loadTexts } from '../visit/visit-data.ts'
import { Account, Reach, Representatives } from './account.tsx'
import { loadChoices, loadHome, loadVisits, type MeSession } from './me-data.ts'
import type { GoTo } from './me-search.ts'
import { Section, useLanguage } from './section.tsx'

/** A parent of several, or a mother who is a patient herself, says for whom she is here. */
export function Chooser({ onChosen }: { onChosen: () => void }) {
  const { t } = useTranslation('me')
  const queries = useQueryClient()
  const choices = useQuery({ queryKey: ['me', 'choices'], queryFn: loadChoices })
  const choosing = useMutation({
    mutationFn: (patientId: string) => data(api.POST('/api/me/choose', { body: { patientId } })),
    onSuccess: async () => {
      // Nothing of the person before may stay on the screen.
      queries.removeQueries({ queryKey: ['visit'] })
      queries.removeQueries({ queryKey: ['me'], predicate: ({ queryKey }) => queryKey[1] !== 'session' })
      await queries.refetchQueries({ queryKey: ['me', 'session'] })
      onChosen()
    },
  })
  if (choices.error) return <ErrorNotice error={choices.error} onRetry={() => void choices.refetch()} />
  if (!choices.data) return <SkeletonCard lines={3} />
  return (
    <div className="v-page">
      <DisplayTitle>{t('who.title')}</DisplayTitle>
      {choosing.error && <ErrorNotice error={choosing.error} />}
      <div className="v-steps">
        <ul>
          {choices.data.map(({ patientId, name, as, basis }) => (
            <li key={patientId}>
              <button type="button" className="n-plain v-step" onClick={() => choosing.mutate(patientId)}>
                {as === 'self' ? <IconUser size={24} stroke={1.75} aria-hidden /> : <IconUsers size={24} stroke={1.75} aria-hidden />}
                <span className="v-step__name">{name}</span>
                <span className="v-step__state">{as === 'self' ? t('who.self') : t(`who.${basis ?? 'guardian'}`)}</span>
                <IconChevronRight size={20} stroke={1.75} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

export interface HomeProps {
  session: MeSession
  goTo: GoTo
  onChange: () => void
  onOut: () => void
}

export function Home({ session, goTo, onChange, onOut }: HomeProps) {
  const { t } = useTranslation('me')
  const home = useQuery({ queryKey: ['me', 'home'], queryFn: loadHome })
  if (home.error) return <ErrorNotice error={home.error} onRetry={() => void home.refetch()} />
  if (!home.data) return <SkeletonCard lines={5} />
  const { calledName, isMinor } = home.data
  const isSelf = session.as === 'self'
  const may = (scope: MeSession['scopes'][number]) => session.scopes.includes(scope)
  return (
    <div className="v-page">
      <div className="me-head">
        <DisplayTitle>{t(isSelf ? 'home.hello' : 'home.for', { name: calledName })}</DisplayTitle>
        {session.mayChoose && (
          <Button variant="default" size="md" leftSection={<IconUsers size={18} stroke={1.75} />} onClick={onChange}>
            {t('home.other')}
          </Button>
        )}
      </div>
      {may('visits') && <Visits />}
      {may('forms') && <Forms isParent={isMinor && !isSelf} />}
      {may('forms') && <SignedDocuments goTo={goTo} />}
      {may('messages') && <Reach title={t(isSelf ? 'reach.title' : 'reach.titleFor')} />}
      {isSelf && <Representatives />}
      <Account session={session} onOut={onOut} />
    </div>
  )
}

function Visits() {
  const { t } = useTranslation('me')
  const language = useLanguage()
  const visits = useQuery({ queryKey: ['me', 'visits'], queryFn: loadVisits })
  return (
    <Section title={t('visits.title')}>
      {visits.error && <ErrorNotice error={visits.error} onRetry={() => void visits.refetch()} />}
      {visits.isPending && <SkeletonCard lines={2} />}
      {visits.data?.length === 0 && <p className="me-tight">{t('visits.none')}</p>}
      {visits.data?.map(({ reference, startsAt, timeZone, place, address }) => (
        <p className="v-when" key={reference}>
          <strong>{t('visits.when', { day: formatDate(startsAt, { timeZone, language, style: 'day' }), time: formatTime(startsAt, { timeZone, language }) })}</strong>
          <span>{[place, address].filter(Boolean).join(', ')}</span>
          <span>{t('visits.reference', { reference })}</span>
        </p>
      ))}
      {visits.data?.length === 0 && (
        <Button component="a" href="/book" variant="default" size="md" className="me-start">
          {t('visits.book')}
        </Button>
      )}
    </Section>
  )
}

function Forms({ isParent }: { isParent: boolean }) {
  const { t } = useTranslation('me')
  const navigate = useNavigate()
  const language = useLanguage()
  const state = useQuery({ queryKey: ['visit', 'state'], queryFn: loadState, staleTime: 0 })
  const isDone = state.data?.steps.every((step) => step.state === 'done' || step.id === 'marketing-photos')
  return (
    <Section title={t('forms.title')}>
      {state.error && <ErrorNotice error={state.error} onRetry={() => void state.refetch()} />}
      {state.data && (
        <>
          <p className="me-tight">{isDone ? t('forms.done') : t('forms.open')}</p>
          {isParent && <p className="v-small me-tight">{t('forms.minorParent')}</p>}
          <Button
            size="lg"
            fullWidth
            className="v-big"
            variant={isDone ? 'default' : 'filled'}
            onClick={() => void navigate({ to: '/visit', search: { lang: language } })}
          >
            {t('forms.go')}
          </Button>
        </>
      )}
    </Section>
  )
}

function SignedDocuments({ goTo }: { goTo: GoTo }) {
  const { t } = useTranslation(['me', 'visit'])
  const language = useLanguage()
  const texts = useQuery({ queryKey: ['visit', 'texts'], queryFn: loadTexts, staleTime: 0 })
  const signed = texts.data?.decisions.filter(({ decision }) => decision === 'accepted') ?? []
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <Section title={t('signed.title')}>
      {texts.data && signed.length === 0 && <p className="me-tight">{t('signed.none')}</p>}
      {signed.length > 0 && (
        <div className="v-steps">
          <ul>
            {signed.map((line) => (
              <li key={line.id}>
                <button type="button" className="n-plain me-row" onClick={() => goTo({ copy: line.id })}>
                  <span className="v-step__name">{t(`visit:step.${line.kind}`)}</span>
                  <span className="v-step__state">
                    {line.revokedAt ? t('signed.back') : t('signed.on', { when: formatDate(line.signedAt, { timeZone, language }) })}
                  </span>
                  <IconChevronRight size={20} stroke={1.75} aria-hidden />
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  )
}
