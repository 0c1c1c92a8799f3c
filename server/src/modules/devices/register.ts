import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { conflict, Denied, invalid } from '#kernel/errors.ts'
import { UserId, type Id } from '#kernel/id.ts'
import { any, exists, given, roleAlone, when } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { grantsIn } from '#kernel/roles.ts'
import { after, oneOf, present } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { rolesOfPractice } from '#modules/identity'
import { session, user } from '#schema/identity'
import { location } from '#schema/practices'
import { newDigits } from './bytes.ts'
import { postureOf } from './posture.ts'
import { AGREEMENT, kindTitle, policyOf, RULES } from './rules.ts'
import { device, DeviceCard, DeviceId, deviceFact, devicePin, deviceProof, Disposal, Enrol, incidentDraft, osqueryNode } from './schema.ts'
import { idleMinutesOf, useSignature } from './session-proof.ts'

const nobody = () => '-'
const CODE_DIGITS = 6
const OfDevice = z.object({ deviceId: DeviceId })
const me = (tx: Tx) => UserId.parse(tx.actor.id)

/**
 * Asks that the device at which one sits be enrolled. Its key was made in the browser and cannot leave it; the signature shows that the
 * browser has it.
 */
export const enrolDevice = action({
  name: 'device.enrol',
  does: 'ask that the own device be enrolled',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  clashes: { device_by_key: 'This key is enrolled already.' },
  input: Enrol,
  output: z.object({ id: DeviceId, code: z.string() }),
  run: async (tx, { challenge, signature, publicKey, agreementVersion, ...asked }) => {
    await useSignature(tx, publicKey, 'enrol', { challenge, signature })
    if (!(await tx.has(location, { id: asked.locationId }))) throw invalid([{ path: 'locationId', message: 'There is no such location.' }])
    const people = asked.people.length > 0 ? await tx.list(user, { id: oneOf(asked.people), active: true }, { open: [] }) : []
    if (people.length !== new Set(asked.people).size) throw invalid([{ path: 'people', message: 'Somebody named here is not on the team.' }])
    const signed = asked.ownership === 'personal' ? agreed(tx, agreementVersion) : {}
    const code = newDigits(CODE_DIGITS)
    const made = await tx.add(device, { ...asked, ...signed, publicKey, code, state: 'waiting', askedAt: tx.now, askedBy: me(tx), approvedAlone: false })
    return { id: made.id, code }
  },
})

export const agreed = (tx: Tx, version: string | undefined) => {
  if (version !== AGREEMENT.version)
    throw invalid([{ path: 'agreementVersion', message: 'Read the agreement about your own device and sign it.' }])
  return { agreementVersion: version, agreementSignedAt: tx.now, agreementSignedBy: me(tx) }
}

/** Everybody who may approve devices: when there is one alone, she approves her own, and it is marked. */
const approvers = async (tx: Tx) => {
  const roles = await rolesOfPractice(tx)
  const team = await tx.list(user, { active: true }, { open: [] })
  return team.filter((person) => grantsIn(roles, person.roles).includes('device.approve'))
}

export const approveDevice = action({
  name: 'device.approve',
  does: 'approve a device that somebody else asked for',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: { device_by_serial: 'Another device with this serial number is enrolled. Retire that one first.' },
  input: OfDevice.extend({ code: z.string().transform((typed) => typed.replaceAll(/\D/g, '')), serial: device.fields.shape.serial }),
  output: z.object({ approvedAlone: z.boolean() }),
  run: async (tx, { deviceId, code, serial }) => {
    const asked = await tx.lock(device, { id: deviceId }, ['code'])
    if (asked.state !== 'waiting') throw conflict('This device does not wait for an approval.')
    if (afterMinutes(asked.askedAt, RULES.enrolWithinMinutes) <= tx.now) throw conflict('This was asked for too long ago. Ask again at the device.')
    if (code !== asked.code) throw invalid([{ path: 'code', message: 'This is not the code that the device shows.' }])
    const isOwn = asked.askedBy === tx.actor.id
    const others = isOwn ? (await approvers(tx)).filter(({ id }) => id !== tx.actor.id) : []
    if (others.length > 0)
      throw new Denied({
        rule: 'two-people', citation: 'Workstation security, 45 CFR 164.310(c)', why: 'You asked for this device yourself: somebody else approves it.',
        whoCanFix: `One of ${others.length} other ${others.length === 1 ? 'person who may approve devices' : 'people who may approve devices'}`,
      })
    // Alone, from a device that is not enrolled, only the first of all: later a stolen password must not be enough to bring in one's own.
    if (isOwn && !tx.actor.deviceId && (await tx.has(device, { state: 'enrolled' })))
      throw new Denied({
        rule: 'enrolled-approver', citation: 'Workstation security, 45 CFR 164.310(c)', why: 'You are the only administrator: approve this device at one that is enrolled already.',
        whoCanFix: 'You, at an enrolled device',
      })
    await tx.change(device, { id: deviceId, state: 'waiting' }, { state: 'enrolled', enrolledAt: tx.now, enrolledBy: me(tx), approvedAlone: isOwn, ...(serial ? { serial } : {}) })
    return { approvedAlone: isOwn }
  },
})

export const declineDevice = action({
  name: 'device.decline',
  does: 'decline a device that somebody asked for',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: OfDevice,
  output: z.object({}),
  run: async (tx, { deviceId }) => {
    if ((await tx.lock(device, { id: deviceId })).state !== 'waiting') throw conflict('This device does not wait for an approval.')
    await tx.change(device, { id: deviceId, state: 'waiting' }, { state: 'declined', endedAt: tx.now, endedBy: me(tx), publicKey: null })
    return {}
  },
})

export const changeDevice = action({
  name: 'device.change',
  does: 'change what a device is called, where it is and who uses it',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: { device_by_serial: 'Another device with this serial number is enrolled. Retire that one first.' },
  input: OfDevice.extend(device.fields.pick({ name: true, kind: true, locationId: true, shared: true, people: true, serial: true }).partial().shape),
  output: z.object({}),
  run: async (tx, { deviceId, ...patch }) => {
    const known = await tx.lock(device, { id: deviceId })
    if (known.state !== 'enrolled' && known.state !== 'waiting') throw conflict('This device is out of use. Enrol it anew.')
    if (patch.locationId && !(await tx.has(location, { id: patch.locationId }))) throw invalid([{ path: 'locationId', message: 'There is no such location.' }])
    await tx.change(device, { id: deviceId }, patch)
    if (patch.shared !== undefined && patch.shared !== known.shared) {
      const idleMinutes = idleMinutesOf({ shared: patch.shared }, await policyOf(tx)) ?? null
      for (const { id } of await tx.list(session, { deviceId, endedAt: null })) await tx.change(session, { id }, { idleMinutes })
    }
    return {}
  },
})

/** Everything on a device ends: sessions, proofs, PINs, key. */
const endAllOn = async (tx: Tx, deviceId: Id<'dev'>) => {
  const open = await tx.list(session, { deviceId, endedAt: null, expiresAt: after(tx.now) })
  for (const { id } of open) await tx.change(session, { id }, { endedAt: tx.now })
  await tx.remove(deviceProof, { deviceId })
  return { sessions: open.length, pins: await tx.remove(devicePin, { deviceId }) }
}

const mayTell = any(
  when('approves-devices', 'a person who approves devices', ({ actor }) => actor.grants.has('device.approve'), () => ({
    why: 'You report the loss of a device that you enrolled yourself; others are for the administrators.', whoCanFix: 'The owner or the compliance officer',
  })),
  given('own-device', 'the person who enrolled it', exists(device, ({ actor, input }) => ({ id: OfDevice.parse(input).deviceId, askedBy: UserId.parse(actor.id) })), () => ({
    why: 'This is not a device of yours.', whoCanFix: 'The owner or the compliance officer',
  })),
)

/** One tap, from any device: whoever lost a phone is in no mood for forms. */
export const loseDevice = action({
  name: 'device.lose',
  does: 'report a device lost or stolen, which ends everything on it',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: mayTell,
  input: OfDevice.extend({ how: z.enum(['lost', 'stolen']), note: z.string().max(1000).optional() }),
  output: z.object({ sessions: z.int(), pins: z.int(), incidentId: z.string() }),
  run: async (tx, { deviceId, how, note }) => {
    const { state } = await tx.lock(device, { id: deviceId })
    if (state !== 'enrolled' && state !== 'waiting') throw conflict('This device is out of use already.')
    await tx.change(device, { id: deviceId }, { state: 'lost', endedAt: tx.now, endedBy: me(tx), publicKey: null })
    const ended = await endAllOn(tx, deviceId)
    const draft = await tx.add(incidentDraft, { what: `device-${how}`, deviceId, at: tx.now, toldBy: me(tx), state: 'draft', ...(note ? { note } : {}) })
    return { ...ended, incidentId: draft.id }
  },
})

/** @hipaa 164.310(d)(2)(i) disposal, 164.310(d)(2)(ii) media re-use: how what was on it was removed is kept with it */
export const retireDevice = action({
  name: 'device.retire',
  does: 'take a device out of use',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: OfDevice.extend({ disposal: Disposal }),
  output: z.object({ sessions: z.int(), pins: z.int() }),
  run: async (tx, { deviceId, disposal }) => {
    const { state } = await tx.lock(device, { id: deviceId })
    if (state === 'retired' || state === 'declined') throw conflict('This device is out of use already.')
    await tx.change(device, { id: deviceId }, { state: 'retired', endedAt: tx.now, endedBy: me(tx), publicKey: null, disposal })
    for (const { id } of await tx.list(osqueryNode, { deviceId, endedAt: null }, { open: [] })) await tx.change(osqueryNode, { id }, { endedAt: tx.now })
    return endAllOn(tx, deviceId)
  },
})

/** What another module calls when a person leaves: her PINs and her own devices end, and no list names her any more. */
export const endDevicesOf = async (tx: Tx, userId: Id<'usr'>): Promise<{ pins: number; devices: number }> => {
  const pins = await tx.remove(devicePin, { userId })
  const all = await tx.list(device, { state: oneOf(['enrolled', 'waiting']) }, { open: [] })
  const hers = all.filter((d) => d.ownership === 'personal' && d.askedBy === userId)
  for (const { id } of hers) {
    await tx.change(device, { id }, { state: 'retired', endedAt: tx.now, publicKey: null, disposal: 'nothing-kept' })
    await endAllOn(tx, id)
  }
  // A device that was hers alone must not become everybody's: it stays named for her, who can no longer sign in.
  for (const d of all) if (d.people.includes(userId) && d.people.length > 1) await tx.change(device, { id: d.id }, { people: d.people.filter((p) => p !== userId) })
  return { pins, devices: hers.length }
}

export const cardsOf = async (tx: Tx, found: readonly Value<typeof device>[]): Promise<z.infer<typeof DeviceCard>[]> => {
  const ids = found.map(({ id }) => id)
  const [policy, facts, sessions, pins] = await Promise.all([
    policyOf(tx),
    tx.list(deviceFact, { deviceId: oneOf(ids) }),
    tx.list(session, { deviceId: present(), endedAt: null, expiresAt: after(tx.now) }),
    tx.list(devicePin, { deviceId: oneOf(ids) }, { open: [] }),
  ])
  const named = [...new Set(found.flatMap((d) => [d.askedBy, ...(d.enrolledBy ? [d.enrolledBy] : [])]))]
  const people = named.length > 0 ? await tx.list(user, { id: oneOf(named) }, { open: ['name'] }) : []
  const nameOf = (id: string) => people.find((p) => p.id === id)?.name ?? ''
  return found.map(({ publicKey: _, agreementVersion: _v, agreementSignedBy: _s, endedBy: _e, enrolledBy, ...d }) => ({
    ...d, kindTitle: kindTitle(d.kind), askedBy: nameOf(d.askedBy), isOwn: d.askedBy === tx.actor.id, code: d.state === 'waiting' ? d.code : undefined,
    ...(enrolledBy ? { enrolledBy: nameOf(enrolledBy) } : {}),
    posture: postureOf(d, facts.filter((f) => f.deviceId === d.id), policy, tx.now),
    sessions: sessions.filter((s) => s.deviceId === d.id).length, pins: pins.filter((p) => p.deviceId === d.id).length,
  }))
}

export const listDevices = action({
  name: 'device.list',
  does: 'see the register of devices and how they are kept',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(DeviceCard),
  run: async (tx) => {
    const approves = tx.actor.grants.has('device.approve')
    const cards = await cardsOf(tx, await tx.list(device, {}, { orderBy: 'askedAt', descending: true, open: approves ? ['name', 'serial', 'code'] : ['name', 'serial'] }))
    return cards.map((card) => (approves ? card : { ...card, code: undefined }))
  },
})

/** What a person enrolled herself, so that she can report it lost from elsewhere. */
export const myDevices = action({
  name: 'device.mine',
  does: 'see the devices that one enrolled oneself',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(DeviceCard.pick({ id: true, name: true, kindTitle: true, state: true, ownership: true, askedAt: true, lastSeenAt: true })),
  run: async (tx) =>
    (await tx.list(device, { askedBy: me(tx) }, { orderBy: 'askedAt', descending: true, limit: 50, open: ['name'] })).map((d) => ({ ...d, kindTitle: kindTitle(d.kind) })),
})

export const listIncidentDrafts = action({
  name: 'incident.drafts',
  does: 'see the drafts of incidents that lost devices opened',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({}),
  output: z.array(incidentDraft.fields.extend({ device: z.string(), who: z.string() })),
  run: async (tx) => {
    const drafts = await tx.list(incidentDraft, { state: 'draft' }, { orderBy: 'at', descending: true, limit: 100 })
    const devices = drafts.length > 0 ? await tx.list(device, { id: oneOf(drafts.map((d) => d.deviceId)) }, { open: ['name'] }) : []
    const people = drafts.length > 0 ? await tx.list(user, { id: oneOf(drafts.map((d) => d.toldBy)) }, { open: ['name'] }) : []
    return drafts.map((d) => ({ ...d, device: devices.find(({ id }) => id === d.deviceId)?.name ?? '', who: people.find(({ id }) => id === d.toldBy)?.name ?? '' }))
  },
})
