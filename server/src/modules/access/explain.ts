import { z } from 'zod'
import { action, ACTIONS, type Action } from '#kernel/action.ts'
import { invalid } from '#kernel/errors.ts'
import type { Explained } from '#kernel/explain.ts'
import { PatientId, UserId } from '#kernel/id.ts'
import { limitOn, roleAlone, type Actor, type Ask } from '#kernel/policy.ts'
import { FLOORS, grantsIn, isAboveFloor } from '#kernel/roles.ts'
import { standingOf } from '#kernel/standing.ts'
import type { Tx } from '#kernel/tx.ts'
import { rolesOfPractice } from '#modules/identity'
import { dayIn, endOfDay, nextDayWith, plusDays } from './gates.ts'
import { withinReach } from './policy.ts'
import { Explanation } from './schema.ts'
import { settingsOf } from './settings.ts'
import { factsOf, presentOf } from './standing.ts'

type Lines = z.infer<typeof Explanation>['rule']
const linesOf = ({ parts, ...part }: Explained, depth = 0): Lines => [{ ...part, depth }, ...parts.flatMap((p) => linesOf(p, depth + 1))]
const earliest = (...untils: readonly (string | undefined)[]) => untils.filter((u) => u !== undefined).toSorted()[0]

/** Somebody of the team as she would come through the gate now, from any device. */
const actorOf = async (tx: Tx, userId: z.infer<typeof UserId>) => {
  const present = await presentOf(tx, userId)
  const [roles, { limits, elsewhere, care }] = [await rolesOfPractice(tx), await standingOf(tx, present)]
  const actor: Actor = {
    kind: 'staff', id: userId, practiceId: tx.practiceId, roles: present.roles, grants: new Set(present.active ? grantsIn(roles, present.roles) : []),
    places: present.locationIds, limits, elsewhere: new Set(elsewhere), ...(care ? { care } : {}),
  }
  return { actor, present, roles }
}

type Known = Awaited<ReturnType<typeof actorOf>>

const roleOf = (act: Action<unknown, unknown>, { actor, present, roles }: Known) => {
  const titles = present.roles.flatMap((name) => (roles.get(name)?.actions.includes(act.name) ? (roles.get(name)?.title ?? name) : []))
  const floor = present.basedOn.map((name) => (isAboveFloor(name, act.name) ? FLOORS.get(name)?.words : undefined)).find(Boolean)
  const isGranted = actor.grants.has(act.name)
  const none = `No role of hers includes it${floor ? `, and none may: ${floor}` : '.'}`
  return { isGranted, titles: titles.length > 0 || !isGranted ? titles : ['everybody on the team'], why: present.active ? none : 'She is not on the team any more.' }
}

const standingFor = async (tx: Tx, act: Action<unknown, unknown>, { actor, present }: Known): Promise<z.infer<typeof Explanation>['standing']> => {
  const limit = limitOn(act, actor.limits)
  if (limit) return { verdict: 'no', why: limit.why }
  const [facts, settings] = [await factsOf(tx, UserId.parse(actor.id)), await settingsOf(tx)]
  const day = nextDayWith((limits) => limitOn(act, limits) !== undefined, present, facts, settings, dayIn(present.timeZone, tx.now))
  const until = day === undefined ? undefined : endOfDay(present.timeZone, plusDays(day, -1))
  return { verdict: 'yes', why: 'Training, licence, signatures and exclusion lists allow it.', ...(until ? { until } : {}) }
}

const NO_PATIENT_NAMED = '-'
/** Whose record the action would touch. Undefined: it depends on an input that nobody gave. */
const subjectOf = (act: Action<unknown, unknown>, actor: Actor, patientId: string | undefined): string | undefined => {
  try {
    return act.patient(patientId ? { patientId } : {}, actor)
  } catch {
    return undefined
  }
}

interface Asked {
  userId: z.infer<typeof UserId>
  action: string
  patientId?: string | undefined
}
/** The same parts that the gate looks at, in its order: role, standing, location, rule. */
export const explainTo = async (tx: Tx, { userId, action: name, patientId }: Asked): Promise<z.infer<typeof Explanation>> => {
  const act = ACTIONS.get(name)
  if (!act) throw invalid([{ path: 'action', message: 'There is no such action.' }])
  const known = await actorOf(tx, userId)
  const { actor } = known
  const asked: Ask = { actor, patient: patientId ?? NO_PATIENT_NAMED, input: patientId ? { patientId } : {}, now: tx.now }
  const [role, standing] = [roleOf(act, known), await standingFor(tx, act, known)]
  const isAboutOne = patientId !== undefined && subjectOf(act, actor, patientId) === patientId && act.reach !== 'practice'
  // By her own locations alone, so that what she reaches for a while is seen to end.
  const place = isAboutOne ? await tx.explain(withinReach, { ...asked, actor: { ...actor, elsewhere: new Set() } }) : undefined
  const rule = await tx.explain(act.allow, asked)
  const no = !role.isGranted ? role.why : standing.verdict === 'no' ? standing.why : place?.verdict === 'no' ? place.why : rule.verdict === 'no' ? rule.why : undefined
  const verdict = no !== undefined ? 'no' : rule.verdict
  const until = verdict === 'yes' ? earliest(standing.until, place?.until, rule.until) : undefined
  const through = role.titles.length > 0 ? ` through the role ${role.titles.join(', ')}` : ''
  const yes = rule.words === roleAlone.words ? `Allowed${through}: the role is enough.` : `Allowed${through}: ${yesWords(rule)}.`
  return {
    action: name, does: act.does, who: known.present.name, verdict,
    why: no ?? (verdict === 'yes' ? yes : patientId ? `Depends on the record that is asked for: ${rule.words}.` : `Depends on the patient or the record: ${rule.words}.`),
    ...(until ? { until } : {}),
    roles: role.titles, standing, place: place ? linesOf(place) : [], rule: linesOf(rule), asksForProof: act.stepUp === true,
  }
}

/** The words of the parts that carried a yes. */
const yesWords = ({ how, words, parts }: Explained): string => (how === 'any' ? parts.filter((p) => p.verdict === 'yes').map(yesWords).join('; ') : words)

const AboutAction = z.object({ action: z.string().max(80) })
const common = { purpose: 'operations', allow: roleAlone, output: Explanation } as const

export const explainAccess = action({
  ...common,
  name: 'access.explain',
  does: 'learn whether somebody may do something, by which rule, through which role and until when',
  phi: 'identity',
  patient: ({ patientId }) => patientId ?? NO_PATIENT_NAMED,
  reach: 'practice',
  input: AboutAction.extend({ userId: UserId, patientId: PatientId.optional() }),
  run: (tx, input) => explainTo(tx, input),
})

/** About herself, without a patient: also when nothing of a patient may be opened by her, so that she learns why. */
export const whyNot = action({
  ...common,
  name: 'access.why',
  does: 'learn why she herself may or may not do something',
  phi: 'none',
  patient: () => NO_PATIENT_NAMED,
  input: AboutAction,
  run: (tx, input) => explainTo(tx, { ...input, userId: UserId.parse(tx.actor.id) }),
})

export const whyNotThisPatient = action({
  ...common,
  name: 'access.why-patient',
  does: 'learn why she herself may or may not do something with a patient’s record',
  phi: 'identity',
  patient: ({ patientId }) => patientId,
  reach: 'practice',
  input: AboutAction.extend({ patientId: PatientId }),
  run: (tx, input) => explainTo(tx, { ...input, userId: UserId.parse(tx.actor.id) }),
})

/** What can be asked about, in words. */
export const listActions = action({
  name: 'access.actions',
  does: 'see everything that can be done, in words',
  purpose: 'operations',
  phi: 'none',
  patient: () => NO_PATIENT_NAMED,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(z.object({ name: z.string(), does: z.string(), phi: z.enum(['none', 'identity', 'clinical']) })),
  run: async () => [...ACTIONS.values()].map(({ name, does, phi }) => ({ name, does, phi })).toSorted((a, b) => a.name.localeCompare(b.name)),
})
