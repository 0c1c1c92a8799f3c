import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { conflict, Denied, invalid, Problem } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { after, upTo } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { endAccess, factorsReset } from './endings.ts'
import { mailTeam, ownPractice } from './mail.ts'
import { HowConfirmed, recovery, recoveryAsk, RecoveryAskId, SecretsOfOwn } from './people-schema.ts'
import { signInTry, user, UserId } from './schema.ts'
import { linkTo, newSecret, newSpokenCode, ownSecrets } from './secrets.ts'

const nobody = () => '-'
const ASK_STANDS_HOURS = 24
const LINK_MINUTES = 30
const MOST_TRIES = 5
const Token = SecretsOfOwn.pick({ token: true })

/**
 * Takes an address and answers always the same: what is kept, and the work that it takes, do not depend on whether it has an account.
 * @hipaa 164.312(d) person or entity authentication: a second person stands in for the factors that were lost
 */
export const askForRecovery = action({
  name: 'recovery.ask',
  does: 'say that the own factors are lost',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: { recovery_ask_practice_id_email_token_key: 'You asked a moment ago.' },
  input: z.object({ email: z.email().max(254) }),
  output: z.object({}),
  run: async (tx, input) => {
    const email = input.email.trim().toLowerCase()
    await tx.remove(recoveryAsk, { expiresAt: upTo(tx.now) })
    const open = await tx.find(recoveryAsk, { email }, [])
    const stands = { at: tx.now, expiresAt: afterMinutes(tx.now, ASK_STANDS_HOURS * 60) }
    if (open) await tx.change(recoveryAsk, { id: open.id }, stands)
    else await tx.add(recoveryAsk, { email, ...stands })
    return {}
  },
})

export const listRecoveries = action({
  name: 'recovery.list',
  does: 'see who lost what they sign in with',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(z.object({ id: RecoveryAskId, name: z.string(), email: z.string(), at: z.string(), own: z.boolean() })),
  run: async (tx) => {
    const asks = await tx.list(recoveryAsk, { expiresAt: after(tx.now) }, { open: ['email'], orderBy: 'at', limit: 500 })
    const ids = await tx.idsBy(user, 'email', asks.map((a) => a.email))
    const found = await Promise.all(
      asks.flatMap(({ id, email, at }) => {
        const userId = ids.get(email)
        if (!userId) return []
        return [tx.find(user, { id: UserId.parse(userId), active: true }, ['name']).then((who) => who && { id, email, at, name: who.name, own: who.id === tx.actor.id })]
      }),
    )
    return found.filter((f) => f !== undefined)
  },
})

/** Links of before no longer work: only the newest does. */
const issue = async (tx: Tx, who: Pick<Value<typeof user>, 'id'>, how: z.infer<typeof HowConfirmed>) => {
  for (const { id } of await tx.list(recovery, { userId: who.id, usedAt: null, closedAt: null })) await tx.change(recovery, { id }, { closedAt: tx.now })
  const token = newSecret()
  const code = how === 'in person' ? undefined : newSpokenCode()
  const expiresAt = afterMinutes(tx.now, LINK_MINUTES)
  await tx.add(recovery, { userId: who.id, approvedBy: tx.actor.id, approvedAt: tx.now, how, token, code, tries: 0, expiresAt })
  const { baseUrl } = await ownPractice(tx)
  return { link: linkTo(baseUrl, 'recover', token), code, expiresAt }
}

/**
 * Who stands before her gets the link on this screen, to be scanned; whose voice or face was known elsewhere gets it by e-mail and hears the
 * code: neither the mailbox alone nor the one who approves alone is enough.
 */
export const approveRecovery = action({
  name: 'recovery.approve',
  does: 'confirm who somebody is who lost what she signs in with',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: roleAlone,
  input: z.object({ askId: RecoveryAskId, how: HowConfirmed, confirmed: z.literal(true, 'Confirm that you know it is she.') }),
  output: z.object({ link: z.string().optional(), code: z.string().optional(), expiresAt: z.string() }),
  run: async (tx, { askId, how }) => {
    const asked = await tx.get(recoveryAsk, { id: askId })
    if (asked.expiresAt <= tx.now) throw conflict('This was asked too long ago. She can ask again.')
    const who = await tx.get(user, { email: asked.email, active: true }, ['email'])
    if (who.id === tx.actor.id)
      throw new Denied({
        rule: 'not-herself',
        citation: 'Person or entity authentication, 45 CFR 164.312(d)',
        why: 'You cannot confirm yourself: a second person stands in for what you lost.',
        whoCanFix: 'Another owner, or the compliance officer',
        fix: { label: 'Open the team', href: '/team' },
      })
    const { link, code, expiresAt } = await issue(tx, who, how)
    await tx.remove(recoveryAsk, { id: askId })
    await mailTeam(tx, code ? 'recovery-link' : 'recovery-notice', who.email, code ? link : '')
    return code ? { code, expiresAt } : { link, expiresAt }
  },
})

export const dismissRecovery = action({
  name: 'recovery.dismiss',
  does: 'dismiss a request of somebody who lost what she signs in with',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ askId: RecoveryAskId }),
  output: z.object({}),
  run: async (tx, { askId }) => {
    await tx.get(recoveryAsk, { id: askId }, [])
    await tx.remove(recoveryAsk, { id: askId })
    return {}
  },
})

/** At the command line of the server, for a practice whose only owner lost everything: whoever sits there has the files and the keys anyway. */
export const recoverByOperator = action({
  name: 'recovery.by-operator',
  does: 'help the only owner to new factors, from the command line',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ email: z.email() }),
  output: z.object({ link: z.string(), expiresAt: z.string() }),
  run: async (tx, { email }) => {
    const who = await tx.get(user, { email: email.toLowerCase(), active: true }, ['email'])
    const { link, expiresAt } = await issue(tx, who, 'in person')
    await mailTeam(tx, 'recovery-notice', who.email, '')
    return { link, expiresAt }
  },
})

const gone = () => new Problem(410, 'This link no longer works', 'It works once, for half an hour. Ask again, and whoever confirmed you gives you a new one.')
const recoveryOf = async (tx: Tx, token: string) => {
  const known = await tx.find(recovery, { token })
  const found = known && (await tx.lock(recovery, { id: known.id }))
  if (!found || found.usedAt || found.closedAt || found.expiresAt <= tx.now || found.tries > MOST_TRIES) throw gone()
  return found
}

export const lookAtRecovery = action({
  name: 'recovery.look',
  does: 'see whose factors a recovery link renews',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Token,
  // Not whose: a link that came into the wrong hands tells nothing.
  output: z.object({ practice: z.string(), asksCode: z.boolean(), expiresAt: z.string() }),
  run: async (tx, { token }) => {
    const { how, expiresAt } = await recoveryOf(tx, token)
    return { practice: (await ownPractice(tx)).name, asksCode: how !== 'in person', expiresAt }
  },
})

const Using = SecretsOfOwn.extend({ code: z.string().trim().max(12).default('') })

/** Counts a try before the spoken code is looked at, so that parallel guesses cannot slip through; the sixth closes the link. */
export const countRecovery = action({
  name: 'recovery.try',
  does: 'try to use a recovery link',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Using,
  output: z.object({}),
  run: async (tx, { token }) => {
    const known = await tx.find(recovery, { token })
    if (!known || known.usedAt || known.closedAt) return {}
    const { id, tries } = await tx.lock(recovery, { id: known.id })
    await tx.change(recovery, { id }, { tries: tries + 1, ...(tries + 1 > MOST_TRIES ? { closedAt: tx.now } : {}) })
    return {}
  },
})

export const useRecovery = action({
  name: 'recovery.use',
  does: 'choose new factors with a recovery link',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Using,
  output: z.object({ recoveryCodes: z.array(z.string()), email: z.string() }),
  run: async (tx, { code, ...chosen }) => {
    const { id, userId, how } = await recoveryOf(tx, chosen.token)
    if (how !== 'in person' && !(await tx.has(recovery, { id, code: code.replaceAll(/\D/g, '') })))
      throw invalid([{ path: 'code', message: 'is not the code that you were told' }], 'This is not the code that you were told. Nothing was changed.')
    const who = await tx.get(user, { id: userId }, ['email', 'name'])
    if (!who.active) throw gone()
    const { codes, stored } = await ownSecrets(tx, chosen, [who.email, who.name])
    await tx.change(recovery, { id, usedAt: null }, { usedAt: tx.now })
    await tx.change(user, { id: userId }, { ...stored, lockedAt: null })
    await endAccess(tx, userId, 'recovered')
    await tx.remove(signInTry, { email: who.email })
    await tx.emit(factorsReset, { userId })
    return { recoveryCodes: codes, email: who.email }
  },
})
