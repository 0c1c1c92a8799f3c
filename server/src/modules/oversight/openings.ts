import { ACTIONS } from '#kernel/action.ts'
import type { SealedLine } from '#kernel/trail-watching.ts'

/** What is done to look after the practice is not itself looked at as an opening: it would never end. */
export const LOOKING_AFTER = [
  'trail', 'oversight', 'review', 'review-task', 'campaign', 'compliance', 'glass', 'access', 'care-team', 'test',
]

/** One patient's record that one person of the team opened. */
export interface Opening {
  eventId: string
  at: string
  userId: string
  roles: readonly string[]
  patientId: string
  action: string
  clinical: boolean
}

/** The one patient whom an event opened: by its name, or because a look across patients found one only. */
const patientOf = ({ patientId, opened }: Pick<SealedLine, 'patientId' | 'opened'>): string | undefined => {
  if (patientId.startsWith('pat_')) return patientId
  if (patientId !== '*') return undefined
  const seen = new Set(opened.filter((o) => o.wrote !== true && o.patientId.startsWith('pat_')).map((o) => o.patientId))
  const [only] = seen
  return seen.size === 1 ? only : undefined
}

export const openingOf = (line: SealedLine): Opening | undefined => {
  const [area = ''] = line.action.split('.')
  if (line.outcome !== 'done' || !line.actor.startsWith('usr_') || LOOKING_AFTER.includes(area)) return undefined
  const phi = ACTIONS.get(line.action)?.phi ?? 'identity'
  const patientId = patientOf(line)
  if (phi === 'none' || patientId === undefined) return undefined
  return { eventId: line.id, at: new Date(line.at).toISOString(), userId: line.actor, roles: line.roles.split(' '), patientId, action: line.action, clinical: phi === 'clinical' }
}

/** All that one person opened of one patient on one day. */
export interface Look {
  userId: string
  patientId: string
  day: string
  roles: readonly string[]
  openings: readonly Opening[]
}
export const looksOf = (openings: readonly Opening[], dayOf: (at: string) => string): Look[] => {
  const byLook = Map.groupBy(openings, (o) => `${o.userId} ${o.patientId} ${dayOf(o.at)}`)
  return [...byLook.values()].flatMap((of) => {
    const [first] = of
    return first ? [{ userId: first.userId, patientId: first.patientId, day: dayOf(first.at), roles: [...new Set(of.flatMap((o) => o.roles))], openings: of }] : []
  })
}
