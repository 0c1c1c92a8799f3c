import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { isLanguage, type Language } from '../../i18n.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatPhone } from '../../ui/format.ts'
import { PublicShell } from '../../ui/public-shell.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { ConsentStep } from './consent-step.tsx'
import { CopyPage } from './copy-page.tsx'
import { FinishPage, Goodbye } from './finish-page.tsx'
import { HealthStep } from './health-step.tsx'
import { MarketingStep } from './marketing-step.tsx'
import { LinkOver, OpenLink } from './open-link.tsx'
import { loadState, stateKey, type StepId, type VisitState } from './visit-data.ts'
import { VisitHome } from './visit-home.tsx'
import { parseVisitSearch, type GoTo, type VisitSearch } from './visit-search.ts'
import './visit-texts.ts'
import './visit.css'

/** The practice as everybody may know it, before the link is opened. */
const usePractice = () =>
  useQuery({ queryKey: ['catalogue'], queryFn: () => data(api.GET('/api/public/catalogue')) }).data?.practice

/** The page of a patient's own forms. The link's token is in the fragment, which no browser sends to anybody. */
export function VisitPage() {
  const practice = usePractice()
  const token = useLocation({ select: (location) => location.hash })
  const search = parseVisitSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { i18n } = useTranslation()
  const [left, setLeft] = useState<VisitState>()
  const goTo: GoTo = (where, how) =>
    void navigate({ to: '/visit', search: { lang: search.lang, ...where }, replace: how === 'instead' })
  useLanguageInAddress(search.lang)

  const opened = (onFile: Language) => {
    queries.removeQueries({ queryKey: ['visit'] })
    // English is what nobody chose: Spanish on file or in the browser wins, and her own tap on the switch over both.
    const shown: Language = search.lang ?? (i18n.language === 'es' ? 'es' : onFile)
    void i18n.changeLanguage(shown)
    void navigate({ to: '/visit', search: { lang: shown }, hash: '', replace: true })
  }
  const phone = practice?.phone ?? ''
  const shell = (children: ReactNode) => (
    <PublicShell
      practiceName={practice?.name ?? ''}
      contact={phone && <a href={`tel:${phone}`}>{formatPhone(phone)}</a>}
    >
      {children}
    </PublicShell>
  )
  if (left) return shell(<Goodbye />)
  if (token) return shell(<OpenLink key={token} token={token} phone={phone} onOpened={opened} />)
  const leave = (state: VisitState) => {
    setLeft(state)
    queries.removeQueries({ queryKey: ['visit'] })
    void navigate({ to: '/visit', search: { lang: search.lang }, replace: true })
  }
  return shell(<OpenedVisit search={search} goTo={goTo} onLeft={leave} phone={phone} />)
}

/** The chosen language stays in the address, so that a reload keeps it; nothing is stored in the browser. */
function useLanguageInAddress(current: Language | undefined) {
  const { i18n } = useTranslation()
  const navigate = useNavigate()
  useEffect(() => {
    const remember = (next: string) => {
      if (!isLanguage(next) || next === current) return
      void navigate({
        to: '/visit',
        search: (before: VisitSearch) => ({ ...before, lang: next }),
        hash: true,
        replace: true,
      })
    }
    i18n.on('languageChanged', remember)
    return () => i18n.off('languageChanged', remember)
  }, [i18n, navigate, current])
}

interface OpenedVisitProps {
  search: VisitSearch
  goTo: GoTo
  onLeft: (state: VisitState) => void
  phone: string
}

function OpenedVisit({ search, goTo, onLeft, phone }: OpenedVisitProps) {
  const { data: state, error, refetch } = useQuery({ queryKey: stateKey, queryFn: loadState, staleTime: Infinity })
  if (error instanceof Problem && error.status === 401) return <LinkOver phone={phone} />
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!state) return <SkeletonCard lines={5} />
  return <Step state={state} search={search} goTo={goTo} onLeft={onLeft} />
}

/** After one step comes the next that is open; after the last, the end. */
const nextAfter = (state: VisitState, done: StepId): NonNullable<VisitSearch['step']> =>
  state.steps.find((step) => step.state !== 'done' && step.id !== done)?.id ?? 'finish'

function Step({ state, search, goTo, onLeft }: Omit<OpenedVisitProps, 'phone'> & { state: VisitState }) {
  const queries = useQueryClient()
  const { step, at, copy } = search
  const stepDone = async (done: StepId, signed?: string) => {
    const fresh = await queries.fetchQuery({ queryKey: stateKey, queryFn: loadState, staleTime: 0 })
    const next = nextAfter(fresh, done)
    goTo(signed ? { step: next, copy: signed } : { step: next })
    window.scrollTo({ top: 0 })
  }
  if (copy)
    return <CopyPage consentId={copy} onBack={() => goTo(step ? { step } : {})} backTo={step ? 'next' : 'home'} />
  if (step === 'health')
    return <HealthStep at={at} onAt={(next, how) => goTo({ step, at: next }, how)} onDone={() => stepDone('health')} />
  const asked = state.steps.find(({ id }) => id === step)?.id
  if (asked === 'marketing-photos') return <MarketingStep onDone={(signed) => stepDone(asked, signed)} />
  if (asked === 'treatment' || asked === 'clinical-photography')
    return <ConsentStep key={asked} kind={asked} onDone={() => stepDone(asked)} />
  if (step === 'finish' && state.isDone) return <FinishPage state={state} goTo={goTo} onLeft={() => onLeft(state)} />
  return <VisitHome state={state} goTo={goTo} />
}
