/** What came back from an organisation stands in the fragment of the sign-in page: it reaches no server log and no referrer. */
export type SsoReturn = { kind: 'second'; half: string } | { kind: 'failed'; words: string } | undefined

const FAILURES: Record<string, string> = {
  'no-account': 'Your organisation says who you are, but no account here goes with it. Ask the practice owner to add you with the same e-mail address.',
  again: 'That sign-in took too long, or was begun in another browser. Begin again.',
  provider: 'Your organisation could not be reached, or its answer could not be trusted. Use your password, or try again later.',
}

export const readSsoReturn = (fragment: string): SsoReturn => {
  const said = new URLSearchParams(fragment.replace(/^#/, ''))
  const half = said.get('second')
  if (half) return { kind: 'second', half }
  const why = said.get('sso') ?? ''
  const words = Object.hasOwn(FAILURES, why) ? FAILURES[why] : undefined
  return words ? { kind: 'failed', words } : undefined
}
