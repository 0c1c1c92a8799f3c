import content from '../../../content/roles.json' with { type: 'json' }
import type { Actor } from './policy.ts'

export interface Role {
  title: string
  /** The page on which the person's next task lies. */
  home: string
  actions: readonly string[]
}
export const ROLES = new Map<string, Role>(Object.entries(content.roles))

const granted = new Map<string, ReadonlySet<string>>()
/** The actions that these roles open together. */
export const grantsOf = (roles: readonly string[]): ReadonlySet<string> => {
  const key = roles.join(' ')
  const known = granted.get(key)
  if (known) return known
  const made = new Set(roles.flatMap((name) => ROLES.get(name)?.actions ?? []))
  granted.set(key, made)
  return made
}

/** Anybody at all: what may be done without signing in. */
export const publicActor = (practiceId: string): Actor => ({
  kind: 'public', id: 'public', practiceId, roles: ['public'], grants: grantsOf(['public']), places: '*',
})

/** A person at the command line of the server, who has the files and the keys anyway; what she does is on record under her command's name. */
export const operator = (practiceId: string, command: string, grants: readonly string[]): Actor => ({
  kind: 'operator', id: `operator:${command}`, practiceId, roles: ['operator'], grants: new Set(grants), places: '*',
})
