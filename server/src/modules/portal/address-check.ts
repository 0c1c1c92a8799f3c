import type { z } from 'zod'
import { afterMinutes } from '#kernel/clock.ts'
import { Problem } from '#kernel/errors.ts'
import { newId, type PatientId } from '#kernel/id.ts'
import { newCode } from '#kernel/token.ts'
import type { Tx } from '#kernel/tx.ts'
import type { Contact } from './contact.ts'
import { write } from './messages.ts'
import { addressCheck, AddressCheckId, type CheckPurpose, type Language } from './schema.ts'
import { CODE_MINUTES, CODES_OF_ADDRESS, countTry, TRIES_OF_CODE } from './tries.ts'

type Patient = z.infer<typeof PatientId>
type Purpose = z.infer<typeof CheckPurpose>
export interface Check {
  checkId: z.infer<typeof AddressCheckId>
  patientId: Patient
  purpose: Purpose
}

/** Sends a code to an address. `contact` is kept with it only when it is a new one. */
export const sendCheck = async (tx: Tx, of: { patientId: Patient; purpose: Purpose; contact: Contact; language: Language }) => {
  const { patientId, purpose, contact, language } = of
  await countTry(tx, `codes ${contact.address}`, CODES_OF_ADDRESS)
  await countTry(tx, `codes of ${patientId}`, CODES_OF_ADDRESS)
  const code = newCode()
  const id = AddressCheckId.parse(newId(AddressCheckId.prefix))
  await tx.add(addressCheck, {
    id, patientId, purpose, channel: contact.channel, ...(purpose === 'new-address' ? { address: contact.address } : {}),
    code: `${id} ${code}`, createdAt: tx.now, expiresAt: afterMinutes(tx.now, CODE_MINUTES), tries: 0,
  })
  await write(tx, { ...contact, language, patientId }, 'address-code', { code })
  return id
}

/** Counts a try before the code is looked at. */
export const countCheck = async (tx: Tx, { checkId, patientId, purpose }: Check): Promise<void> => {
  const known = await tx.find(addressCheck, { id: checkId, patientId, purpose }, [])
  if (!known) return
  const { tries } = await tx.lock(addressCheck, { id: checkId, patientId })
  await tx.change(addressCheck, { id: checkId, patientId }, { tries: tries + 1 })
}

/** @throws 422, the same for a wrong, a used and a late code */
export const redeemCheck = async (tx: Tx, { checkId, patientId, purpose }: Check, code: string) => {
  const found = await tx.find(addressCheck, { id: checkId, patientId, purpose, code: `${checkId} ${code}` })
  if (!found || found.usedAt || found.expiresAt <= tx.now || found.tries > TRIES_OF_CODE)
    throw new Problem(422, 'This code does not work', 'It is not the code that we sent, or it was used or has run out. Check it, or ask for a new one.')
  await tx.change(addressCheck, { id: found.id, patientId, usedAt: null }, { usedAt: tx.now })
  return found
}
