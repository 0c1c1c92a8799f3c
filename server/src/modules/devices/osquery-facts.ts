import { z } from 'zod'
import content from '../../../../content/osquery-queries.json' with { type: 'json' }
import type { Found } from './facts.ts'
import type { Platform } from './schema.ts'

const Content = z.object({
  intervalSeconds: z.int(),
  queries: z.record(z.string(), z.object({ asks: z.string(), at: z.array(z.string()), query: z.string() })),
})
const PACK = Content.parse(content)

/** osquery gives every value as text. */
export type Rows = readonly Record<string, string>[]

/** As osquery calls platforms: its `platform_type` is a bit mask (1 POSIX, 2 Windows, 4 BSD, 8 Linux, 16 macOS). */
export const osqueryPlatform = (said: string | undefined, osVersion: Record<string, string> | undefined): string => {
  const mask = Number(said)
  const named = osVersion?.['platform']
  if (named === 'darwin' || named === 'windows') return named
  if (Number.isInteger(mask) && mask > 0) return mask & 16 ? 'darwin' : mask & 2 ? 'windows' : mask & 8 ? 'linux' : 'other'
  return osVersion?.['platform_like'] || named ? 'linux' : 'other'
}

const asked = (platform: string) => Object.entries(PACK.queries).filter(([, { at }]) => platform === 'other' || at.includes(platform))
/** The configuration that an agent fetches: what it asks itself, every hour, whole each time. */
export const scheduleFor = (platform: string) =>
  Object.fromEntries(asked(platform).map(([name, { query }]) => [name, { query: `${query};`, interval: PACK.intervalSeconds, snapshot: true }]))
/** The same, to be asked at once. */
export const questionsFor = (platform: string) => Object.fromEntries(asked(platform).map(([name, { query }]) => [name, `${query};`]))

const PLATFORMS: Record<string, Platform> = { darwin: 'macos', windows: 'windows' }
const version = (row: Record<string, string>): Found[] => {
  const platform = PLATFORMS[row['platform'] ?? ''] ?? 'linux'
  // Windows puts the build beside its version, the others the whole version in one.
  const parts = [row['major'], row['minor'], row['patch']].filter((part) => part !== undefined && part !== '')
  const number = platform === 'windows' ? `${row['major'] ?? '10'}.${row['minor'] ?? '0'}.${row['build'] ?? '0'}` : (/^\d+(\.\d+)*/.exec(row['version'] ?? '')?.[0] ?? parts.join('.'))
  return number ? [{ name: 'os-version', value: `${platform} ${number}` }] : []
}
const isOn = (value: string | undefined) => Number(value) > 0

/** What the answer to one of our queries says. An answer without rows says something too, where the table always has one. */
const READ = new Map<string, (rows: Rows) => Found[]>(Object.entries({
  nacre_os: (rows: Rows): Found[] => (rows[0] ? version(rows[0]) : []),
  nacre_disk_darwin: (rows: Rows): Found[] => (rows[0] ? [{ name: 'disk-encryption', value: isOn(rows[0]['encrypted']) ? 'on' : 'off' }] : []),
  // 1 is protected; 0 is off or suspended, 2 is locked and cannot be told.
  nacre_disk_windows: (rows: Rows): Found[] => {
    const status = rows[0]?.['protection_status']
    return status === '1' ? [{ name: 'disk-encryption', value: 'on' }] : status === '0' ? [{ name: 'disk-encryption', value: 'off' }] : []
  },
  nacre_disk_linux: (rows: Rows): Found[] => [{ name: 'disk-encryption', value: isOn(rows[0]?.['encrypted']) ? 'on' : 'off' }],
  nacre_lock_darwin: (rows: Rows): Found[] => (rows[0] ? [{ name: 'screen-lock', value: isOn(rows[0]['enabled']) ? 'on' : 'off' }] : []),
  // No such key means that no policy sets it, which says nothing of the person's own settings: unknown.
  nacre_lock_windows: (rows: Rows): Found[] => (rows[0] ? [{ name: 'screen-lock', value: isOn(rows[0]['data']) ? 'on' : 'off' }] : []),
  nacre_protection: (rows: Rows): Found[] => [{ name: 'protection', value: rows.length > 0 ? 'running' : 'missing' }],
  nacre_protection_windows: (rows: Rows): Found[] => (rows.length > 0 ? [{ name: 'protection', value: rows.some((r) => r['state'] === 'On') ? 'running' : 'missing' }] : []),
}))
export const factsFrom = (query: string, rows: Rows): Found[] => READ.get(query)?.(rows) ?? []
export const serialFrom = (query: string, rows: Rows): string | undefined => (query === 'nacre_system' ? rows[0]?.['hardware_serial'] : undefined)
