import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from './schema.ts'
import { hashPassword, hashRecoveryCode, normaliseRecoveryCode, passwordMatches, totpStep } from './sign-in.ts'

type Person = Value<typeof user>

// Compared with when there is no password, so that the time of an answer does not tell whether an account exists.
let decoy: Promise<string> | undefined
const decoyHash = () => (decoy ??= hashPassword('no account has this password'))

/** Takes the same time whether or not there is such an account. */
export const isPassword = async (hash: string | undefined, typed: string): Promise<boolean> => {
  const matches = await passwordMatches(hash || (await decoyHash()), typed)
  return matches && Boolean(hash)
}

/**
 * Uses up a code of hers: the authenticator's now, or a recovery code that is left. Her row is locked before it is looked at: of two uses at
 * the same moment the second finds it used. Undefined when it is wrong.
 */
export const useCode = async (tx: Tx, userId: Person['id'], typed: string): Promise<'code' | 'recovery code' | undefined> => {
  const { id, totpSecret, totpUsedStep, recoveryCodes } = await tx.lock(user, { id: userId }, ['totpSecret', 'recoveryCodes'])
  const step = totpSecret === '' ? undefined : await totpStep(totpSecret, typed.replaceAll(' ', ''), Date.parse(tx.now), totpUsedStep)
  if (step !== undefined) {
    await tx.change(user, { id }, { totpUsedStep: step })
    return 'code'
  }
  const hash = await hashRecoveryCode(normaliseRecoveryCode(typed))
  if (!recoveryCodes.includes(hash)) return undefined
  await tx.change(user, { id }, { recoveryCodes: recoveryCodes.filter((left) => left !== hash) })
  return 'recovery code'
}

/** The same, for doors of other modules. */
export const secondFactorOf = async (tx: Tx, who: Pick<Person, 'id'>, code: string): Promise<boolean> => (await useCode(tx, who.id, code)) !== undefined
