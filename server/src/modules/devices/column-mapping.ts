import type { Found } from './facts.ts'
import type { ColumnMapping } from './schema.ts'

export type Line = Readonly<Record<string, string>>
export interface Read {
  serial: string
  facts: Found[]
  /** ISO 8601; when the console says when it heard of the device. */
  at: string | undefined
}

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()
const GOOD_AND_BAD: Record<string, [string, string]> = {
  'disk-encryption': ['on', 'off'], 'screen-lock': ['on', 'off'], protection: ['running', 'missing'], jailbreak: ['no', 'yes'],
}

/** How consoles write platforms → how the rules do. */
const PLATFORMS: readonly [RegExp, string][] = [
  [/windows/i, 'windows'], [/ipados/i, 'ipados'], [/\bios\b|iphone/i, 'ios'], [/mac ?os|os x/i, 'macos'], [/android/i, 'android'], [/chrome ?os/i, 'chromeos'],
]
/** `macOS 15.3.1 (24D70)`, `Windows 11 10.0.26100` → `macos 15.3.1`, `windows 10.0.26100`; undefined when it cannot be told. */
export const versionFrom = (text: string): string | undefined => {
  const platform = PLATFORMS.find(([pattern]) => pattern.test(text))?.[1]
  const numbers = text.match(/\d+(\.\d+)*/g) ?? []
  const number = platform === 'windows' ? numbers.find((n) => n.startsWith('10.0.')) : numbers[0]
  return platform && number ? `${platform} ${number}` : undefined
}

const factFrom = ({ fact, column, good, bad }: ColumnMapping['facts'][number], line: Line): Found[] => {
  const said = line[column]?.trim() ?? ''
  if (said === '') return []
  if (fact === 'os-version') {
    const value = versionFrom(said)
    return value ? [{ name: fact, value }] : []
  }
  const [yes, no] = GOOD_AND_BAD[fact] ?? ['', '']
  if (good.some((word) => same(word, said))) return [{ name: fact, value: yes }]
  if (bad.some((word) => same(word, said))) return [{ name: fact, value: no }]
  // A word that nobody has mapped says nothing: unknown, never good.
  return []
}

const instant = (text: string | undefined): string | undefined => {
  const ms = text ? Date.parse(text) : Number.NaN
  return Number.isFinite(ms) ? new Date(ms).toISOString() : undefined
}

/** One line of a console's list, as the mapping reads it. */
export const readLine = (line: Line, mapping: ColumnMapping): Read => ({
  serial: (line[mapping.serial] ?? '').trim().toUpperCase(),
  facts: mapping.facts.flatMap((one) => factFrom(one, line)),
  at: mapping.reportedAt ? instant(line[mapping.reportedAt]) : undefined,
})
