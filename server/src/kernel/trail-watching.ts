import type { ClientBase } from 'pg'
import { earliestId } from './id.ts'
import { EVENT_COLUMNS, type TrailLine } from './trail-reading.ts'

/** A line of the sealed trail, where it stands for good. */
export type SealedLine = TrailLine & { seq: number }

/** The sealed lines from this position on, in their order: read on and on, none is missed, however late it was committed. */
export const readSealedFrom = async (client: ClientBase, practiceId: string, seq: number, limit: number): Promise<SealedLine[]> => {
  const { rows } = await client.query<Omit<SealedLine, 'opened' | 'seq'> & { seq: string; what: string | null }>(
    `select l.seq, ${EVENT_COLUMNS} from audit.leaf l
     join audit.event e on e.practice_id = l.practice_id and e.id = l.event_id
     left join audit.opened o on o.practice_id = e.practice_id and o.event_id = e.id
     where l.practice_id = $1 and l.seq >= $2 order by l.seq limit $3`,
    [practiceId, seq, limit],
  )
  return rows.map(({ what, seq: at, ...line }) => ({ ...line, seq: Number(at), opened: what ? JSON.parse(what) : [] }))
}

const SLACK_MS = 3_600_000
/** Ids grow with time, within the clocks of the machines that make them. */
const idRange = (from: string, to: string) => [earliestId('evt', Date.parse(from) - SLACK_MS), earliestId('evt', Date.parse(to) + SLACK_MS)]

export interface Busyness {
  actors: readonly string[]
  /** ISO 8601; `to` is exclusive. */
  from: string
  to: string
  /** Actions whose name begins like this count for nothing. */
  without: readonly string[]
}
/** How many patients' records each of these people opened in a span of time. */
export const countPatients = async (client: ClientBase, practiceId: string, { actors, from, to, without }: Busyness): Promise<Map<string, number>> => {
  const { rows } = await client.query<{ actor: string; n: number }>(
    `select actor, count(distinct patient_id)::int as n from audit.event
     where practice_id = $1 and id >= $2 and id < $3 and at >= $4 and at < $5 and actor = any ($6) and outcome = 'done' and patient_id like 'pat\\_%'
       and split_part(action, '.', 1) <> all ($7) group by actor`,
    [practiceId, ...idRange(from, to), from, to, actors, without],
  )
  return new Map(rows.map(({ actor, n }) => [actor, n]))
}

export interface Acts {
  actors: readonly string[]
  patientIds: readonly string[]
  actions: readonly string[]
  from: string
}
/** Which of these people have done one of these actions for which of these patients. */
export const actsFor = async (client: ClientBase, practiceId: string, { actors, patientIds, actions, from }: Acts): Promise<{ actor: string; patientId: string; at: string }[]> => {
  const { rows } = await client.query<{ actor: string; patientId: string; at: string }>(
    `select e.actor, e.patient_id as "patientId", max(to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as at
     from audit.touched t join audit.leaf l using (practice_id, seq) join audit.event e on e.practice_id = l.practice_id and e.id = l.event_id
     where t.practice_id = $1 and t.patient_id = any ($2) and e.patient_id = t.patient_id and e.actor = any ($3) and e.action = any ($4) and e.outcome = 'done' and e.at >= $5
     group by 1, 2`,
    [practiceId, patientIds, actors, actions, from],
  )
  return rows
}
