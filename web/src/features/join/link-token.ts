import { useState } from 'react'

/** The token in the fragment is read once and taken out of the address: neither the history nor a glance at the bar shows it again. */
export const useLinkToken = (): string => {
  const [token] = useState(() => {
    const found = window.location.hash.slice(1)
    if (found) window.history.replaceState(window.history.state, '', window.location.pathname)
    return found
  })
  return token
}
