import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { Problem } from '#kernel/errors.ts'
import { PatientId } from '#kernel/id.ts'
import { isSelf, type Actor } from '#kernel/policy.ts'
import type { Tx } from '#kernel/tx.ts'
import { CODE_MINUTES, contactFrom, countCheck, masked, ONE_AT_A_TIME, redeemCheck, sendCheck } from '#modules/portal'
import { patient } from '#schema/patients'
import { AddressCheckId, Code } from '#schema/portal'
import { linkSession, LinkSessionId } from './schema.ts'

const own = (_input: unknown, actor: Actor) => actor.patientId ?? '-'
const purpose = 'earlier-forms' as const
const Trying = z.object({ checkId: AddressCheckId, code: Code })
const ownPatient = (tx: Tx) => PatientId.parse(tx.actor.patientId)

/** Forms that were opened with a code of the desk show what is from before only to whoever reads a message to the patient's own address. */
export const askLinkCode = action({
  name: 'link.ask-code',
  does: 'ask for a code to her own address, to see earlier forms',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  clashes: ONE_AT_A_TIME,
  input: z.object({}),
  output: z.object({ checkId: AddressCheckId, sentTo: z.string(), minutes: z.int() }),
  run: async (tx) => {
    const patientId = ownPatient(tx)
    const { email, phone, language } = await tx.get(patient, { id: patientId }, ['email', 'phone'])
    const address = email ?? phone
    if (!address) throw new Problem(409, 'No address', 'We have no e-mail address or phone number of yours. Please ask at the desk.')
    const contact = contactFrom(address)
    return { checkId: await sendCheck(tx, { patientId, purpose, contact, language }), sentTo: masked(contact.address), minutes: CODE_MINUTES }
  },
})

export const tryLinkCode = action({
  name: 'link.try-code',
  does: 'try the code that was sent to her own address',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  input: Trying,
  output: z.object({}),
  run: async (tx, { checkId }) => {
    await countCheck(tx, { checkId, patientId: ownPatient(tx), purpose })
    return {}
  },
})

export const verifyLink = action({
  name: 'link.verify',
  does: 'show with a code that she reads messages to her own address',
  purpose: 'patient-request',
  phi: 'identity',
  patient: own,
  allow: isSelf,
  input: Trying,
  output: z.object({}),
  run: async (tx, { checkId, code }) => {
    await redeemCheck(tx, { checkId, patientId: ownPatient(tx), purpose }, code)
    await tx.change(linkSession, { id: LinkSessionId.parse(tx.actor.via) }, { verifiedAt: tx.now })
    return {}
  },
})
