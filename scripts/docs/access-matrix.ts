import { ACTIONS } from '../../server/src/kernel/action.ts'
import { JOBS } from '../../server/src/kernel/job.ts'
import { FLOORS, grantsOf, ROLES } from '../../server/src/kernel/roles.ts'
import type { Route } from '../../server/src/kernel/route.ts'
import { code, HEADER, table } from './markdown.ts'

const PURPOSES = { treatment: 'treatment', payment: 'payment', operations: 'operations', 'patient-request': "the patient's request" }

const actionsByArea = () => Map.groupBy([...ACTIONS.values()].filter((a) => !a.name.startsWith('test.')).toSorted((a, b) => a.name.localeCompare(b.name)), (a) => a.name.split('.')[0] ?? '')

const othersOf = (name: string): string[] => [...JOBS.values()].filter((job) => job.grants.includes(name)).map((job) => `job ${job.name}`)

/** Who may do what: every action with its sentence, the roles that include it, and the rule beyond the role. */
export const accessMatrix = (routes: readonly Route[]): string => {
  const roles = [...ROLES]
  const areas = [...actionsByArea()].map(([area, actions]) => {
    const rows = actions.map((action) => {
      const staff = roles.map(([name]) => (grantsOf([name]).has(action.name) ? '●' : ''))
      return [code(action.name), action.does, ...staff]
    })
    return `### ${area}\n\n${table(['action', 'may …', ...roles.map(([name]) => name)], rows)}`
  })
  const details = [...actionsByArea().values()].flat().map((action) => {
    const urls = routes.filter((r) => r.action.name === action.name).map((r) => code(`${r.method} ${r.url}`))
    const by = othersOf(action.name)
    const recorded = action.trail === 'refusals' ? 'refusals only; touches no patient’s record' : 'always'
    return [code(action.name), PURPOSES[action.purpose], action.phi, action.allow.words, recorded, [...urls, ...by].join(', ') || 'command line']
  })
  return `${HEADER('the actions of the server and content/roles.json')}

# Who may do what

Nobody may do anything but what is listed here. A role is a set of actions (45 CFR 164.308(a)(4), 164.312(a)(1), 164.502(b)); an action that no
role of a person includes is refused before anything is read. Beyond the role, each action has a rule that may ask who the patient is to
the person who asks. Every refusal is explained to the person and put on record.

${table(['role', 'title', 'actions', 'starts at'], roles.map(([name, role]) => [code(name), role.title, String(role.actions.length), code(role.home)]))}

A practice may change these roles and add its own. What it may never change:

${[...FLOORS.values()].map(({ words }) => `- ${words}`).join('\n')}

## Actions and roles

${areas.join('\n\n')}

## Purpose, rule, record and way in

${table(['action', 'purpose of use', 'touches', 'beyond the role', 'on record', 'reached by'], details)}
`
}
