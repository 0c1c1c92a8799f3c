import { expect, it } from 'vitest'
import { limitOn } from '#kernel/policy.ts'
import { ATTESTATIONS } from './content.ts'
import { dayIn, endOfDay, gatesOn, limitsOf, nextDayWith, type Fact, type Judged } from './gates.ts'
import { DEFAULTS, type AccessSettings } from './schema.ts'

const NEW_YORK = 'America/New_York'
const rn: Judged = { basedOn: ['injector'], since: '2026-01-10T15:00:00.000Z', timeZone: NEW_YORK }
const trained: Fact = { kind: 'training', what: 'privacy-security', heldFrom: '2026-01-11', heldUntil: '2027-01-10' }
const licensed: Fact = { kind: 'licence', what: 'rn', heldFrom: '2024-05-01', heldUntil: '2026-12-31' }
const clear: Fact = { kind: 'exclusion-check', what: 'oig-leie', heldFrom: '2026-01-11', result: 'clear' }
const signed: Fact[] = ATTESTATIONS.map(({ name, version }) => ({ kind: 'attestation', what: name, heldFrom: '2026-11-22', version }))
const everything = [trained, licensed, clear, ...signed]

const READ = { name: 'chart.open', phi: 'clinical' } as const
const CARD = { name: 'patient.card', phi: 'identity' } as const
const TREAT = { name: 'note.start', phi: 'clinical' } as const
const TEAM = { name: 'user.list', phi: 'none' } as const
const barred = (facts: Fact[], day: string, settings: Partial<AccessSettings> = {}, who = rn) => {
  const limits = limitsOf(gatesOn(who, facts, { ...DEFAULTS, ...settings }, day))
  return [TEAM, CARD, READ, TREAT].map((act) => limitOn(act, limits)?.rule ?? 'open')
}
const OPEN = ['open', 'open', 'open', 'open']
const without = (fact: Fact) => everything.filter((f) => f !== fact)

it('opens everything to somebody who is trained, licensed, signed and checked', () => {
  expect(barred(everything, '2026-12-01')).toEqual(OPEN)
  expect(gatesOn(rn, everything, DEFAULTS, '2026-06-01').map(({ state }) => state)).toEqual(['open', 'open', 'open', 'open', 'open'])
})

it('bears with missing training until the last of the days of grace, and then shows her no patient at all', () => {
  // Her first day is January 10th; fourteen days of grace end with the 24th.
  expect(barred(without(trained), '2026-01-23')).toEqual(OPEN)
  expect(barred(without(trained), '2026-01-24')).toEqual(OPEN)
  expect(barred(without(trained), '2026-01-25')).toEqual(['open', 'gate-training', 'gate-training', 'gate-training'])
  expect(barred(without(trained), '2026-01-10', { graceDays: 0 })).toEqual(OPEN)
  expect(barred(without(trained), '2026-01-11', { graceDays: 0 })[1]).toBe('gate-training')
})

it('closes clinical records on the day after training lapsed, and nothing else', () => {
  expect(barred(everything.filter((f) => f !== licensed).concat({ ...licensed, heldUntil: '2030-01-01' }), '2027-01-09')).toEqual(OPEN)
  const facts = everything.filter((f) => f !== licensed).concat({ ...licensed, heldUntil: '2030-01-01' })
  expect(barred(facts, '2027-01-10')).toEqual(OPEN)
  expect(barred(facts, '2027-01-11')).toEqual(['open', 'open', 'gate-training-lapsed', 'gate-training-lapsed'])
  expect(barred([...facts, { ...trained, heldFrom: '2027-01-11', heldUntil: '2028-01-10' }], '2027-01-11')).toEqual(OPEN)
  expect(barred([...facts, { kind: 'training', what: 'privacy-security', heldFrom: '2027-01-11' }], '2040-01-11')[2]).not.toBe('gate-training-lapsed')
})

it('lets nobody begin a treatment on the day after her licence ran out; reading and finishing stay open', () => {
  expect(barred(everything, '2026-12-30')).toEqual(OPEN)
  expect(barred(everything, '2026-12-31')).toEqual(OPEN)
  expect(barred(everything, '2027-01-01')).toEqual(['open', 'open', 'open', 'gate-licence'])
  expect(limitOn({ name: 'note.sign', phi: 'clinical' }, limitsOf(gatesOn(rn, everything, DEFAULTS, '2027-01-01')))).toBeUndefined()
  expect(limitOn({ name: 'appointment.start', phi: 'identity' }, limitsOf(gatesOn(rn, everything, DEFAULTS, '2027-01-01')))?.rule).toBe('gate-licence')
})

it('asks for the licence that the role rests on: a laser licence makes no injector', () => {
  const laser: Fact = { ...licensed, what: 'laser' }
  expect(barred([...without(licensed), laser], '2026-06-01')[3]).toBe('gate-licence')
  expect(barred([...without(licensed), laser], '2026-06-01', {}, { ...rn, basedOn: ['laser-technician'] })).toEqual(OPEN)
  expect(barred(without(licensed), '2026-06-01', {}, { ...rn, basedOn: ['front-desk'] })).toEqual(OPEN)
  // One that is issued tomorrow is none today.
  expect(barred([...without(licensed), { ...licensed, heldFrom: '2026-06-02' }], '2026-06-01')[3]).toBe('gate-licence')
})

it('closes patients and payments to somebody on an exclusion list, whatever else she has; a later clear check of that list opens them', () => {
  const hit: Fact = { kind: 'exclusion-check', what: 'oig-leie', heldFrom: '2026-03-01', result: 'excluded' }
  expect(barred([...everything, hit], '2026-03-01')).toEqual(['open', 'gate-exclusion', 'gate-exclusion', 'gate-exclusion'])
  expect(barred([...everything, hit, { ...clear, heldFrom: '2026-04-01' }], '2026-04-01')).toEqual(OPEN)
  expect(barred([...everything, hit, { ...clear, what: 'sam', heldFrom: '2026-04-01' }], '2026-04-01')[1]).toBe('gate-exclusion')
  // That nobody looked is said, and closes nothing.
  expect(barred(without(clear), '2026-06-01')).toEqual(OPEN)
  expect(gatesOn(rn, without(clear), DEFAULTS, '2026-06-01').at(-1)).toMatchObject({ gate: 'exclusion', state: 'warned' })
})

it('only warns of what is not signed, until the practice enforces it, from the day that it says', () => {
  const [one] = signed
  const unsigned = everything.filter((f) => f !== one)
  expect(barred(unsigned, '2026-12-30')).toEqual(OPEN)
  expect(gatesOn(rn, unsigned, DEFAULTS, '2026-12-30').find(({ state }) => state === 'warned')).toMatchObject({ gate: 'attestation', basis: 'practice' })
  expect(barred(unsigned, '2026-12-14', { attestation: 'warn', attestationFrom: '2026-12-15' })).toEqual(OPEN)
  expect(barred(unsigned, '2026-12-15', { attestation: 'warn', attestationFrom: '2026-12-15' })[1]).toMatch(/^gate-attestation-/)
  // A text of November 1st is borne with until the 15th, also by those who came in January.
  expect(barred(unsigned, '2026-11-15', { attestation: 'enforce' })).toEqual(OPEN)
  expect(barred(unsigned, '2026-11-16', { attestation: 'enforce' })[1]).toMatch(/^gate-attestation-/)
})

it('counts days as the clock on her wall does', () => {
  expect(dayIn(NEW_YORK, '2027-01-01T04:59:59.000Z')).toBe('2026-12-31')
  expect(dayIn(NEW_YORK, '2027-01-01T05:00:00.000Z')).toBe('2027-01-01')
  expect(endOfDay(NEW_YORK, '2026-12-31')).toBe('2027-01-01T05:00:00.000Z')
  expect(endOfDay('America/Los_Angeles', '2026-12-31')).toBe('2027-01-01T08:00:00.000Z')
})

it('knows the day on which something will shut', () => {
  const shuts = (act: { name: string; phi: 'clinical' | 'identity' | 'none' }, facts = everything) => nextDayWith((limits) => limitOn(act, limits) !== undefined, rn, facts, DEFAULTS, '2026-12-01')
  expect(shuts(TREAT)).toBe('2027-01-01')
  expect(shuts(READ)).toBe('2027-01-11')
  expect(shuts(TEAM)).toBeUndefined()
})

it('gives each closed gate its four parts, with the rule and who can fix it', () => {
  for (const { limit, fix } of gatesOn({ ...rn, since: '2020-01-01T00:00:00.000Z' }, [], { ...DEFAULTS, attestation: 'enforce' }, '2027-06-01').filter(({ state }) => state === 'shut'))
    expect({ ...limit, fix }).toMatchObject({ why: expect.stringMatching(/\.$/), citation: expect.any(String), whoCanFix: expect.any(String), fix: { href: expect.stringMatching(/^\/standing/) } })
})
