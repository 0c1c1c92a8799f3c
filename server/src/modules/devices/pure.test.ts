import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readLine, versionFrom } from './column-mapping.ts'
import { factsFrom, osqueryPlatform, scheduleFor } from './osquery-facts.ts'
import { weaknessOf } from './pin-strength.ts'
import { postureOf } from './posture.ts'
import { AT_FIRST, compareVersions, oldestOf } from './rules.ts'

const pins = fc.stringMatching(/^\d{6}$/)
const NOW = '2026-11-22T12:00:00.000Z'
const DESK = { kind: 'front-desk', platform: 'windows' } as const
const fact = (name: 'disk-encryption' | 'screen-lock' | 'protection' | 'os-version', value: string, source: 'osquery' | 'seen' | 'browser' = 'osquery', at = '2026-11-22T11:00:00.000Z') => ({ name, value, source, at })
const GOOD = [fact('disk-encryption', 'on'), fact('screen-lock', 'on'), fact('protection', 'running'), fact('os-version', 'windows 10.0.26100')]

it('most PINs are good, and none that is a run, a repetition or holds a year', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), (from, step) => {
    const run = Array.from({ length: 6 }, (_, i) => (from + i * step) % 10).join('')
    expect(weaknessOf(run)).toBeDefined()
  }))
  fc.assert(fc.property(fc.stringMatching(/^\d{3}$/), (three) => {
    expect(weaknessOf(three + three)).toBeDefined()
  }))
  fc.assert(fc.property(fc.integer({ min: 1930, max: 2026 }), fc.stringMatching(/^\d{2}$/), (year, rest) => {
    expect(weaknessOf(`${year}${rest}`)).toBeDefined()
  }))
  const sample = fc.sample(pins, 2000)
  expect(sample.filter((pin) => weaknessOf(pin) === undefined).length).toBeGreaterThan(1500)
})

it('compares versions by their numbers, and the stricter of two floors holds', () => {
  expect(compareVersions('10.0.22000', '10.0.9999')).toBe(1)
  expect(compareVersions('15', '15.0.0')).toBe(0)
  fc.assert(fc.property(fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }), fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }), (a, b) => {
    expect(compareVersions(a.join('.'), b.join('.'))).toBe(-compareVersions(b.join('.'), a.join('.')) + 0)
  }))
  expect(oldestOf('macos', { oldest: ['macos 26.1'] })).toBe('26.1')
  expect(oldestOf('macos', { oldest: ['macos 9'] })).toBe('14')
  expect(oldestOf('linux', { oldest: [] })).toBeUndefined()
})

it('is good only when everything asked for is reported, fresh and good', () => {
  expect(postureOf(DESK, GOOD, AT_FIRST, NOW).state).toBe('good')
  fc.assert(fc.property(fc.subarray(GOOD, { maxLength: GOOD.length - 1 }), (some) => {
    expect(postureOf(DESK, some, AT_FIRST, NOW).state).toBe('unknown')
  }))
  const old = GOOD.map((f) => ({ ...f, at: '2026-09-01T00:00:00.000Z' }))
  expect(postureOf(DESK, old, AT_FIRST, NOW).lines.every((l) => l.state === 'stale')).toBe(true)
  expect(postureOf(DESK, [...GOOD.slice(1), fact('disk-encryption', 'off', 'osquery', '2026-01-01T00:00:00.000Z')], AT_FIRST, NOW).state).toBe('bad')
  expect(postureOf(DESK, [...GOOD.slice(0, 3), fact('os-version', 'windows 10.0.19045')], AT_FIRST, NOW).state).toBe('bad')
})

it('a machine is believed before a person, and a browser about nothing that a rule asks', () => {
  const seenLater = fact('disk-encryption', 'on', 'seen', '2026-11-22T11:59:00.000Z')
  expect(postureOf(DESK, [...GOOD.slice(1), fact('disk-encryption', 'off'), seenLater], AT_FIRST, NOW).state).toBe('bad')
  expect(postureOf(DESK, [...GOOD.slice(1), fact('disk-encryption', 'on', 'browser')], AT_FIRST, NOW).lines[0]?.state).toBe('unknown')
})

it('a practice may ask for more: of a kind, of a version, of how fresh a report is', () => {
  const also = { ...AT_FIRST, alsoRequired: ['front-desk:jailbreak'] }
  expect(postureOf(DESK, GOOD, also, NOW).lines.map((l) => l.fact)).toContain('jailbreak')
  expect(postureOf(DESK, GOOD, { ...AT_FIRST, oldest: ['windows 10.0.30000'] }, NOW).state).toBe('bad')
  const days = GOOD.map((f) => ({ ...f, at: '2026-11-18T00:00:00.000Z' }))
  expect(postureOf(DESK, days, { ...AT_FIRST, reportedWithinDays: 2 }, NOW).state).toBe('unknown')
})

it('reads what osquery says, and takes silence for silence', () => {
  expect(factsFrom('nacre_os', [{ platform: 'windows', major: '10', minor: '0', build: '26100', version: '10.0.26100' }])).toEqual([{ name: 'os-version', value: 'windows 10.0.26100' }])
  expect(factsFrom('nacre_disk_windows', [{ drive_letter: 'C:', protection_status: '2' }])).toEqual([])
  expect(factsFrom('nacre_disk_windows', [])).toEqual([])
  expect(factsFrom('nacre_lock_windows', [])).toEqual([])
  expect(factsFrom('nacre_protection', [])).toEqual([{ name: 'protection', value: 'missing' }])
  expect(factsFrom('__proto__', [{ a: 'b' }])).toEqual([])
  expect([osqueryPlatform('21', undefined), osqueryPlatform('2', undefined), osqueryPlatform('9', undefined), osqueryPlatform(undefined, { platform: 'ubuntu' })]).toEqual(['darwin', 'windows', 'linux', 'linux'])
  expect(Object.keys(scheduleFor('windows'))).toEqual(['nacre_system', 'nacre_os', 'nacre_disk_windows', 'nacre_lock_windows', 'nacre_protection_windows'])
})

it('reads a console’s line by its mapping: a word that nobody mapped says nothing', () => {
  expect(['macOS 15.3.1 (24D70)', 'Windows 11 Pro 10.0.26100.2314', 'iPadOS 18.2', 'iOS 18.1', 'Android 15', 'Solaris 11'].map(versionFrom))
    .toEqual(['macos 15.3.1', 'windows 10.0.26100.2314', 'ipados 18.2', 'ios 18.1', 'android 15', undefined])
  const mapping = { serial: 's', facts: [{ fact: 'protection' as const, column: 'edr', good: ['Online'], bad: ['Offline'] }] }
  const read = (edr: string) => readLine({ s: ' abc ', edr }, mapping).facts[0]?.value
  expect([read('online'), read('OFFLINE'), read('Degraded'), read('')]).toEqual(['running', 'missing', undefined, undefined])
})
