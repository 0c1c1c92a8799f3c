import { Button } from '@mantine/core'
import { IconChevronRight, IconCircleCheckFilled, IconCircleDashed, IconCircleDot } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { isLanguage, type Language } from '../../i18n.ts'
import { formatDate, formatTime } from '../../ui/format.ts'
import { DisplayTitle } from '../../ui/public-shell.tsx'
import { useTexts, type StepId, type VisitState } from './visit-data.ts'
import { OwnAddress } from './own-address.tsx'
import type { GoTo } from './visit-search.ts'

type StepOf = VisitState['steps'][number]

export function useWhen({ visit }: VisitState): { day: string; time: string } | undefined {
  const { i18n } = useTranslation()
  const language: Language = isLanguage(i18n.language) ? i18n.language : 'en'
  if (!visit) return undefined
  const options = { timeZone: visit.timeZone, language }
  return { day: formatDate(visit.startsAt, { ...options, style: 'day' }), time: formatTime(visit.startsAt, options) }
}

/** What there is to do, and how far she is. */
export function VisitHome({ state, goTo }: { state: VisitState; goTo: GoTo }) {
  const { t } = useTranslation('visit')
  const when = useWhen(state)
  const begun = state.steps.some((step) => step.state !== 'open')
  const next = state.steps.find((step) => step.state !== 'done')?.id
  const needed = state.steps.filter((step) => step.id !== 'marketing-photos')
  const extra = state.steps.filter((step) => step.id === 'marketing-photos')
  return (
    <div className="v-page">
      <DisplayTitle lead={t('home.lead')}>{t('home.hello', { name: state.calledName })}</DisplayTitle>
      {when && state.visit && (
        <p className="v-when">
          <strong>{t('home.visit', when)}</strong>
          <span>{state.visit.place}</span>
        </p>
      )}
      <StepList title={t('home.steps')} steps={needed} goTo={goTo} />
      {extra.length > 0 && <StepList title={t('home.extra')} steps={extra} goTo={goTo} />}
      {state.isMinor && <p className="v-note">{t(state.by === 'representative' ? 'home.parent' : 'home.minor')}</p>}
      {state.earlierHidden && state.by === 'link' && <OwnAddress />}
      <Button size="lg" fullWidth className="v-big" onClick={() => goTo({ step: next ?? 'finish' })}>
        {next ? (begun ? t('home.goOn') : t('home.begin')) : t('home.finish')}
      </Button>
      {state.by !== 'link' && (
        <Button component="a" href="/me" variant="subtle" color="gray" size="md" className="v-take-back">
          {t('home.ownPage')}
        </Button>
      )}
    </div>
  )
}

export function StepList({ title, steps, goTo }: { title: string; steps: readonly StepOf[]; goTo: GoTo }) {
  const { t } = useTranslation('visit')
  const { data: texts } = useTexts()
  const signedOf = (id: StepId) => texts?.decisions.find((line) => line.kind === id && line.holds)?.id
  return (
    <section className="v-steps" aria-label={title}>
      <h2 className="v-steps__title">{title}</h2>
      <ul>
        {steps.map((step) => {
          const signed = step.decision === 'accepted' ? signedOf(step.id) : undefined
          return (
            <li key={step.id}>
              <button
                type="button"
                className="n-plain v-step"
                onClick={() => goTo(signed ? { copy: signed } : { step: step.id })}
              >
                <StepMark state={step.state} />
                <span className="v-step__name">{t(`step.${step.id}`)}</span>
                <span className="v-step__state">{stateText(step, t)}</span>
                <IconChevronRight size={20} stroke={1.75} aria-hidden />
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const stateText = ({ id, state, decision }: StepOf, t: (key: string) => string) => {
  if (decision) return t(`state.${decision}`)
  return state === 'open' && id === 'marketing-photos' ? t('state.optional') : t(`state.${state}`)
}

function StepMark({ state }: { state: StepOf['state'] }) {
  if (state === 'done')
    return <IconCircleCheckFilled className="v-step__mark" data-state="done" size={24} aria-hidden />
  const Sign = state === 'started' ? IconCircleDot : IconCircleDashed
  return <Sign className="v-step__mark" size={24} stroke={1.75} aria-hidden />
}
