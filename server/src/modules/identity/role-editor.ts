import { z } from 'zod'
import { action, ACTIONS } from '#kernel/action.ts'
import { conflict, Denied, invalid, notFound } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { FLOORS, GRANTABLE, grantsIn, isAboveFloor, OWNER_KEEPS, rolesWith, STAFF_ROLES, type RoleChange } from '#kernel/roles.ts'
import type { Tx } from '#kernel/tx.ts'
import { ActionLine, byArea, lineOf } from './areas.ts'
import { ProposalId, Reason, proposal, type AccessState } from './people-schema.ts'
import { closeProposals, difference, needsReason, openInvitations, powerful, propose, recordChange, whoCanConfirm, type Roles } from './raises.ts'
import { rolesOfPractice } from './roles.ts'
import { roleChange, RoleName, user } from './schema.ts'

const nobody = () => '-'
const OWN = 'own-'
const OneRole = z.object({ name: RoleName })
const Title = roleChange.fields.shape.title
/** A role as somebody would have it. Without a name: a new one. */
export const RoleDraft = z.object({ name: RoleName.optional(), title: Title, basedOn: RoleName, actions: z.array(z.string()).max(2000) })
type Draft = z.infer<typeof RoleDraft>
type Named = Draft & { name: string }

const holdersOf = (team: readonly { id: string; name: string; roles: readonly string[] }[], name: string) => team.filter(({ roles }) => roles.includes(name))
const activeTeam = (tx: Tx) => tx.list(user, { active: true }, { open: ['name'] })

export const listRoles = action({
  name: 'role.list',
  does: 'see the roles of the practice and how many people have each',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(
    z.object({
      name: z.string(), title: z.string(), basedOn: z.string(), kind: z.enum(['shipped', 'changed', 'own']),
      people: z.int(), actions: z.int(), floor: z.string().optional(), manages: z.boolean(), clinical: z.boolean(),
    }),
  ),
  run: async (tx) => {
    const [changes, team] = await Promise.all([tx.list(roleChange, {}), tx.list(user, { active: true }, { open: [] })])
    const roles = rolesWith(changes)
    return [...roles].map(([name, { title, basedOn, actions }]) => {
      const floor = FLOORS.get(basedOn)?.words
      return {
        name, title, basedOn, people: team.filter((p) => p.roles.includes(name)).length, actions: actions.length,
        kind: name.startsWith(OWN) ? ('own' as const) : changes.some((c) => c.name === name) ? ('changed' as const) : ('shipped' as const),
        ...(floor ? { floor } : {}),
        manages: powerful(roles, [name]).length > 0,
        clinical: actions.some((a) => ACTIONS.get(a)?.phi === 'clinical'),
      }
    })
  },
})

const OpenedRole = z.object({
  name: z.string(),
  title: z.string(),
  basedOn: z.string(),
  basedOnTitle: z.string(),
  own: z.boolean(),
  people: z.array(z.string()),
  floor: z.string().optional(),
  actions: z.array(
    ActionLine.extend({
      has: z.boolean(),
      /** As the role was shipped. */
      shipped: z.boolean(),
      /** Why it can be neither given nor taken here. */
      locked: z.string().optional(),
      /** Whoever does it shows again that it is she. */
      stepUp: z.boolean(),
    }),
  ),
})

const OWNER_WORDS = 'An owner keeps this: without it nobody could take a change back.'

export const openRole = action({
  name: 'role.open',
  does: 'see what a role includes',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: OneRole,
  output: OpenedRole,
  run: async (tx, { name }) => {
    const [roles, team] = await Promise.all([rolesOfPractice(tx), activeTeam(tx)])
    const role = roles.get(name)
    if (!role) throw notFound('role')
    const floor = FLOORS.get(role.basedOn)?.words
    const lockOf = (action: string) => (isAboveFloor(role.basedOn, action) ? floor : name === 'owner' && OWNER_KEEPS.has(action) ? OWNER_WORDS : undefined)
    const base = STAFF_ROLES.get(role.basedOn)
    return {
      name, title: role.title, basedOn: role.basedOn, basedOnTitle: base?.title ?? role.basedOn, own: name.startsWith(OWN),
      people: holdersOf(team, name).map((p) => p.name),
      ...(floor ? { floor } : {}),
      actions: byArea(
        [...GRANTABLE].filter((a) => ACTIONS.has(a)).map((a) => {
          const locked = lockOf(a)
          return {
            ...lineOf(a), has: role.actions.includes(a), shipped: base?.actions.includes(a) ?? false,
            ...(locked ? { locked } : {}), stepUp: ACTIONS.get(a)?.stepUp === true,
          }
        }),
      ),
    }
  },
})

/** What no practice can write into a role, said in the floor's own words. */
const mustBeAllowed = ({ name, basedOn, actions }: Draft) => {
  if (!STAFF_ROLES.has(basedOn)) throw invalid([{ path: 'basedOn', message: 'A role begins with one that Nacre ships.' }])
  const above = actions.filter((a) => isAboveFloor(basedOn, a))
  if (above.length > 0)
    throw new Denied({
      rule: 'floor',
      citation: 'Minimum necessary, 45 CFR 164.514(d)(2)',
      why: `${FLOORS.get(basedOn)?.words ?? ''} This cannot be changed: ${above.map((a) => ACTIONS.get(a)?.does ?? a).join('; ')}.`,
      whoCanFix: 'Nobody: it is a floor of the software. Somebody who needs this needs another role besides.',
      fix: { label: 'Open the team', href: '/team' },
    })
  const unknown = actions.filter((a) => !GRANTABLE.has(a))
  if (unknown.length > 0) throw invalid([{ path: 'actions', message: `No role can include ${unknown.join(', ')}.` }])
  const missing = [...OWNER_KEEPS].filter((a) => !actions.includes(a))
  if (name === 'owner' && missing.length > 0)
    throw new Denied({
      rule: 'owner-keeps',
      why: `${OWNER_WORDS} It is about: ${missing.map((a) => ACTIONS.get(a)?.does ?? a).join('; ')}.`,
      whoCanFix: 'Nobody: put these back, then save.',
      fix: { label: 'Open the owner’s role', href: '/team?tab=roles&role=owner' },
    })
}

const slugOf = (title: string) => `${OWN}${title.normalize('NFD').toLowerCase().replaceAll(/[^a-z]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'role'}`
const freeName = (title: string, taken: Roles) => {
  const slug = slugOf(title)
  for (let name = slug; ; name += '-x') if (!taken.has(name)) return name
}

/** Kept as the difference from what it began with; no difference, no row. */
const changeOf = ({ name, title, basedOn, actions }: Named): RoleChange => {
  const base = STAFF_ROLES.get(basedOn)?.actions ?? []
  const { gained, lost } = difference(base, actions)
  return { name, title, basedOn, adds: gained, removes: lost }
}
const stateOf = (roles: Roles, name: string): AccessState => {
  const role = roles.get(name)
  return role ? { title: role.title, basedOn: role.basedOn, actions: role.actions.toSorted() } : {}
}

/** What a draft would open and close, and for whom. */
export const weigh = async (tx: Tx, draft: Draft) => {
  mustBeAllowed(draft)
  const [changes, team, invited] = await Promise.all([tx.list(roleChange, {}), activeTeam(tx), openInvitations(tx)])
  const before = rolesWith(changes)
  if (draft.name && !before.has(draft.name)) throw notFound('role')
  if ([...before].some(([name, { title }]) => name !== draft.name && title.toLowerCase() === draft.title.toLowerCase()))
    throw invalid([{ path: 'title', message: 'Another role has this name.' }])
  const name = draft.name ?? freeName(draft.title, before)
  const named: Named = { ...draft, name, basedOn: before.get(name)?.basedOn ?? draft.basedOn }
  if (named.basedOn !== draft.basedOn) throw invalid([{ path: 'basedOn', message: 'What a role began with stays.' }])
  const becomes = rolesWith([...changes.filter((c) => c.name !== name), changeOf(named)])
  const holders = holdersOf(team, name)
  const perPerson = holders.map((p) => ({ id: p.id, called: p.name, ...difference(grantsIn(before, p.roles), grantsIn(becomes, p.roles)) }))
  const { gained, lost } = difference(before.get(name)?.actions ?? [], becomes.get(name)?.actions ?? [])
  const invitedWith = invited.filter(({ roles }) => roles.includes(name)).length
  const gainsPower = holders.length + invitedWith > 0 && powerful(becomes, [name]).length > powerful(before, [name]).length
  const isRaise = perPerson.some((p) => p.gained.length > 0) || (invitedWith > 0 && gained.length > 0) || gainsPower
  const concerned = perPerson.filter((p) => p.gained.length > 0).map((p) => p.id)
  const confirmers = isRaise ? await whoCanConfirm(tx, before, [tx.actor.id, ...concerned]) : []
  return { before, becomes, named, holders, perPerson, gained, lost, isRaise, concerned, confirmers, invitedWith }
}

const Effect = ActionLine.extend({ for: z.array(z.string()) })
export const previewRole = action({
  name: 'role.preview',
  does: 'see what a change of a role would open and close, and for whom',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: RoleDraft,
  output: z.object({
    opens: z.array(Effect),
    closes: z.array(Effect),
    people: z.array(z.string()),
    /** Invited, and not here yet. */
    invited: z.int(),
    /** `second`: waits for one of `confirmers`. `alone`: nobody here could; a reason is needed. */
    takes: z.enum(['effect at once', 'second person', 'reason, alone']),
    confirmers: z.array(z.string()),
    /** Reaches closer to patients than before. */
    reaches: z.enum(['none', 'identity', 'clinical']).optional(),
  }),
  run: async (tx, draft) => {
    const { before, becomes, named, holders, perPerson, gained, lost, isRaise, confirmers, invitedWith } = await weigh(tx, draft)
    const effects = (names: readonly string[], how: 'gained' | 'lost') =>
      byArea(names.map((name) => ({ ...lineOf(name), for: perPerson.filter((p) => p[how].includes(name)).map((p) => p.called) })))
    const reach = (roles: Roles) => {
      const touched = new Set(roles.get(named.name)?.actions.map((a) => ACTIONS.get(a)?.phi))
      return touched.has('clinical') ? ('clinical' as const) : touched.has('identity') ? ('identity' as const) : ('none' as const)
    }
    const team = confirmers.length > 0 ? await activeTeam(tx) : []
    return {
      opens: effects(gained, 'gained'), closes: effects(lost, 'lost'), people: holders.map((p) => p.name), invited: invitedWith,
      takes: !isRaise ? ('effect at once' as const) : confirmers.length > 0 ? ('second person' as const) : ('reason, alone' as const),
      confirmers: team.filter(({ id }) => confirmers.some((c) => c.id === id)).map((p) => p.name),
      ...(reach(becomes) === reach(before) ? {} : { reaches: reach(becomes) }),
    }
  },
})

/** Writes a role as it is to be. */
export const writeRole = async (tx: Tx, draft: Named) => {
  const { adds, removes } = changeOf(draft)
  const { name, title, basedOn } = draft
  const shipped = STAFF_ROLES.get(name)
  const known = await tx.find(roleChange, { name })
  if (shipped?.title === title && adds.length + removes.length === 0) {
    if (known) await tx.remove(roleChange, { id: known.id })
    return
  }
  const row = { title, basedOn, adds: [...adds], removes: [...removes], changedAt: tx.now, changedBy: tx.actor.id }
  if (known) await tx.change(roleChange, { id: known.id }, row)
  else await tx.add(roleChange, { ...row, name })
}

export const saveRole = action({
  name: 'role.save',
  does: 'change what a role includes, or make one',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: roleAlone,
  clashes: { role_change_practice_id_name_key: 'Somebody changed this role at the same moment. Look again.' },
  input: RoleDraft.extend({ reason: Reason.default('') }),
  output: z.object({ name: z.string(), effect: z.enum(['nothing', 'done', 'proposed', 'done alone']), proposalId: ProposalId.optional() }),
  run: async (tx, { reason, ...draft }) => {
    const { before, becomes, named, gained, lost, isRaise, confirmers } = await weigh(tx, draft)
    const { name } = named
    const [was, willBe] = [stateOf(before, name), stateOf(becomes, name)]
    if (JSON.stringify(was) === JSON.stringify(willBe)) return { name, effect: 'nothing' as const }
    const change = { roleName: RoleName.parse(name), before: was, after: willBe, gained, lost, reason }
    if (isRaise && confirmers.length > 0) {
      const { id } = await propose(tx, { kind: 'role', ...change })
      return { name, effect: 'proposed' as const, proposalId: id }
    }
    if (isRaise) needsReason(reason)
    await writeRole(tx, named)
    await recordChange(tx, change, isRaise ? 'alone' : 'with others')
    return { name, effect: isRaise ? ('done alone' as const) : ('done' as const) }
  },
})

export const removeRole = action({
  name: 'role.remove',
  does: 'remove a role that nobody has',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: OneRole,
  output: z.object({}),
  run: async (tx, { name }) => {
    const roles = await rolesOfPractice(tx)
    const row = await tx.find(roleChange, { name })
    if (!row || !name.startsWith(OWN)) throw roles.has(name) ? conflict('This role comes with Nacre and stays. It can be changed, and changed back.') : notFound('role')
    const holders = holdersOf(await activeTeam(tx), name)
    if (holders.length > 0) throw conflict(`${holders.map((p) => p.name).join(', ')} ${holders.length === 1 ? 'has' : 'have'} this role. Give another one first.`)
    if ((await openInvitations(tx)).some((i) => i.roles.includes(name))) throw conflict('Somebody is invited to this role. Withdraw that invitation first.')
    const waiting = await tx.list(proposal, { kind: 'person', outcome: 'open' }, { open: ['after'] })
    if (waiting.some((p) => p.after.roles?.includes(name))) throw conflict('Somebody is proposed for this role. Decline that first.')
    await closeProposals(tx, await tx.list(proposal, { roleName: name, outcome: 'open' }, { open: [] }))
    await tx.remove(roleChange, { id: row.id })
    const state = stateOf(roles, name)
    await recordChange(tx, { roleName: name, before: state, after: {}, gained: [], lost: state.actions ?? [], reason: '' })
    return {}
  },
})

/** Still as it was when somebody proposed to change it. */
export const roleIsStill = async (tx: Tx, name: string, was: Value<typeof proposal>['before']) =>
  JSON.stringify(stateOf(await rolesOfPractice(tx), name)) === JSON.stringify({ title: was.title, basedOn: was.basedOn, actions: was.actions })
