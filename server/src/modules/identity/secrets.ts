import { UserId } from '#kernel/id.ts'
import { invalid } from '#kernel/errors.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import type { z } from 'zod'
import { checkPassword } from './people.ts'
import type { SecretsOfOwn } from './people-schema.ts'
import type { user } from './schema.ts'
import { hashPassword, hashRecoveryCode, newRecoveryCodes, normaliseRecoveryCode, totpStep } from './sign-in.ts'

const SECRET_BYTES = 32
const CODE_DIGITS = 6

/** 256 random bits. */
export const newSecret = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString('base64url')

/** Six digits to be said aloud, without the bias that a remainder would have. */
export const newSpokenCode = (): string => {
  const most = 10 ** CODE_DIGITS
  const limit = Math.floor(2 ** 32 / most) * most
  for (;;) {
    const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
    if (number < limit) return String(number % most).padStart(CODE_DIGITS, '0')
  }
}

/** The token stands in the fragment, which a browser sends to nobody: it is in no log and no referrer. */
export const linkTo = (baseUrl: string, page: 'join' | 'recover', token: string): string => `${baseUrl}/${page}#${token}`

/** What she signs in with from now on, checked: password, authenticator, recovery codes. The codes in clear are shown once. */
export const ownSecrets = async (tx: Tx, chosen: z.infer<typeof SecretsOfOwn>, about: string[]) => {
  await checkPassword(chosen.password, about)
  const step = await totpStep(chosen.totpSecret, chosen.totpCode.replaceAll(' ', ''), Date.parse(tx.now), 0)
  if (step === undefined)
    throw invalid([{ path: 'totpCode', message: 'is not right. Wait for the next one, and check the clock of your phone.' }], 'The code of the authenticator is not right. Nothing was saved.')
  const codes = newRecoveryCodes()
  const stored: Pick<Value<typeof user>, 'passwordHash' | 'totpSecret' | 'totpUsedStep' | 'recoveryCodes'> = {
    passwordHash: await hashPassword(chosen.password),
    totpSecret: chosen.totpSecret,
    totpUsedStep: 0,
    recoveryCodes: await Promise.all(codes.map((c) => hashRecoveryCode(normaliseRecoveryCode(c)))),
  }
  return { codes, stored }
}

export const actorId = (tx: Tx) => UserId.parse(tx.actor.id)
