import content from '../../../content/roles.json' with { type: 'json' }
import { ACTIONS, type Phi } from './action.ts'
import { isWithin, type Actor } from './policy.ts'

export interface Role {
  title: string
  /** The page on which the person's next task lies. */
  home: string
  actions: readonly string[]
}

/** The roles that a practice starts with; what it made of them is a `RoleChange`. */
export const ROLES = new Map<string, Role>(Object.entries(content.roles))

/** Doors without a person of the practice behind them: theirs are not for a practice to change. */
const DOORS: ReadonlySet<string> = new Set(['public', 'link', 'patient', 'representative', 'representative-forms', 'representative-visits', 'representative-messages'])
export const STAFF_ROLES: ReadonlyMap<string, Role> = new Map([...ROLES].filter(([name]) => !DOORS.has(name)))

/**
 * How close to a patient a role may ever come, whatever a practice writes into it. A role of a practice's own keeps the floor of the role
 * that it was made from. Applied whenever grants are computed, so that a row changed behind the application's back gives nothing either.
 * @hipaa 164.502(b), 164.514(d)(2) minimum necessary: who needs which classes of information
 */
export const FLOORS: ReadonlyMap<string, { highest: Phi; words: string }> = new Map([
  ['marketing', { highest: 'identity', words: 'Marketing never opens charts, photos or answers to health questions.' }],
  ['biller', { highest: 'identity', words: 'Billing never opens charts, photos or answers to health questions.' }],
  ['it-support', { highest: 'none', words: 'Outside IT never sees anything of a patient.' }],
])

/** What a practice can put into a role: whatever some shipped role includes. What is a job's, a patient's or an operator's is nobody's to give. */
export const GRANTABLE: ReadonlySet<string> = new Set([...STAFF_ROLES.values()].flatMap(({ actions }) => actions))

/** What an owner always keeps: with less nobody could take a change of roles back. */
export const OWNER_KEEPS: ReadonlySet<string> = new Set([
  'practice.card', 'user.list', 'user.team', 'user.invite', 'user.change', 'user.offboard', 'invitation.list', 'invitation.renew', 'invitation.withdraw',
  'role.list', 'role.open', 'role.preview', 'role.save', 'role.remove', 'role.proposals', 'role.approve', 'role.decline', 'recovery.list', 'recovery.approve',
])

/** What a practice made of a role, or a role of its own: kept as the difference, so that what a new release adds to a role arrives. */
export interface RoleChange {
  name: string
  title: string
  /** The name of the role with which it began; for a role that Nacre ships, its own. */
  basedOn: string
  adds: readonly string[]
  removes: readonly string[]
}

export const isAboveFloor = (basedOn: string, action: string): boolean => {
  const floor = FLOORS.get(basedOn)
  const phi = ACTIONS.get(action)?.phi
  return floor !== undefined && phi !== undefined && !isWithin(phi, floor.highest)
}

/** The roles of a practice: those that Nacre ships, as changed, and its own. */
export const rolesWith = (changes: readonly RoleChange[]): ReadonlyMap<string, Role & { basedOn: string }> => {
  const roles = new Map([...STAFF_ROLES].map(([name, role]) => [name, { ...role, basedOn: name }]))
  for (const { name, title, basedOn, adds, removes } of changes) {
    const base = STAFF_ROLES.get(basedOn)
    if (!base) continue
    const given = adds.filter((action) => GRANTABLE.has(action) && !isAboveFloor(basedOn, action))
    const kept = (action: string) => !removes.includes(action) || (name === 'owner' && OWNER_KEEPS.has(action))
    const actions = [...new Set([...base.actions, ...given])].filter(kept)
    roles.set(name, { title, home: base.home, actions, basedOn })
  }
  return roles
}

const granted = new Map<string, ReadonlySet<string>>()
/** The actions that these roles, as shipped, open together: for jobs, links, the public and tests. */
export const grantsOf = (roles: readonly string[]): ReadonlySet<string> => {
  const key = roles.join(' ')
  const known = granted.get(key)
  if (known) return known
  const everybody = roles.some((name) => STAFF_ROLES.has(name)) ? content.everybody : []
  const made = new Set([...everybody, ...roles.flatMap((name) => ROLES.get(name)?.actions ?? [])])
  granted.set(key, made)
  return made
}
/** What a person of the team may do, by the roles of her practice. */
export const grantsIn = (practice: ReadonlyMap<string, Role>, roles: readonly string[]): string[] => [
  ...new Set([...content.everybody, ...roles.flatMap((name) => practice.get(name)?.actions ?? [])]),
]
export const EVERYBODY: readonly string[] = content.everybody

/** Anybody at all: what may be done without signing in. */
export const publicActor = (practiceId: string): Actor => ({
  kind: 'public', id: 'public', practiceId, roles: ['public'], grants: grantsOf(['public']), places: '*',
})

/** A person at the command line of the server, who has the files and the keys anyway; what she does is on record under her command's name. */
export const operator = (practiceId: string, command: string, grants: readonly string[]): Actor => ({
  kind: 'operator', id: `operator:${command}`, practiceId, roles: ['operator'], grants: new Set(grants), places: '*',
})
