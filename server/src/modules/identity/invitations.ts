import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { conflict, invalid, Problem } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { grantsIn } from '#kernel/roles.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { location } from '#schema/practices'
import { mailTeam, ownPractice } from './mail.ts'
import { invitation, InvitationId, NewInvitation, proposal, SecretsOfOwn } from './people-schema.ts'
import { closeProposals, needsReason, powerful, propose, recordChange, whoCanConfirm, type Roles } from './raises.ts'
import { rolesOfPractice } from './roles.ts'
import { user } from './schema.ts'
import { actorId, linkTo, newSecret, ownSecrets } from './secrets.ts'

const nobody = () => '-'
const VALID_HOURS = 72
const OneInvitation = z.object({ invitationId: InvitationId })
const Link = z.object({ link: z.string(), expiresAt: z.string() })
const Token = SecretsOfOwn.pick({ token: true })
const ON_TEAM = 'Somebody with this e-mail address is on the team already.'

type Invitation = Value<typeof invitation>

/** Roles and locations that there are. */
export const checkPlaces = async (tx: Tx, roles: Roles, { roles: names, locationIds }: { roles: readonly string[]; locationIds: readonly string[] }) => {
  const unknown = names.filter((name) => !roles.has(name))
  if (unknown.length > 0) throw invalid([{ path: 'roles', message: `There is no role ${unknown.join(', ')}.` }])
  const places = await tx.list(location, { id: oneOf([...locationIds]) })
  if (places.length < new Set(locationIds).size) throw invalid([{ path: 'locationIds', message: 'There is no such location.' }])
}

const stateOf = ({ name, credential, roles, locationIds, isProvider }: Pick<Invitation, 'name' | 'credential' | 'roles' | 'locationIds' | 'isProvider'>) => ({
  name, credential, roles, locationIds, isProvider,
})

/** A fresh link, mailed and given back: whoever made it may also hand it over. The one before no longer works. */
export const sendLink = async (tx: Tx, { id, email }: Pick<Invitation, 'id' | 'email'>) => {
  const token = newSecret()
  const expiresAt = afterMinutes(tx.now, VALID_HOURS * 60)
  await tx.change(invitation, { id, usedAt: null, withdrawnAt: null }, { token, expiresAt, waits: false })
  const { baseUrl } = await ownPractice(tx)
  const link = linkTo(baseUrl, 'join', token)
  await mailTeam(tx, 'invitation', email, link)
  return { link, expiresAt }
}

/**
 * Opens the way for somebody new, or back for somebody who left. She chooses what she signs in with; nobody else sees it. Where the roles
 * manage other people's access, a second person confirms first.
 * @hipaa 164.308(a)(3)(ii)(A) authorization and supervision
 */
export const invite = action({
  name: 'user.invite',
  does: 'invite a person to the team',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: roleAlone,
  clashes: { invitation_open: 'Somebody was invited at this address a moment ago. Look again.' },
  input: NewInvitation,
  output: z.object({ id: InvitationId, waits: z.boolean(), link: z.string().optional(), expiresAt: z.string() }),
  run: async (tx, { reason, ...fields }) => {
    const roles = await rolesOfPractice(tx)
    await checkPlaces(tx, roles, fields)
    const email = fields.email.toLowerCase()
    if (await tx.has(user, { email, active: true })) throw conflict(ON_TEAM)
    const earlier = await tx.find(invitation, { email, usedAt: null, withdrawnAt: null }, [])
    if (earlier && earlier.expiresAt > tx.now) throw conflict('This address is invited already. Renew that invitation, or withdraw it first.')
    if (earlier) await tx.change(invitation, { id: earlier.id }, { withdrawnAt: tx.now })
    const isPowerful = powerful(roles, fields.roles).length > 0
    const hasSecond = isPowerful && (await whoCanConfirm(tx, roles, [tx.actor.id])).length > 0
    const alone = isPowerful && !hasSecond
    if (alone) needsReason(reason)
    const expiresAt = afterMinutes(tx.now, VALID_HOURS * 60)
    const made = await tx.add(invitation, { ...fields, email, reason, alone, waits: hasSecond, invitedBy: actorId(tx), at: tx.now, expiresAt })
    if (!hasSecond) return { id: made.id, waits: false, ...(await sendLink(tx, made)) }
    await propose(tx, { kind: 'invitation', invitationId: made.id, before: {}, after: stateOf(made), gained: grantsIn(roles, made.roles), lost: [], reason })
    return { id: made.id, waits: true, expiresAt }
  },
})

export const listInvitations = action({
  name: 'invitation.list',
  does: 'see who is invited to the team',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(
    invitation.fields
      .pick({ id: true, name: true, email: true, roles: true, at: true, expiresAt: true, waits: true })
      .extend({ roleTitles: z.array(z.string()), expired: z.boolean(), invitedBy: z.string() }),
  ),
  run: async (tx) => {
    const open = await tx.list(invitation, { usedAt: null, withdrawnAt: null }, { open: ['name', 'email'], orderBy: 'at', descending: true, limit: 200 })
    const roles = await rolesOfPractice(tx)
    const people = open.length > 0 ? await tx.list(user, { id: oneOf([...new Set(open.map((i) => i.invitedBy))]) }, { open: ['name'] }) : []
    return open.map((i) => ({
      ...i,
      roleTitles: i.roles.map((name) => roles.get(name)?.title ?? name),
      expired: i.expiresAt <= tx.now,
      invitedBy: people.find((p) => p.id === i.invitedBy)?.name ?? '',
    }))
  },
})

/** For whoever lost the message, or was late. */
export const renewInvitation = action({
  name: 'invitation.renew',
  does: 'give an invitation a new link',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: roleAlone,
  input: OneInvitation,
  output: Link,
  run: async (tx, { invitationId }) => {
    const found = await tx.lock(invitation, { id: invitationId }, ['email'])
    if (found.usedAt || found.withdrawnAt) throw conflict('This invitation was used or withdrawn. Invite again.')
    if (found.waits) throw conflict('This invitation waits for a second person to confirm it.')
    return sendLink(tx, found)
  },
})

export const withdrawInvitation = action({
  name: 'invitation.withdraw',
  does: 'withdraw an invitation',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: OneInvitation,
  output: z.object({}),
  run: async (tx, { invitationId }) => {
    const found = await tx.lock(invitation, { id: invitationId })
    if (found.usedAt) throw conflict('She has joined already. To end her access, use “Ends here” on the team page.')
    await tx.change(invitation, { id: invitationId, usedAt: null, withdrawnAt: null }, { withdrawnAt: tx.now })
    await closeProposals(tx, await tx.list(proposal, { invitationId, outcome: 'open' }, { open: [] }))
    return {}
  },
})

/** One answer for a link that was used, has run out, was withdrawn, or never was. */
const gone = () => new Problem(410, 'This link no longer works', 'It works once, for three days. Ask whoever invited you for a new one.')

const invitationOf = async (tx: Tx, token: string, roles: Roles): Promise<Invitation> => {
  const known = await tx.find(invitation, { token }, [])
  const found = known && (await tx.lock(invitation, { id: known.id }, ['email', 'name', 'reason']))
  if (!found || found.usedAt || found.withdrawnAt || found.waits || found.expiresAt <= tx.now) throw gone()
  // A role that came to manage other people's access after somebody was invited to it: that was never confirmed.
  if (powerful(roles, found.roles).length > 0 && !found.confirmedBy && !found.alone) throw gone()
  return found
}

export const lookAtInvitation = action({
  name: 'invitation.look',
  does: 'see what an invitation is for, with its link',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Token,
  output: z.object({ practice: z.string(), name: z.string(), email: z.string(), roleTitles: z.array(z.string()), expiresAt: z.string() }),
  run: async (tx, { token }) => {
    const roles = await rolesOfPractice(tx)
    const { name, email, roles: names, expiresAt } = await invitationOf(tx, token, roles)
    return { practice: (await ownPractice(tx)).name, name, email, roleTitles: names.map((r) => roles.get(r)?.title ?? r), expiresAt }
  },
})

/** She becomes a person of the team, or again one: the same person keeps her id, so that the trail of before is hers. */
export const acceptInvitation = action({
  name: 'invitation.accept',
  does: 'join the team with an invitation',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: { app_user_practice_id_email_token_key: ON_TEAM },
  input: SecretsOfOwn,
  output: z.object({ recoveryCodes: z.array(z.string()), email: z.string() }),
  run: async (tx, chosen) => {
    const roles = await rolesOfPractice(tx)
    const found = await invitationOf(tx, chosen.token, roles)
    const { id, email, invitedBy, confirmedBy, alone, reason } = found
    const { codes, stored } = await ownSecrets(tx, chosen, [email, found.name])
    const fields = { ...stateOf(found), ...stored, active: true }
    const before = await tx.find(user, { email }, ['name'])
    if (before?.active) throw conflict(ON_TEAM)
    if (before) await tx.change(user, { id: before.id, active: false }, fields)
    const person = before ?? (await tx.add(user, { ...fields, email, createdAt: tx.now }))
    await tx.change(invitation, { id, usedAt: null, withdrawnAt: null }, { usedAt: tx.now, userId: person.id })
    await recordChange(
      tx,
      { userId: person.id, ...(confirmedBy ? { confirmedBy } : {}), before: {}, after: stateOf(found), gained: grantsIn(roles, found.roles), lost: [], reason },
      alone ? 'alone' : 'with others',
      invitedBy,
    )
    return { recoveryCodes: codes, email }
  },
})
