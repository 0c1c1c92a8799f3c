import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays, afterMinutes } from '#kernel/clock.ts'
import { job } from '#kernel/job.ts'
import { roleAlone } from '#kernel/policy.ts'
import { before } from '#kernel/statement.ts'
import { newCode, newToken } from '#kernel/token.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient, PatientId } from '#schema/patients'
import { contactFrom, type Contact } from './contact.ts'
import { ownPractice, write } from './messages.ts'
import { standingOf } from './representing.ts'
import { Address, ContactChannel, Language, representative, signInAsk, SignInAskId, signInProof } from './schema.ts'
import { CODE_MINUTES, CODES_OF_ADDRESS, CODES_OF_NETWORK, countTry, ONE_AT_A_TIME } from './tries.ts'

const KEPT_DAYS = 1
/** More people behind one address than a family has. */
const MOST_AT_ADDRESS = 12
const OneAsk = z.object({ askId: SignInAskId })

/**
 * Notes that somebody at this address wants to sign in, and answers. Whether anybody has the address is looked up later, by a job: nobody
 * can tell from the answer or from its time.
 */
export const askCode = action({
  name: 'portal.ask-code',
  does: 'ask for a code to sign in as a patient',
  purpose: 'patient-request',
  phi: 'none',
  patient: () => '-',
  allow: roleAlone,
  clashes: ONE_AT_A_TIME,
  input: z.object({ address: Address, language: Language.default('en') }),
  output: z.object({ attempt: SignInAskId, channel: ContactChannel, minutes: z.int() }),
  run: async (tx, { address: typed, language }) => {
    const { address, channel } = contactFrom(typed)
    await countTry(tx, `codes ${tx.actor.network ?? ''}`, CODES_OF_NETWORK)
    await countTry(tx, `codes ${address}`, CODES_OF_ADDRESS)
    const old = before(afterDays(tx.now, -KEPT_DAYS))
    await tx.remove(signInProof, { createdAt: old })
    await tx.remove(signInAsk, { createdAt: old })
    const { id } = await tx.add(signInAsk, {
      address, channel, language, createdAt: tx.now, expiresAt: afterMinutes(tx.now, CODE_MINUTES), tries: 0,
    })
    await tx.enqueue(codeJob, { askId: id })
    return { attempt: id, channel, minutes: CODE_MINUTES }
  },
})

interface Known {
  id: string
  birthDate: string
}
const patientsAt = (tx: Tx, { address }: Contact): Promise<Known[]> => tx.search(patient, address, { open: ['birthDate'], only: ['id'], limit: MOST_AT_ADDRESS })
/** Only those who act for somebody today. */
const representativesAt = async (tx: Tx, { address, channel }: Contact): Promise<Known[]> => {
  const which = channel === 'email' ? { email: address } : { phone: address }
  const found = await tx.list(representative, which, { open: ['birthDate'], limit: MOST_AT_ADDRESS })
  const acting = await Promise.all(found.map(async (r) => ((await standingOf(tx, r.id)).length > 0 ? [r] : [])))
  return acting.flat()
}

/** Looks up who has the address, and writes to it only when somebody does. */
export const sendCode = action({
  name: 'portal.send-code',
  does: 'send a code to sign in to the address that asked for it, if a patient or representative has it',
  purpose: 'patient-request',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: OneAsk,
  output: z.object({}),
  run: async (tx, { askId }) => {
    const ask = await tx.lock(signInAsk, { id: askId }, ['address'])
    if (ask.sentAt || ask.expiresAt <= tx.now) return {}
    const { address, channel, language } = ask
    const patients = await patientsAt(tx, { address, channel })
    const people = [...patients, ...(await representativesAt(tx, { address, channel }))]
    const code = newCode()
    const token = newToken()
    await tx.addAll(signInProof, people.map(({ id, birthDate }) => ({
      askId, personId: id, byCode: `${askId} ${code} ${birthDate}`, byLink: `${token} ${birthDate}`, createdAt: tx.now,
    })))
    await tx.change(signInAsk, { id: askId }, { sentAt: tx.now, token })
    if (people.length === 0) return {}
    const [only, ...more] = people
    const whose = more.length === 0 ? PatientId.safeParse(only?.id) : undefined
    const { baseUrl } = await ownPractice(tx)
    await write(
      tx,
      { address, channel, language, ...(whose?.success ? { patientId: whose.data } : {}) },
      channel === 'email' ? 'sign-in-code' : 'sign-in-text',
      // In the fragment: in no log, no referrer, and a scanner of mail that opens it learns and consumes nothing.
      { code, link: `${baseUrl}/me#${token}` },
    )
    return {}
  },
})

const codeJob = job({
  name: 'portal.send-code',
  grants: ['portal.send-code'],
  input: OneAsk,
  run: async ({ perform, actor }, input) => {
    await perform(sendCode, actor, input)
  },
})
