import { getParser } from 'bowser'

const KIND: Record<string, string> = { mobile: 'phone', tablet: 'tablet', desktop: 'computer', tv: 'television' }
const LONGEST = 120

/** "Safari on iPad", from what a browser says of itself: for people to recognise, never to decide by. */
export const deviceName = (agent: string): string => {
  if (agent.trim() === '') return 'Unknown device'
  const { browser, os, platform } = getParser(agent).getResult()
  const on = platform.model ?? os.name ?? KIND[platform.type ?? ''] ?? ''
  const name = [browser.name, on].filter(Boolean).join(' on ')
  return (name || 'Unknown device').slice(0, LONGEST)
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const LOOPBACK = /^(127\.|::1$)/
const GROUPS_OF_ONE_HOUSE = 4

/** All eight groups of an IPv6 address. */
const groups = (address: string): string[] => {
  const [head = '', tail] = address.split('%')[0]?.toLowerCase().split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
}

/**
 * What counts as one place that guesses: an IPv4 address, or the /64 that one house has of IPv6. Undefined for this machine itself: a proxy
 * that was not named as trusted would make everybody come from here.
 */
export const networkOf = (address: string): string | undefined => {
  const plain = MAPPED.exec(address)?.[1] ?? address
  if (LOOPBACK.test(plain) || plain === '') return undefined
  return plain.includes(':') ? groups(plain).slice(0, GROUPS_OF_ONE_HOUSE).map((g) => Number.parseInt(g, 16).toString(16)).join(':') : plain
}
