import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { isSelf, type Actor } from '#kernel/policy.ts'
import { patient } from '#schema/patients'
import { countCheck, redeemCheck, sendCheck } from './address-check.ts'
import { contactFrom, masked } from './contact.ts'
import { ownPatient } from './me.ts'
import { write } from './messages.ts'
import { Address, AddressCheckId, Code, ContactChannel } from './schema.ts'
import { CODE_MINUTES, ONE_AT_A_TIME } from './tries.ts'

const own = (_input: unknown, actor: Actor) => actor.patientId ?? '-'
const Masked = z.object({ email: z.string().optional(), phone: z.string().optional() })
const Confirming = z.object({ checkId: AddressCheckId, code: Code })
const purpose = 'new-address' as const

const maskedOf = ({ email, phone }: { email?: string | undefined; phone?: string | undefined }) => ({
  ...(email ? { email: masked(email) } : {}),
  ...(phone ? { phone: masked(phone) } : {}),
})

/** Masked even to her: whoever holds the phone for a moment learns no address. */
export const ownContact = action({
  name: 'portal.contact',
  does: 'see where the practice writes to her, masked',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  input: z.object({}),
  output: Masked,
  run: async (tx) => maskedOf(await tx.get(patient, { id: ownPatient(tx) }, ['email', 'phone'])),
})

export const askContact = action({
  name: 'portal.ask-contact',
  does: 'ask for a code to a new e-mail address or phone number of hers',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  clashes: ONE_AT_A_TIME,
  input: z.object({ address: Address }),
  output: z.object({ checkId: AddressCheckId, channel: ContactChannel, minutes: z.int() }),
  run: async (tx, { address }) => {
    const patientId = ownPatient(tx)
    const contact = contactFrom(address)
    const { language } = await tx.get(patient, { id: patientId }, [])
    return { checkId: await sendCheck(tx, { patientId, purpose, contact, language }), channel: contact.channel, minutes: CODE_MINUTES }
  },
})

export const tryContact = action({
  name: 'portal.try-contact',
  does: 'try the code that was sent to a new address of hers',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  input: Confirming,
  output: z.object({}),
  run: async (tx, { checkId }) => {
    await countCheck(tx, { checkId, patientId: ownPatient(tx), purpose })
    return {}
  },
})

/** The new address counts from now on; the one before it is told. */
export const confirmContact = action({
  name: 'portal.confirm-contact',
  does: 'change where the practice writes to her, with the code sent there',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  input: Confirming,
  output: Masked,
  run: async (tx, { checkId, code }) => {
    const patientId = ownPatient(tx)
    const { channel, address } = await redeemCheck(tx, { checkId, patientId, purpose }, code)
    const before = await tx.get(patient, { id: patientId }, ['email', 'phone'])
    const field = channel === 'email' ? 'email' : 'phone'
    const old = before[field]
    await tx.change(patient, { id: patientId }, { [field]: address })
    if (old && old !== address) await write(tx, { address: old, channel, language: before.language, patientId }, 'sign-in-changed', {})
    return maskedOf({ ...before, [field]: address })
  },
})
