import { expect, it } from 'vitest'
import { ACTIONS } from '#kernel/action.ts'
import { JOBS } from '#kernel/job.ts'
import { EVERYBODY, grantsOf, ROLES, STAFF_ROLES } from '#kernel/roles.ts'
import { ROUTES } from '../src/app.ts'

const ofRoles = new Set([...EVERYBODY, ...[...ROLES.values()].flatMap((role) => role.actions)])
const ofJobs = new Set([...JOBS.values()].flatMap((job) => job.grants))
/** Performed only by the command line and the set-up page, as an operator with a name. */
const OF_OPERATORS = new Set(['practice.create', 'practice.set-base-url', 'user.first', 'recovery.by-operator', 'fhir.import-patients', 'fhir.import-records', 'campaign.record-earlier'])

// @proves 164.308(a)(4)
it('gives every action to somebody: a role, a job or an operator', () => {
  const forNobody = [...ACTIONS.keys()].filter((name) => !ofRoles.has(name) && !ofJobs.has(name) && !OF_OPERATORS.has(name) && !name.startsWith('test.'))
  expect(forNobody).toEqual([])
})

it('grants no role or job an action that does not exist', () => {
  expect([...ofRoles, ...ofJobs].filter((name) => !ACTIONS.has(name))).toEqual([])
})

// @proves 164.312(a)(1)
it('lets nobody reach by HTTP what no role of that door includes', () => {
  const doors = { public: ['public'], link: ['link'], patient: ['patient'], staff: [...STAFF_ROLES.keys()] }
  const shut = ROUTES.filter(({ action, doors: ways }) => !ways.every((door) => doors[door].some((role) => grantsOf([role]).has(action.name))))
  expect(shut.map(({ method, url, action }) => `${method} ${url} ${action.name}`)).toEqual([])
})

it('says of every action in words what it does, and of every rule whom it lets through', () => {
  for (const { name, does, allow } of ACTIONS.values()) {
    expect(does, name).toMatch(/^[a-z].*[^.]$/)
    expect(allow.words, name).not.toBe('')
  }
})
