import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, notFound } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import { grantsIn } from '#kernel/roles.ts'
import type { Value } from '#kernel/record.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { endSessionsOf } from './end-sessions.ts'
import { sendNotice } from './notice-jobs.ts'
import { rolesOfPractice } from './roles.ts'
import { session, SessionId, user, UserId } from './schema.ts'
import { knownBrowser, NoticeId, signInNotice } from './sign-in-schema.ts'

const nobody = () => '-'
const ownId = (tx: Tx) => UserId.parse(tx.actor.id)
const OneNotice = z.object({ noticeId: NoticeId })
const MOST_SHOWN = 5

/** Since when she has been using the browser she sits at; undefined for ways of signing in that need no browser known again (an enrolled device). */
const browserSince = async (tx: Tx) => {
  const { browserId } = await tx.get(session, { id: SessionId.parse(tx.actor.via) }, [])
  return browserId ? (await tx.get(knownBrowser, { id: browserId }, [])).firstAt : undefined
}
/** Whoever signed in from a new browser must not be the one who is asked about it there, nor in one that is newer still. */
const mayAnswer = ({ kind, at }: Pick<Value<typeof signInNotice>, 'kind' | 'at'>, since: string | undefined) =>
  kind !== 'new-device' || since === undefined || since < at

export const listNotices = action({
  name: 'notice.list',
  does: 'see what she must know about sign-ins',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(signInNotice.fields.pick({ id: true, kind: true, device: true, network: true, at: true }).extend({ about: z.string() })),
  run: async (tx) => {
    const waiting = await tx.list(signInNotice, { userId: ownId(tx), answeredAt: null }, { open: ['device', 'network'], orderBy: 'at', descending: true, limit: MOST_SHOWN })
    if (waiting.length === 0) return []
    const since = await browserSince(tx)
    const names = await tx.list(user, { id: oneOf([...new Set(waiting.map(({ aboutId }) => aboutId))]) }, { open: ['name'] })
    return waiting.filter((n) => mayAnswer(n, since)).map((n) => ({ ...n, about: names.find(({ id }) => id === n.aboutId)?.name ?? '' }))
  },
})

const ownNotice = async (tx: Tx, noticeId: z.infer<typeof NoticeId>) => {
  const found = await tx.find(signInNotice, { id: noticeId, userId: ownId(tx) }, ['device', 'network'])
  if (!found || !mayAnswer(found, await browserSince(tx))) throw notFound('notice')
  if (found.answeredAt) throw conflict('This was answered already.')
  return found
}

export const dismissNotice = action({
  name: 'notice.dismiss',
  does: 'say that a sign-in was her own',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: OneNotice,
  output: z.object({}),
  run: async (tx, { noticeId }) => {
    await ownNotice(tx, noticeId)
    await tx.change(signInNotice, { id: noticeId, answeredAt: null }, { answeredAt: tx.now, answer: 'seen' })
    return {}
  },
})

/** Whoever may end other people's sessions looks after accounts: the owner, unless the practice decided otherwise. */
const keepersBesides = async (tx: Tx, userId: string) => {
  const roles = await rolesOfPractice(tx)
  const people = await tx.list(user, { active: true, lockedAt: null }, { open: [] })
  return people.filter((p) => p.id !== userId && grantsIn(roles, p.roles).includes('session.end-of-other'))
}

/**
 * @hipaa 164.308(a)(6)(ii) response to a suspected security incident
 *
 * Ends all her sessions and locks the account until it is restored; those who look after accounts are told. An account that nobody else could
 * restore is not locked: all its other sessions end, and she is told to change what signs her in.
 */
export const disownSignIn = action({
  name: 'notice.not-me',
  does: 'say that a sign-in was not her own',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: OneNotice,
  output: z.object({ locked: z.boolean() }),
  run: async (tx, { noticeId }) => {
    const { kind, network, device, aboutId } = await ownNotice(tx, noticeId)
    if (kind !== 'new-device' || aboutId !== tx.actor.id) throw conflict('Only a sign-in can be disowned.')
    await tx.change(signInNotice, { id: noticeId, answeredAt: null }, { answeredAt: tx.now, answer: 'not-me' })
    const keepers = await keepersBesides(tx, aboutId)
    for (const keeper of keepers) {
      const { id } = await tx.add(signInNotice, { userId: keeper.id, kind: 'account-locked', aboutId, at: tx.now, ...(device ? { device } : {}), ...(network ? { network } : {}) })
      await tx.enqueue(sendNotice, { noticeId: id })
    }
    if (keepers.length === 0) {
      await endSessionsOf(tx, aboutId, SessionId.parse(tx.actor.via))
      return { locked: false }
    }
    await tx.change(user, { id: aboutId }, { lockedAt: tx.now })
    await endSessionsOf(tx, aboutId)
    return { locked: true }
  },
})
