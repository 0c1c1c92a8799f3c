import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, invalid, notFound } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { standing, type Present } from '#kernel/standing.ts'
import { after } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { rolesOfPractice } from '#modules/identity'
import { user } from '#schema/identity'
import { location } from '#schema/practices'
import { ATTESTATIONS, LICENCES } from './content.ts'
import { dayIn, gatesOn, limitsOf } from './gates.ts'
import { FactLine, GateState, locationPass, NewFact, personFact, PersonStanding } from './schema.ts'
import { settingsOf } from './settings.ts'

export const factsOf = (tx: Tx, userId: z.infer<typeof UserId>) => tx.list(personFact, { userId, endedAt: null }, { open: [] })

/**
 * Training, licence, attestations and exclusion lists of whoever is at a session, and whom she may reach. Facts and settings are read from memory
 * while they stand, so that this asks the database one question.
 */
standing(async (tx, who) => {
  const userId = UserId.parse(who.userId)
  const [facts, settings, passes] = await Promise.all([
    factsOf(tx, userId),
    settingsOf(tx),
    tx.list(locationPass, { userId, until: after(tx.now), endedAt: null }),
  ])
  return {
    limits: limitsOf(gatesOn(who, facts, settings, dayIn(who.timeZone, tx.now))),
    elsewhere: passes.map(({ subject }) => subject),
    care: { daysBack: settings.treatsDaysBack, daysAhead: settings.treatsDaysAhead },
  }
})

/** Somebody of the team as the sources of standing would see her at a session. */
export const presentOf = async (tx: Tx, userId: z.infer<typeof UserId>): Promise<Present & { name: string; active: boolean }> => {
  const [who, places, roles] = [await tx.get(user, { id: userId }, ['name']), await tx.list(location, {}, { orderBy: 'name' }), await rolesOfPractice(tx)]
  const timeZone = places.find(({ id }) => who.locationIds.includes(id))?.timeZone ?? 'UTC'
  const basedOn = who.roles.map((name) => roles.get(name)?.basedOn ?? name)
  return { userId, roles: who.roles, basedOn, locationIds: who.locationIds, timeZone, since: who.createdAt, name: who.name, active: who.active }
}

const gatesOf = async (tx: Tx, userId: z.infer<typeof UserId>): Promise<GateState[]> => {
  const [who, facts, settings] = [await presentOf(tx, userId), await factsOf(tx, userId), await settingsOf(tx)]
  return gatesOn(who, facts, settings, dayIn(who.timeZone, tx.now)).map(({ limit: _, ...gate }) => gate)
}

const common = { purpose: 'operations', phi: 'none', patient: () => '-', allow: roleAlone } as const
const OfPerson = z.object({ userId: UserId })

export const ownStanding = action({
  ...common,
  name: 'standing.own',
  does: 'see what her own access rests on: training, licence, signatures',
  trail: 'refusals',
  input: z.object({}),
  output: z.array(GateState),
  run: (tx) => gatesOf(tx, UserId.parse(tx.actor.id)),
})

export const standingOfPerson = action({
  ...common,
  name: 'standing.of-person',
  does: "see a team member's training, licences, signatures and exclusion checks",
  input: OfPerson,
  output: PersonStanding,
  run: async (tx, { userId }) => ({
    gates: await gatesOf(tx, userId),
    facts: await tx.list(personFact, { userId, endedAt: null }, { orderBy: 'recordedAt', descending: true, limit: 200 }),
  }),
})

const rowOf = (fact: z.infer<typeof NewFact>, today: string) => {
  if (fact.kind === 'licence') {
    const { what, state, number, issuedOn, expiresOn, allows } = fact
    return { what, state, said: number, heldFrom: issuedOn ?? today, heldUntil: expiresOn, allows }
  }
  if (fact.kind === 'training') return { what: 'privacy-security', heldFrom: fact.doneOn, ...(fact.validUntil ? { heldUntil: fact.validUntil } : {}), allows: [] }
  return { what: fact.list, heldFrom: fact.checkedOn, result: fact.result, allows: [] }
}
const checkFact = (fact: z.infer<typeof NewFact>, today: string) => {
  const errors = []
  if (fact.kind === 'licence' && !LICENCES.has(fact.what)) errors.push({ path: 'fact.what', message: 'There is no such kind of licence.' })
  if (fact.kind === 'training' && fact.doneOn > today) errors.push({ path: 'fact.doneOn', message: 'A training that is still to come is none yet.' })
  if (fact.kind === 'training' && fact.validUntil && fact.validUntil < fact.doneOn) errors.push({ path: 'fact.validUntil', message: 'lies before the training itself' })
  if (fact.kind === 'exclusion-check' && fact.checkedOn > today) errors.push({ path: 'fact.checkedOn', message: 'A check that is still to come is none yet.' })
  if (errors.length > 0) throw invalid(errors)
}

/** Until the compliance centre knows these facts by itself, an administrator records them. @hipaa 164.308(a)(3)(ii)(B) workforce clearance */
export const recordFact = action({
  ...common,
  name: 'standing.record',
  does: "record a team member's licence, training or exclusion check",
  input: OfPerson.extend({ fact: NewFact }),
  output: z.object({ id: personFact.fields.shape.id }),
  run: async (tx, { userId, fact }) => {
    const { timeZone } = await presentOf(tx, userId)
    const today = dayIn(timeZone, tx.now)
    checkFact(fact, today)
    return tx.add(personFact, { ...rowOf(fact, today), userId, kind: fact.kind, recordedBy: tx.actor.id, recordedAt: tx.now })
  },
})

export const endFact = action({
  ...common,
  name: 'standing.end',
  does: 'take back a licence, training or exclusion check that was recorded by mistake or is over',
  input: OfPerson.extend({ factId: personFact.fields.shape.id }),
  output: z.object({}),
  run: async (tx, { factId, userId }) => {
    await tx.get(personFact, { id: factId, userId }, [])
    await tx.change(personFact, { id: factId, endedAt: null }, { endedAt: tx.now, endedBy: tx.actor.id })
    return {}
  },
})

const Doc = z.object({ name: z.string(), title: z.string(), version: z.string(), text: z.array(z.string()), signedOn: z.iso.date().optional() })
export const readAttestations = action({
  ...common,
  name: 'attestation.list',
  does: 'read what each person of the team signs',
  trail: 'refusals',
  input: z.object({}),
  output: z.array(Doc),
  run: async (tx) => {
    const mine = await factsOf(tx, UserId.parse(tx.actor.id))
    return ATTESTATIONS.map(({ name, title, version, text }) => {
      const signed = mine.find((fact) => fact.kind === 'attestation' && fact.what === name && fact.version === version)
      return { name, title, version, text: [...text], ...(signed ? { signedOn: signed.heldFrom } : {}) }
    })
  },
})

/** On her own screen, in her own session: nobody signs for somebody else. */
export const signAttestation = action({
  ...common,
  name: 'attestation.sign',
  does: 'sign confidentiality and policies for herself',
  changesStanding: true,
  input: z.object({ name: z.string(), version: z.string(), typed: z.string().trim().min(2, 'Type your name as your signature.').max(120) }),
  output: FactLine,
  run: async (tx, { name, version, typed }) => {
    const doc = ATTESTATIONS.find((d) => d.name === name)
    if (!doc) throw notFound('text')
    if (doc.version !== version) throw conflict('This text has a newer version. Read that one, then sign.')
    const userId = UserId.parse(tx.actor.id)
    const { timeZone } = await presentOf(tx, userId)
    if (await tx.has(personFact, { userId, kind: 'attestation', what: name, version, endedAt: null })) throw conflict('You have signed this already.')
    return tx.add(personFact, { userId, kind: 'attestation', what: name, version, heldFrom: dayIn(timeZone, tx.now), allows: [], said: typed, recordedBy: userId, recordedAt: tx.now })
  },
})
