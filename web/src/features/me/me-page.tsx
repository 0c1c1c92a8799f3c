import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '../../client.ts'
import { isLanguage, type Language } from '../../i18n.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatPhone } from '../../ui/format.ts'
import { PublicShell } from '../../ui/public-shell.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { CopyPage } from '../visit/copy-page.tsx'
import '../visit/visit-texts.ts'
import '../visit/visit.css'
import { Chooser, Home } from './home.tsx'
import { sessionKey, statusOf, useMeSession } from './me-data.ts'
import { parseMeSearch, type GoTo, type MeSearch } from './me-search.ts'
import './me-texts.ts'
import './me.css'
import { AskForCode, EnterByLink, EnterCode } from './sign-in.tsx'

/** A patient's own page: sign in with a code, a link or a passkey; then visits, forms, what she signed, how she is reached. */
export function MePage() {
  const practice = useQuery({ queryKey: ['catalogue'], queryFn: () => data(api.GET('/api/public/catalogue')) }).data?.practice
  const token = useLocation({ select: (location) => location.hash })
  const search = parseMeSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { i18n } = useTranslation()
  const [asksWho, setAsksWho] = useState(false)
  const session = useMeSession()
  useLanguageInAddress(search.lang)
  const goTo: GoTo = (where, how) => {
    window.scrollTo({ top: 0 })
    void navigate({ to: '/me', search: { lang: search.lang, ...where }, hash: '', replace: how === 'instead' })
  }
  const forget = () => {
    queries.removeQueries({ queryKey: ['visit'] })
    queries.removeQueries({ queryKey: ['me'], predicate: ({ queryKey }) => queryKey[1] !== 'session' })
    // Asked anew, and nothing shown meanwhile: the page looks at this one all the time.
    void queries.resetQueries({ queryKey: sessionKey })
  }
  const onIn = (onFile: Language) => {
    forget()
    const shown: Language = search.lang ?? (i18n.language === 'es' ? 'es' : onFile)
    void i18n.changeLanguage(shown)
    void navigate({ to: '/me', search: { lang: shown }, hash: '', replace: true })
  }
  const onOut = () => {
    forget()
    goTo({}, 'instead')
  }
  const phone = practice?.phone ?? ''
  const shell = (children: ReactNode) => (
    <PublicShell practiceName={practice?.name ?? ''} contact={phone && <a href={`tel:${phone}`}>{formatPhone(phone)}</a>}>
      {children}
    </PublicShell>
  )
  if (token) return shell(<EnterByLink key={token} token={token} goTo={goTo} onIn={onIn} />)
  if (session.isPending) return shell(<SkeletonCard lines={4} />)
  if (statusOf(session.error) === 401) {
    if (search.attempt) return shell(<EnterCode attempt={search.attempt} goTo={goTo} onIn={onIn} />)
    return shell(<AskForCode goTo={goTo} onIn={onIn} />)
  }
  if (session.error) return shell(<ErrorNotice error={session.error} onRetry={() => void session.refetch()} />)
  const { as } = session.data
  if (as === 'nobody' || asksWho) return shell(<Chooser onChosen={() => setAsksWho(false)} />)
  if (search.copy) return shell(<CopyPage consentId={search.copy} backTo="own-page" onBack={() => goTo({})} />)
  return shell(<Home session={session.data} goTo={goTo} onChange={() => setAsksWho(true)} onOut={onOut} />)
}

/** The chosen language stays in the address, so that a reload keeps it; nothing is stored in the browser. */
function useLanguageInAddress(current: Language | undefined) {
  const { i18n } = useTranslation()
  const navigate = useNavigate()
  useEffect(() => {
    const remember = (next: string) => {
      if (!isLanguage(next) || next === current) return
      void navigate({ to: '/me', search: (before: MeSearch) => ({ ...before, lang: next }), hash: true, replace: true })
    }
    i18n.on('languageChanged', remember)
    return () => i18n.off('languageChanged', remember)
  }, [i18n, navigate, current])
}
