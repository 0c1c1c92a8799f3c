import type { ClientBase } from 'pg'

export interface TrailLine {
  /** Position in the sealed tree; absent in the second before the event is sealed. */
  seq?: number
  id: string
  at: string
  actor: string
  roles: string
  via: string
  action: string
  purpose: string
  patientId: string
  places: string[]
  outcome: 'done' | 'denied' | 'failed'
  rule: string
  request: string
  opened: { record: string; patientId: string; rows: string[]; fields: string[]; wrote?: true }[]
}
export interface TrailFilter {
  /** Events that name this patient or opened something of hers. */
  patientId?: string
  actor?: string
  action?: string
  outcome?: 'done' | 'denied' | 'failed'
  /** ISO 8601, inclusive. */
  from?: string
  to?: string
  /** Page on: events before this id. Ids grow with time. */
  beforeId?: string
  limit: number
}

/** The columns of an event exactly as they are sealed: every part as text or array, the time in microseconds. */
export const EVENT_COLUMNS = `e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.actor, e.roles, e.via, e.action, e.purpose,
  e.patient_id as "patientId", e.places, e.outcome, e.rule, e.request, o.what`

interface EventRow extends Omit<TrailLine, 'opened' | 'seq'> {
  what: string | null
  seq?: string | null
  practiceId?: string
}

export const readTrail = async (client: ClientBase, practiceId: string, filter: TrailFilter): Promise<TrailLine[]> => {
  const values: unknown[] = [practiceId]
  const tests: string[] = []
  const test = (sql: (parameter: string) => string, value: unknown) => {
    if (value === undefined) return
    values.push(value)
    tests.push(sql(`$${values.length}`))
  }
  test((p) => `(e.patient_id = ${p} or e.id in (select l2.event_id from audit.touched t join audit.leaf l2 using (practice_id, seq) where t.practice_id = $1 and t.patient_id = ${p}))`, filter.patientId)
  test((p) => `e.actor = ${p}`, filter.actor)
  test((p) => `e.action = ${p}`, filter.action)
  test((p) => `e.outcome = ${p}`, filter.outcome)
  test((p) => `e.at >= ${p}::timestamptz`, filter.from)
  test((p) => `e.at <= ${p}::timestamptz`, filter.to)
  test((p) => `e.id < ${p}`, filter.beforeId)
  values.push(filter.limit)
  const { rows } = await client.query<EventRow>(
    `select l.seq, ${EVENT_COLUMNS} from audit.event e
     left join audit.opened o on o.practice_id = e.practice_id and o.event_id = e.id
     left join audit.leaf l on l.practice_id = e.practice_id and l.event_id = e.id
     where e.practice_id = $1 ${tests.map((t) => `and ${t}`).join(' ')} order by e.id desc limit $${values.length}`,
    values,
  )
  return rows.map(({ what, seq, ...line }) => ({
    ...line,
    ...(seq === null || seq === undefined ? {} : { seq: Number(seq) }),
    opened: what ? JSON.parse(what) : [],
  }))
}
