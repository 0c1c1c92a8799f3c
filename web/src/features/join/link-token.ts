import { useEffect, useState } from 'react'

const take = (): string => {
  const found = window.location.hash.slice(1)
  if (found) window.history.replaceState(window.history.state, '', window.location.pathname)
  return found
}

/** The token in the fragment is read once and taken out of the address: neither the history nor a glance at the bar shows it again. */
export const useLinkToken = (): string => {
  const [token, setToken] = useState(take)
  useEffect(() => {
    // Opened on the page that is here already: only the fragment changes, and nothing loads anew.
    const opened = () => {
      const found = take()
      if (found) setToken(found)
    }
    window.addEventListener('hashchange', opened)
    return () => window.removeEventListener('hashchange', opened)
  }, [])
  return token
}
