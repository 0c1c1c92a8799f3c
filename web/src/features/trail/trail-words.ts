import type { operations } from '../../api.gen'
import { pastTense } from './past-tense.ts'

export type TrailLine = operations['trail.list']['responses'][200]['content']['application/json']['lines'][number]

const roleWords = (roles: readonly string[]): string => roles.map((role) => role.replaceAll('-', ' ')).join(', ')

const SIGN_INS = new Set(['portal.sign-in', 'portal.sign-in-by-link', 'portal.sign-in-by-passkey'])
const SCOPES: Record<string, string> = {
  'representative-forms': 'forms and consents',
  'representative-visits': 'visits',
  'representative-messages': 'messages and money',
}
const scopeWords = (roles: readonly string[]): string => {
  const scopes = roles.flatMap((role) => SCOPES[role] ?? [])
  return scopes.length > 0 ? ` (may act in ${scopes.join(', ')})` : ''
}

/** Who, as a person says it. */
export function actorOf({ actor, actorName, roles, action, outcome }: TrailLine): string {
  if (actorName) return roles.length > 0 && actor !== 'public' ? `${actorName}, ${roleWords(roles)}` : actorName
  // Whoever signs in is nobody yet; once it was done, it was she.
  if (actor === 'public' && SIGN_INS.has(action) && outcome === 'done') return 'The patient, or who acts for her,'
  if (actor === 'public') return action.startsWith('session.') || action.startsWith('portal.') ? 'Somebody' : 'Somebody who was not signed in'
  if (actor.startsWith('job:')) return `The server’s own task “${actor.slice('job:'.length)}”`
  if (actor.startsWith('operator:')) return `The operator of the server (${actor.slice('operator:'.length)})`
  if (actor.startsWith('usr_')) return 'A person of the team'
  if (actor.startsWith('pat_')) return 'The patient, signed in'
  if (actor.startsWith('rep_')) return `A representative of the patient${scopeWords(roles)}`
  return 'The patient, by her link'
}

const deedOf = (line: TrailLine): string => (line.outcome === 'done' ? pastTense(line.does) : `tried to ${line.does}`)

/** "givenName" → "given name" */
const fieldWords = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const OUTCOMES: Record<TrailLine['outcome'], string> = { done: 'Done', denied: 'Refused', failed: 'Failed' }
export const outcomeWord = (outcome: TrailLine['outcome']): string => OUTCOMES[outcome]

const FAILURES: Record<string, string> = {
  '401 signed out': 'not signed in, or the wrong password or code',
  '404 not found': 'there was no such record',
  '409 conflict': 'it contradicted what was there',
  '409 changed meanwhile': 'somebody changed it before',
  '422 check what you entered': 'what was entered was not right',
  '429 too many tries': 'too many tries',
  fault: 'a fault of the software',
}
const whyNot = ({ outcome, rule }: TrailLine): string[] => {
  if (outcome === 'denied') return [rule === 'role' ? 'the role does not include it' : `rule: ${rule.replaceAll('-', ' ')}`]
  return outcome === 'failed' ? [FAILURES[rule] ?? rule] : []
}

/** What was shown of whom: names of fields, never their values. The same fields of many people are one phrase. */
const shown = (line: TrailLine, patientId: string | undefined): string[] => {
  const counts = new Map<string, { verb: string; what: string; record: string; rows: number }>()
  for (const { record, fields, rows, wrote, patientId: whose } of line.opened) {
    if (patientId !== undefined && whose !== patientId && whose !== '-') continue
    const what = fields.map(fieldWords).join(', ')
    const verb = wrote ? 'wrote' : 'opened'
    const key = `${verb} ${record} ${what}`
    counts.set(key, { verb, what, record, rows: (counts.get(key)?.rows ?? 0) + rows })
  }
  return [...counts.values()].map(({ verb, record, what, rows }) => `${verb} ${record.replaceAll('_', ' ')}${rows > 1 ? ` (${rows})` : ''}: ${what}`)
}

const PURPOSES: Record<string, string> = { 'patient-request': 'at the patient’s request', operations: 'for operations', treatment: 'for treatment', payment: 'for payment' }

export interface Told {
  actor: string
  did: string
  facts: string[]
  /** Whose record, when it is one patient's. */
  patientId: string | undefined
}

/** One line of the trail in plain words. `patientId`: the patient whose trail is being read. */
export function tell(line: TrailLine, patientId: string | undefined): Told {
  const across = line.patientId === '*' ? ['looked across patients'] : []
  return {
    actor: actorOf(line),
    did: deedOf(line),
    facts: [...whyNot(line), ...shown(line, patientId), ...across, PURPOSES[line.purpose] ?? line.purpose],
    patientId: line.patientId.startsWith('pat_') ? line.patientId : undefined,
  }
}
