import { useRouter } from '@tanstack/react-router'
import { createContext, useContext } from 'react'
import type { SessionLocation } from './session.tsx'

/** Given by the staff zone. */
export const LocationContext = createContext<SessionLocation | undefined>(undefined)

/** Where this person works right now: scope and time zone of everything on the page. */
export function useLocation(): SessionLocation {
  const location = useContext(LocationContext)
  if (!location) throw new Error('useLocation stands outside the staff zone')
  return location
}

/** In-app navigation to any path, e.g. a refusal's fix. Another origin is never followed. */
export function useGo(): (href: string) => void {
  const { history } = useRouter()
  return (href) => {
    const url = new URL(href, window.location.origin)
    if (url.origin === window.location.origin) history.push(url.pathname + url.search + url.hash)
  }
}
