import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { action, ACTIONS } from '#kernel/action.ts'
import { newId } from '#kernel/id.ts'
import { limitOn, roleAlone, type Actor } from '#kernel/policy.ts'
import { grantsOf, operator, STAFF_ROLES } from '#kernel/roles.ts'
import { addLocation, changeService } from '#modules/practices'
import { patient } from '#schema/patients'
import { consent } from '#schema/forms'
import { appointment } from '#schema/scheduling'
import { spa, type Spa } from './harness.ts'

/**
 * The written table: every action × every shipped role × {own location, other location} × {cares for the patient, does not}, decided by the
 * gate's own parts (grant, standing, row security's places, the rule with its facts from the database) and compared with what a person has
 * written down and can review. A new action without a line fails, and so does a line that is not true.
 *
 * The letters stand at the head of the file.
 */
const FILE = 'server/test/access-table.txt'
const LINES = readFileSync(FILE, 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'))
const [heading = '', ...rows] = LINES.map((line) => line.trim().split(/\s+/))
const WRITTEN = new Map(rows.map(([name = '', ...letters]) => [name, letters.join(' ')]))
const ROLE_NAMES = [...STAFF_ROLES.keys()]
const ours = [...ACTIONS.values()].filter(({ name }) => !name.startsWith('test.')).toSorted((a, b) => a.name.localeCompare(b.name))
/** Everything else is for the public, for patients, for jobs and for the command line: no role of the team includes it. */
const ofTheTeam = ours.filter(({ name }) => ROLE_NAMES.some((role) => grantsOf([role]).has(name)))

interface Case {
  at: 'own' | 'other'
  cares: boolean
}
const CASES: readonly Case[] = [{ at: 'own', cares: true }, { at: 'own', cares: false }, { at: 'other', cares: true }, { at: 'other', cares: false }]
const LETTERS = new Map([['yyyy', 'A'], ['yynn', 'L'], ['ynnn', 'C'], ['nnnn', '-'], ['yrnn', 'W'], ['rrnn', 'R'], ['rrrr', 'r']])

let s: Spa
let there: string
/** By role: a patient for each case, in which that role's person has an appointment or none. */
const patients = new Map<string, string[]>()
const actors = new Map<string, Actor>()

const plant = action({
  name: 'test.plant-visit', does: 'plant a visit', purpose: 'operations', phi: 'identity', patient: ({ patientId }) => patientId, allow: roleAlone,
  input: appointment.fields.pick({ patientId: true, locationId: true, providerId: true, serviceId: true, startsAt: true, endsAt: true }), output: z.object({}),
  run: async (tx, input) => {
    await tx.add(appointment, { ...input, state: 'booked', source: 'desk', createdAt: tx.now })
    return {}
  },
})

/** Photos need the patient's own yes, too: given in every case, so that what is decided here is who. */
const plantConsent = action({
  name: 'test.plant-consent', does: 'plant a consent', purpose: 'operations', phi: 'identity', patient: ({ patientId }) => patientId, allow: roleAlone,
  input: consent.fields.pick({ patientId: true }), output: z.object({}),
  run: async (tx, { patientId }) => {
    await tx.add(consent, {
      patientId, kind: 'clinical-photography', decision: 'accepted', textVersion: '1', textHash: '0'.repeat(64), language: 'en', uses: [], method: 'typed',
      signature: { signature: { method: 'typed', text: 'Ana' }, signerName: 'Ana', practiceName: 'Pearl' },
      signedAt: tx.now, expiresAt: new Date(Date.parse(tx.now) + 86_400_000).toISOString(),
    })
    return {}
  },
})

const decide = action({
  name: 'test.decide', does: 'decide every action for a person and a patient', purpose: 'operations', phi: 'identity', reach: 'practice',
  patient: ({ patientId }) => patientId, allow: roleAlone, input: z.object({ patientId: z.string(), role: z.string(), at: z.string() }), output: z.record(z.string(), z.string()),
  run: async (tx, { patientId, role, at }) => {
    const actor = actors.get(role)
    if (!actor) throw new Error(`nobody is ${role}`)
    const { locationIds } = await tx.get(patient, { id: z.string().brand<'pat'>().parse(patientId) }, [])
    const isSeen = locationIds.some((id) => actor.places.includes(id))
    const input = { patientId, locationId: at }
    const verdicts: Record<string, string> = {}
    for (const act of ofTheTeam) {
      const isAboutOne = act.patient(input as never, actor) === patientId && act.reach !== 'practice'
      const barred = !actor.grants.has(act.name) || limitOn(act, actor.limits) !== undefined || (isAboutOne && !isSeen)
      const { verdict } = barred ? { verdict: 'no' } : await tx.explain(act.allow, { actor, patient: patientId, input, now: tx.now })
      verdicts[act.name] = verdict === 'yes' ? 'y' : verdict === 'no' ? 'n' : 'r'
    }
    return verdicts
  },
})

const decided = new Map<string, string>()
beforeAll(async () => {
  s = await spa()
  there = (await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: 'America/New_York' })).id
  const hands = operator(s.practiceId, 'test', ['test.plant-visit', 'test.plant-consent', 'test.decide'])
  const now = Date.now()
  const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString()
  const verdicts = new Map<string, string[]>()
  for (const role of ROLE_NAMES) {
    const { id } = await s.person([role], { isProvider: true })
    actors.set(role, s.staff(id, [role]))
    const { id: serviceId } = await s.perform(changeService, s.setUp, { name: 'Visit', minutes: 30, priceCents: 0, onlineBooking: false, active: true, providerIds: [id] })
    const those = []
    for (const [i, { at: where, cares }] of CASES.entries()) {
      const locationId = where === 'own' ? s.locationId : there
      const { id: patientId } = await s.patient({ locationId })
      await s.perform(plantConsent, hands, { patientId })
      if (cares) await s.perform(plant, hands, { patientId, locationId, providerId: id, serviceId, startsAt: at(i + 1), endsAt: at(i + 1.5) })
      for (const [name, letter] of Object.entries(await s.perform(decide, hands, { patientId, role, at: locationId })))
        verdicts.set(`${name} ${role}`, [...(verdicts.get(`${name} ${role}`) ?? []), letter])
      those.push(patientId)
    }
    patients.set(role, those)
  }
  for (const { name } of ofTheTeam) decided.set(name, ROLE_NAMES.map((role) => LETTERS.get((verdicts.get(`${name} ${role}`) ?? []).join('')) ?? (verdicts.get(`${name} ${role}`) ?? []).join('')).join(' '))
}, 120_000)
afterAll(() => s.close())

it('has a column for every role of the team', () => {
  expect(heading).toEqual(['action', ...ROLE_NAMES])
})

// @proves 164.308(a)(4)(ii)(B)
it('has a line for every action of the team, and none for what there is not', () => {
  expect(ofTheTeam.map(({ name }) => name).filter((name) => !WRITTEN.has(name)), `write these into ${FILE}`).toEqual([])
  expect([...WRITTEN.keys()].filter((name) => !ofTheTeam.some((act) => act.name === name))).toEqual([])
})

it('says of every action, role, location and care relation what the gate decides', () => {
  const differs = ofTheTeam.filter(({ name }) => WRITTEN.get(name) !== decided.get(name)).map(({ name }) => `${name} ${decided.get(name)}`)
  expect(differs, 'lines as the gate decides them').toEqual([])
})

/** What was signed, and when: no answer to a question about health. */
const SIGNED_PAPERS = ['consent.list', 'consent.read']
it('keeps what is clinical from everybody who gives no treatment, whatever else changes', () => {
  const clinical = ofTheTeam.filter(({ phi }) => phi === 'clinical').map(({ name }) => name)
  const open = (role: string) => clinical.filter((name) => WRITTEN.get(name)?.split(' ')[ROLE_NAMES.indexOf(role)] !== '-')
  expect(clinical.length).toBeGreaterThan(15)
  expect(open('owner')).toEqual(SIGNED_PAPERS)
  for (const role of ['compliance-officer', 'front-desk', 'biller', 'marketing', 'it-support']) expect(open(role), role).toEqual([])
})

it('lets only these few look beyond a person’s own locations', () => {
  expect(ofTheTeam.filter(({ reach }) => reach === 'practice').map(({ name }) => name)).toEqual([
    'access.explain', 'access.why-patient', 'glass.break', 'glass.close', 'patient.find-elsewhere', 'patient.reach', 'review-task.close', 'review-task.list',
  ])
})

const SAMPLED = ['chart.open', 'patient.card', 'note.list', 'photo.list', 'patient.visits', 'care-team.list', 'alert.list', 'appointment.next'] as const
it('is what really happens: a sample of each letter, performed through the gate', async () => {
  for (const role of ROLE_NAMES)
    for (const [i, { at, cares }] of CASES.entries())
      for (const name of SAMPLED) {
        const act = ACTIONS.get(name)
        const actor = actors.get(role)
        if (!act || !actor) throw new Error(`no ${name}`)
        const letter = WRITTEN.get(name)?.split(' ')[ROLE_NAMES.indexOf(role)] ?? ''
        const may = letter === 'A' || (letter === 'L' && at === 'own') || (letter === 'C' && at === 'own' && cares)
        const answer = await s.perform(act, actor, { patientId: patients.get(role)?.[i] }).then(() => 'yes', (error: { status?: number }) => (error.status === 403 || error.status === 404 ? 'no' : String(error.status)))
        // A visit list of somebody out of reach may come back empty, never with a row of hers.
        const isEmpty = ['appointment.next'].includes(name) && at === 'other' && answer === 'yes'
        expect(isEmpty ? 'no' : answer, `${name} ${role} ${at} ${cares}`).toBe(may ? 'yes' : 'no')
      }
})

it('refuses each of the roles by name what its column denies, with the rule on record', async () => {
  for (const role of ROLE_NAMES) {
    const actor = actors.get(role)
    const denied = ofTheTeam.find(({ name }) => WRITTEN.get(name)?.split(' ')[ROLE_NAMES.indexOf(role)] === '-')
    if (!actor || !denied) throw new Error(`nothing is denied to ${role}`)
    await expect(s.perform(denied, actor, { patientId: newId('pat') })).rejects.toSatisfy((e: { status?: number }) => e.status === 403 || e.status === 422)
  }
})
