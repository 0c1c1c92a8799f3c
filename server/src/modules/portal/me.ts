import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { notFound } from '#kernel/errors.ts'
import { PatientId } from '#kernel/id.ts'
import { isSelf, roleAlone, type Actor } from '#kernel/policy.ts'
import { from, oneOf, other } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { isMinor } from '#modules/patients'
import { referenceOf } from '#modules/scheduling'
import { patient } from '#schema/patients'
import { location } from '#schema/practices'
import { appointment } from '#schema/scheduling'
import { acting, asChoice, choicesOf, IDLE_MINUTES } from './entry.ts'
import { ownPractice } from './messages.ts'
import { isStanding } from './representing.ts'
import { Basis, Choice, Language, patientSession, PatientSessionId, representation, representative, Scope, SignedInBy } from './schema.ts'

const nobody = () => '-'
const own = (_input: unknown, actor: Actor) => actor.patientId ?? '-'
const Nothing = z.object({})
const MOST_VISITS = 20
const STILL_SHOWN_MINUTES = 120

export const ownPatient = (tx: Tx) => PatientId.parse(tx.actor.patientId)
export const ownSession = (tx: Tx) => tx.get(patientSession, { id: PatientSessionId.parse(tx.actor.via) })

/** Who is signed in and as whom, without a word about anybody. */
export const portalSession = action({
  name: 'portal.session',
  does: 'see whether she is signed in and as whom she acts',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: z.object({
    practice: z.object({ name: z.string(), phone: z.string() }),
    /** `nobody`: she may act for several and has not chosen yet. */
    as: z.enum(['self', 'representative', 'nobody']),
    /** There may be others for whom she acts. */
    mayChoose: z.boolean(),
    scopes: z.array(Scope),
    how: SignedInBy,
    /** Sessions of hers on other devices. */
    otherSessions: z.int(),
    hasBaseUrl: z.boolean(),
  }),
  run: async (tx) => {
    const { id, selfId, representativeId, actingFor, scopes, how } = await ownSession(tx)
    const { name, phone, baseUrl } = await ownPractice(tx)
    const isHerself = actingFor !== undefined && actingFor === selfId
    const others = (await openSessions(tx, { selfId, representativeId })).filter((s) => s.id !== id)
    return {
      practice: { name, phone },
      as: actingFor === undefined ? ('nobody' as const) : isHerself ? ('self' as const) : ('representative' as const),
      mayChoose: representativeId !== undefined,
      scopes: isHerself ? [...Scope.options] : scopes,
      how,
      otherSessions: others.length,
      hasBaseUrl: baseUrl !== '',
    }
  },
})

type Owner = Pick<z.infer<typeof patientSession.fields>, 'selfId' | 'representativeId'>
const openSessions = async (tx: Tx, { selfId, representativeId }: Owner) => {
  const mine = [
    ...(selfId ? await tx.list(patientSession, { selfId, endedAt: null }) : []),
    ...(representativeId ? await tx.list(patientSession, { representativeId, endedAt: null }) : []),
  ]
  const isInUse = (s: (typeof mine)[number]) => s.expiresAt > tx.now && afterMinutes(s.lastActiveAt, IDLE_MINUTES) > tx.now
  const byId = new Map(mine.filter(isInUse).map((s) => [s.id, s]))
  return [...byId.values()]
}

export const portalChoices = action({
  name: 'portal.choices',
  does: 'see for whom she may act',
  purpose: 'patient-request',
  phi: 'identity',
  // Her own sign-in says which: herself and those who are named for her.
  patient: () => '*',
  allow: roleAlone,
  input: Nothing,
  output: z.array(Choice),
  run: async (tx) => (await choicesOf(tx, await ownSession(tx))).map(asChoice),
})

export const portalChoose = action({
  name: 'portal.choose',
  does: 'choose for whom she acts',
  purpose: 'patient-request',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({ patientId: PatientId }),
  output: Choice,
  run: async (tx, { patientId }) => {
    const session = await ownSession(tx)
    const chosen = (await choicesOf(tx, session)).find((c) => c.patientId === patientId)
    if (!chosen) throw notFound('patient')
    const { representationId, ...how } = acting(chosen, session.expiresAt)
    await tx.change(patientSession, { id: session.id }, { ...how, representationId: representationId ?? null })
    return asChoice(chosen)
  },
})

export const endPortal = action({
  name: 'portal.end',
  does: 'sign out as a patient',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Nothing,
  output: Nothing,
  run: async (tx) => {
    await tx.change(patientSession, { id: (await ownSession(tx)).id }, { endedAt: tx.now })
    return {}
  },
})

export const endEverywhere = action({
  name: 'portal.end-everywhere',
  does: 'sign out on all of her devices',
  purpose: 'patient-request',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Nothing,
  output: z.object({ ended: z.int() }),
  run: async (tx) => {
    const open = await openSessions(tx, await ownSession(tx))
    for (const { id } of open) await tx.change(patientSession, { id }, { endedAt: tx.now })
    return { ended: open.length }
  },
})

export const portalHome = action({
  name: 'portal.home',
  does: 'open her own page',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  input: Nothing,
  output: z.object({ calledName: z.string(), language: Language, isMinor: z.boolean() }),
  run: async (tx) => {
    const who = await tx.get(patient, { id: ownPatient(tx) }, ['calledName', 'givenName', 'birthDate'])
    return { calledName: who.calledName || who.givenName, language: who.language, isMinor: isMinor(who.birthDate, tx.now) }
  },
})

/** When and where, never what for or with whom: a phone is looked at over a shoulder. */
export const portalVisits = action({
  name: 'portal.visits',
  does: 'see when and where her next visits are',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  input: Nothing,
  output: z.array(z.object({
    reference: z.string(), startsAt: z.string(), endsAt: z.string(), timeZone: z.string(), place: z.string(), address: z.string(),
  })),
  run: async (tx) => {
    const coming = { patientId: ownPatient(tx), startsAt: from(afterMinutes(tx.now, -STILL_SHOWN_MINUTES)), state: oneOf(['booked', 'checked-in', 'in-treatment']) }
    const visits = await tx.list(appointment, coming, { orderBy: 'startsAt', limit: MOST_VISITS })
    const places = new Map((await tx.list(location, {})).map((l) => [l.id, l]))
    return visits.map(({ id, startsAt, endsAt, locationId }) => {
      const place = places.get(locationId)
      return { reference: referenceOf(id), startsAt, endsAt, timeZone: place?.timeZone ?? 'UTC', place: place?.name ?? '', address: place?.address ?? '' }
    })
  },
})

/** Nobody acts for her without her being able to see it. */
export const ownRepresentatives = action({
  name: 'portal.representatives',
  does: 'see who may act for her',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  input: Nothing,
  output: z.array(z.object({ name: z.string(), basis: Basis, scopes: z.array(Scope), endsOn: z.string().optional() })),
  run: async (tx) => {
    const all = await tx.list(representation, { patientId: ownPatient(tx), state: other('ended') }, { open: [] })
    const standing = all.filter((r) => isStanding(r, tx.now))
    return Promise.all(
      standing.map(async ({ representativeId, basis, scopes, endsOn }) => ({
        name: (await tx.get(representative, { id: representativeId }, ['name'])).name, basis, scopes, ...(endsOn ? { endsOn } : {}),
      })),
    )
  },
})
