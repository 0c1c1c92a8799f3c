import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { invalid } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import { location } from '#schema/practices'
import { rolesOfPractice } from './roles.ts'
import { NewUser, PersonCard, user } from './schema.ts'
import { hashPassword, hashRecoveryCode, newRecoveryCodes, normaliseRecoveryCode } from './sign-in.ts'

const nobody = () => '-'
const WEAKEST_SCORE = 3

export const checkPassword = async (password: string, about: string[]) => {
  const { isBreached, strengthOf } = await import('./password-strength.ts')
  if (isBreached(password)) throw invalid([{ path: 'password', message: 'This password is on lists of stolen passwords, which are tried first. Take four or more unrelated words.' }])
  const { score, feedback } = strengthOf(password, about)
  if (score >= WEAKEST_SCORE) return
  throw invalid([{ path: 'password', message: feedback.warning ?? 'This password is too easy to guess. Take four or more unrelated words.' }])
}

/**
 * Adds a person together with what she signs in with: the first owner at set-up, the demo, tests. Only an operator has the grant; everybody
 * else is invited, so that nobody sees another's secrets.
 */
export const createUser = action({
  name: 'user.first',
  does: 'add a person with what she signs in with',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: { app_user_practice_id_email_token_key: 'Somebody with this e-mail address is on the team already.' },
  input: NewUser,
  output: PersonCard.extend({ recoveryCodes: z.array(z.string()) }),
  run: async (tx, { password, totpSecret, ...fields }) => {
    const known = await rolesOfPractice(tx)
    const unknown = fields.roles.filter((r) => !known.has(r))
    if (unknown.length > 0) throw invalid([{ path: 'roles', message: `There is no role ${unknown.join(', ')}.` }])
    const places = await tx.list(location, { id: oneOf(fields.locationIds) })
    if (fields.locationIds.some((id) => !places.some((p) => p.id === id))) throw invalid([{ path: 'locationIds', message: 'There is no such location.' }])
    await checkPassword(password, [fields.email, fields.name])
    const codes = newRecoveryCodes()
    const made = await tx.add(user, {
      ...fields, email: fields.email.toLowerCase(), active: true, totpSecret, totpUsedStep: 0, passwordHash: await hashPassword(password),
      recoveryCodes: await Promise.all(codes.map((c) => hashRecoveryCode(normaliseRecoveryCode(c)))), createdAt: tx.now,
    })
    return { ...made, recoveryCodes: codes }
  },
})

export const listUsers = action({
  name: 'user.list',
  does: 'see who is on the team',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(PersonCard.extend({ roleTitles: z.array(z.string()) })),
  run: async (tx) => {
    const [people, roles] = await Promise.all([tx.list(user, { active: true }, { open: ['name'] }), rolesOfPractice(tx)])
    return people.map((p) => ({ ...p, roleTitles: p.roles.map((name) => roles.get(name)?.title ?? name) }))
  },
})
