import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { invalid, unauthenticated } from '#kernel/errors.ts'
import { newId, UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { after, oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { beginSession, hashPassword, passwordMatches, rolesOfPractice } from '#modules/identity'
import { session, SessionView, user } from '#schema/identity'
import { atItsDevice } from './limits.ts'
import { weaknessOf } from './pin-strength.ts'
import { policyOf, RULES } from './rules.ts'
import { device, DeviceId, devicePin, PersonOnDevice, Pin, SignedByDevice, SwitchPerson } from './schema.ts'
import { idleMinutesOf, newProof, signatureHolds, useSignature } from './session-proof.ts'

const nobody = () => '-'
const { tries: MOST_TRIES, fullSignInEveryDays } = RULES.pin

const sharedDevice = async (tx: Tx, deviceId: z.infer<typeof DeviceId>) => {
  const found = await tx.find(device, { id: deviceId, state: 'enrolled', shared: true }, ['name'])
  if (!found) throw unauthenticated('Persons change by PIN only on a shared device that is enrolled. Sign in with your password.')
  return found
}
const usable = (pin: Value<typeof devicePin>, now: string) => pin.tries < MOST_TRIES && pin.provenAt > afterDays(now, -fullSignInEveryDays)
const mayUse = (of: Value<typeof device>, userId: z.infer<typeof UserId>) => of.people.length === 0 || of.people.includes(userId)

/** Whose PINs this device takes: shown as tiles, to the device itself and nobody else. */
export const peopleOfDevice = action({
  name: 'device.people',
  does: 'see, at a shared device, who may change to herself by PIN',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: SignedByDevice,
  output: z.object({ device: z.string(), people: z.array(PersonOnDevice) }),
  run: async (tx, { deviceId, ...signed }) => {
    const found = await sharedDevice(tx, deviceId)
    await useSignature(tx, found.publicKey, 'people', signed)
    const pins = (await tx.list(devicePin, { deviceId }, { open: [] })).filter((pin) => usable(pin, tx.now) && mayUse(found, pin.userId))
    const team = pins.length > 0 ? await tx.list(user, { id: oneOf(pins.map((p) => p.userId)), active: true }, { open: ['name'] }) : []
    const roles = await rolesOfPractice(tx)
    const people = team.map(({ id, name, roles: own }) => ({ userId: id, name, role: own.map((r) => roles.get(r)?.title ?? r).join(', ') }))
    return { device: found.name, people: people.toSorted((a, b) => a.name.localeCompare(b.name)) }
  },
})

/** Counts a try at a PIN before it is known whether it is right. Only the device itself can make one: nobody else locks her out. */
export const countPinTry = action({
  name: 'device.try-pin',
  does: 'try a PIN at a shared device',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: SwitchPerson,
  output: z.object({}),
  run: async (tx, { deviceId, userId, pin: _, ...signed }) => {
    const found = await sharedDevice(tx, deviceId)
    if (!(await signatureHolds(tx, found.publicKey, `switch:${userId}`, signed))) throw unauthenticated('This device could not prove itself. Load the page again.')
    const known = await tx.find(devicePin, { deviceId, userId }, [])
    if (!known) throw unauthenticated(NO_PIN)
    const { id, tries } = await tx.lock(devicePin, { id: known.id })
    if (tries >= MOST_TRIES) throw unauthenticated(CLOSED)
    await tx.change(devicePin, { id }, { tries: tries + 1 })
    return {}
  },
})
const NO_PIN = 'There is no PIN for this person here. Sign in with your password.'
const CLOSED = 'Too many wrong PINs. Sign in with your password and second factor; then this PIN works again.'

/**
 * Changes to another person at a shared device: the device's key and her own PIN, two factors; a session of her own; whoever was here
 * before is signed out.
 * @hipaa 164.312(a)(2)(i) unique user identification
 */
export const switchPerson = action({
  name: 'device.switch-person',
  does: 'change to oneself at a shared device, by PIN',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: SwitchPerson,
  output: SessionView.extend({ token: z.string(), proof: z.string() }),
  run: async (tx, { deviceId, userId, pin, ...signed }) => {
    const found = await sharedDevice(tx, deviceId)
    await useSignature(tx, found.publicKey, `switch:${userId}`, signed)
    const known = await tx.find(devicePin, { deviceId, userId }, ['hash'])
    const who = await tx.find(user, { id: userId, active: true }, ['name'])
    if (!who || !known || !mayUse(found, userId)) throw unauthenticated(NO_PIN)
    if (known.provenAt <= afterDays(tx.now, -fullSignInEveryDays))
      throw unauthenticated(`It is ${fullSignInEveryDays} days since you signed in here with your password. Do that once; then your PIN works again.`)
    if (!(await passwordMatches(known.hash, pin)))
      throw invalid([{ path: 'pin', message: 'is wrong' }], known.tries >= MOST_TRIES ? CLOSED : `That is not your PIN. ${left(known.tries)}`)
    await tx.change(devicePin, { id: known.id }, { tries: 0, lastUsedAt: tx.now })
    for (const { id } of await tx.list(session, { deviceId, endedAt: null, expiresAt: after(tx.now) })) await tx.change(session, { id }, { endedAt: tx.now })
    // Dangerous steps still ask for password and second factor: a PIN has been typed where others look.
    const id = session.fields.shape.id.parse(newId('ses'))
    const begun = await beginSession(tx, who, { id, provenAt: known.provenAt, deviceId, idleMinutes: idleMinutesOf(found, await policyOf(tx)) })
    await tx.change(device, { id: deviceId }, { lastSeenAt: tx.now })
    return { ...begun, proof: await newProof(tx, id, deviceId) }
  },
})
const left = (tries: number) => (MOST_TRIES - tries === 1 ? 'One more try, then only your password works.' : `${MOST_TRIES - tries} more tries.`)

/** Her PIN at this device. Asked for proof first (password and second factor), and only at the device itself. */
export const setPin = action({
  name: 'device.set-pin',
  does: 'set the own PIN at a shared device',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: atItsDevice,
  input: z.object({ pin: Pin }),
  output: z.object({}),
  run: async (tx, { pin }) => {
    const found = await sharedDevice(tx, DeviceId.parse(tx.actor.deviceId))
    const userId = UserId.parse(tx.actor.id)
    if (!mayUse(found, userId)) throw invalid([{ path: 'pin', message: 'This device is enrolled for other people.' }])
    const weakness = weaknessOf(pin)
    if (weakness) throw invalid([{ path: 'pin', message: weakness }])
    await tx.remove(devicePin, { deviceId: found.id, userId })
    await tx.add(devicePin, { deviceId: found.id, userId, hash: await hashPassword(pin), tries: 0, setAt: tx.now, provenAt: tx.actor.provenAt ?? tx.now })
    return {}
  },
})

export const removePin = action({
  name: 'device.remove-pin',
  does: 'remove the own PIN from the device at which one sits',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: atItsDevice,
  input: z.object({}),
  output: z.object({}),
  run: async (tx) => {
    await tx.remove(devicePin, { deviceId: DeviceId.parse(tx.actor.deviceId), userId: UserId.parse(tx.actor.id) })
    return {}
  },
})
