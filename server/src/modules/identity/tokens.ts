import { z } from 'zod'
import { action, ACTIONS } from '#kernel/action.ts'
import { afterDays, afterMinutes } from '#kernel/clock.ts'
import { conflict, invalid, NotAccepted } from '#kernel/errors.ts'
import { LocationId } from '#kernel/id.ts'
import { any, exists, given, roleAlone, when } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { GRANTABLE, grantsIn } from '#kernel/roles.ts'
import { standingOf } from '#kernel/standing.ts'
import { after, oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { location } from '#schema/practices'
import { ActionLine, byArea, lineOf } from './areas.ts'
import { whenAccessEnds } from './endings.ts'
import { apiToken, TokenId } from './people-schema.ts'
import { rolesOfPractice } from './roles.ts'
import { ResolvedSession, user } from './schema.ts'
import { actorId, newSecret } from './secrets.ts'

const nobody = () => '-'
const DEFAULT_DAYS = 90
const LONGEST_DAYS = 365
const USED_TO_THE_MINUTES = 1

/** What a token may do at all: nothing that its owner would have to prove herself for. */
const isForTokens = (name: string) => GRANTABLE.has(name) && ACTIONS.has(name) && ACTIONS.get(name)?.stepUp !== true

const TokenLine = apiToken.fields.omit({ secret: true, userId: true }).extend({ owner: z.string(), own: z.boolean(), does: z.array(ActionLine), state: z.enum(['works', 'expired', 'revoked']) })
const linesOf = async (tx: Tx, tokens: readonly Value<typeof apiToken>[]) => {
  const owners = [...new Set(tokens.map((t) => t.userId))]
  const people = owners.length > 0 ? await tx.list(user, { id: oneOf(owners) }, { open: ['name'] }) : []
  return tokens.map(({ userId, ...t }): z.infer<typeof TokenLine> => ({
    ...t,
    owner: people.find((p) => p.id === userId)?.name ?? '',
    own: userId === tx.actor.id,
    does: byArea(t.actions.map(lineOf)),
    state: t.revokedAt ? 'revoked' : t.expiresAt <= tx.now ? 'expired' : 'works',
  }))
}

export const ownTokens = action({
  name: 'token.mine',
  does: 'see the own tokens for integrations',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.object({ tokens: z.array(TokenLine), mayDo: z.array(ActionLine) }),
  run: async (tx) => ({
    tokens: await linesOf(tx, await tx.list(apiToken, { userId: actorId(tx) }, { orderBy: 'createdAt', descending: true, limit: 200 })),
    mayDo: byArea([...tx.actor.grants].filter(isForTokens).map(lineOf)),
  }),
})

export const allTokens = action({
  name: 'token.list',
  does: 'see the tokens of everybody',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(TokenLine),
  run: async (tx) => linesOf(tx, await tx.list(apiToken, { revokedAt: null }, { orderBy: 'createdAt', descending: true, limit: 500 })),
})

/** A program that acts for a person: never more than she may, never for longer than she works here. The token is shown once. */
export const createToken = action({
  name: 'token.create',
  does: 'make a token for an integration',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: roleAlone,
  input: z.object({
    label: apiToken.fields.shape.label,
    actions: z.array(z.string()).min(1, 'Choose at least one thing that it may do.').max(300),
    locationIds: z.array(LocationId).min(1, 'Choose at least one location.'),
    days: z.int().min(1).max(LONGEST_DAYS, `At most ${LONGEST_DAYS} days.`).default(DEFAULT_DAYS),
  }),
  output: z.object({ id: TokenId, token: z.string(), expiresAt: z.string() }),
  run: async (tx, { days, ...scope }) => {
    const { actor } = tx
    const beyond = scope.actions.filter((name) => !actor.grants.has(name) || !isForTokens(name))
    if (beyond.length > 0) throw invalid([{ path: 'actions', message: `A token may do only what you may, and nothing that asks you to prove yourself. Not: ${beyond.join(', ')}.` }])
    if (scope.locationIds.some((id) => actor.places !== '*' && !actor.places.includes(id))) throw invalid([{ path: 'locationIds', message: 'A token works only where you work.' }])
    const secret = newSecret()
    const expiresAt = afterDays(tx.now, days)
    const { id } = await tx.add(apiToken, { ...scope, userId: actorId(tx), secret, createdAt: tx.now, expiresAt })
    return { id, token: `nacre_${tx.practiceId}.${secret}`, expiresAt }
  },
})

const OneToken = z.object({ tokenId: TokenId })
const ownOrOverseen = any(
  given('own-token', 'it is her own', exists(apiToken, ({ actor, input }) => ({ id: oneOf([OneToken.parse(input).tokenId]), userId: oneOf([actor.id]) })), () => ({
    why: 'This token is somebody else’s.',
    whoCanFix: 'Its owner, or whoever sees the tokens of everybody',
    fix: { label: 'See your tokens', href: '/team?tab=tokens' },
  })),
  when('oversees-tokens', 'sees the tokens of everybody', ({ actor }) => actor.grants.has('token.list'), () => ({ why: 'This token is somebody else’s.', whoCanFix: 'Its owner' })),
)
export const revokeToken = action({
  name: 'token.revoke',
  does: 'revoke a token of an integration',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: ownOrOverseen,
  input: OneToken,
  output: z.object({}),
  run: async (tx, { tokenId }) => {
    const found = await tx.lock(apiToken, { id: tokenId })
    if (found.revokedAt) throw conflict('This token is revoked already.')
    await tx.change(apiToken, { id: tokenId }, { revokedAt: tx.now })
    return {}
  },
})

whenAccessEnds({
  what: 'API tokens',
  on: ['left'],
  async end(tx, userId) {
    const open = await tx.list(apiToken, { userId, revokedAt: null, expiresAt: after(tx.now) }, { open: [] })
    for (const { id } of open) await tx.change(apiToken, { id }, { revokedAt: tx.now })
    return open.length
  },
})

const notAccepted = () =>
  new NotAccepted({
    rule: 'token',
    citation: 'Person or entity authentication, 45 CFR 164.312(d)',
    why: 'This token is not accepted: it is wrong, expired or revoked.',
    whoCanFix: 'Whose token it is, by making a new one',
  })

/** Who a token stands for, now: what it was made for, as far as its owner may still do it. */
export const resolveToken = action({
  name: 'token.resolve',
  does: 'use a token of an integration',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({ secret: z.string().max(200) }),
  output: ResolvedSession.pick({ limits: true, elsewhere: true, locationIds: true, care: true }).extend({
    tokenId: TokenId, userId: user.fields.shape.id, roles: z.array(z.string()), roleTitles: z.array(z.string()), grants: z.array(z.string()),
  }),
  run: async (tx, { secret }) => {
    const found = await tx.find(apiToken, { secret }, [])
    if (!found || found.revokedAt || found.expiresAt <= tx.now) throw notAccepted()
    const who = await tx.get(user, { id: found.userId }, [])
    if (!who.active) throw notAccepted()
    const roles = await rolesOfPractice(tx)
    const hers = new Set(grantsIn(roles, who.roles))
    const locationIds = found.locationIds.filter((id) => who.locationIds.includes(id))
    if (!found.lastUsedAt || afterMinutes(found.lastUsedAt, USED_TO_THE_MINUTES) <= tx.now) await tx.change(apiToken, { id: found.id }, { lastUsedAt: tx.now })
    const basedOn = who.roles.map((name) => roles.get(name)?.basedOn ?? name)
    const [home] = await tx.list(location, { id: oneOf(who.locationIds) }, { orderBy: 'name', limit: 1 })
    const present = { userId: who.id, roles: who.roles, basedOn, locationIds: who.locationIds, timeZone: home?.timeZone ?? 'UTC', since: who.createdAt }
    return {
      tokenId: found.id, userId: who.id, roles: who.roles, roleTitles: who.roles.map((name) => roles.get(name)?.title ?? name), locationIds,
      grants: found.actions.filter((name) => hers.has(name) && isForTokens(name)),
      ...(await standingOf(tx, present)),
    }
  },
})
