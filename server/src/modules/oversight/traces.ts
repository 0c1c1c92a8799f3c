import { outboxMessage } from '#kernel/dispatch.ts'
import { PatientId, UserId } from '#kernel/id.ts'
import { from, oneOf, within } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { breakGlass, careTeam } from '#schema/access'
import { treatmentNote } from '#schema/charting'
import { patient } from '#schema/patients'
import { payment, sale } from '#schema/payments'
import { appointment } from '#schema/scheduling'
import { around, NOTE_DAYS, type Traces } from './links.ts'
import type { Look } from './openings.ts'

const MOST = 20_000
/** Work on a patient's record by which somebody is connected with her. */
const WORK = [
  'appointment.book', 'appointment.move', 'appointment.check-in', 'appointment.cancel', 'appointment.no-show', 'appointment.reopen', 'appointment.start',
  'forms.send-link', 'checkout.open', 'checkout.pay', 'checkout.void', 'consent.enter-revocation', 'note.start', 'note.sign', 'note.addend', 'photo.take', 'outbox.retry',
]

/** Emergency access and places in a care team, with the time for which they hold. */
const careOf = async (tx: Tx, which: { patientId: ReturnType<typeof oneOf>; userId: ReturnType<typeof oneOf> }) => {
  const [glass, teams] = await Promise.all([tx.list(breakGlass, which, { open: [], limit: MOST }), tx.list(careTeam, which, { open: [], limit: MOST })])
  return [
    ...glass.map(({ userId, patientId, brokenAt, until, closedAt }) => ({ userId, patientId, from: brokenAt, until: closedAt ?? until })),
    ...teams.map(({ userId, patientId, addedAt, until, endedAt }) => ({ userId, patientId, from: addedAt, until: endedAt ?? until })),
  ]
}

/** What is on record around these looks, read once for all of them. Ids, times and states: nothing is opened. */
export const tracesFor = async (tx: Tx, looks: readonly Look[]): Promise<(look: Look) => Traces> => {
  const times = looks.flatMap((l) => l.openings.map((o) => o.at)).toSorted()
  const [first = tx.now, last = tx.now] = [times[0], times.at(-1)]
  const earliest = around(first).from
  const earliestNote = around(first, NOTE_DAYS).from
  const patientIds = [...new Set(looks.map((l) => l.patientId))]
  const userIds = [...new Set(looks.map((l) => l.userId))]
  const of = oneOf(patientIds)
  const open = { open: [], limit: MOST } as const
  const [visits, booked, notes, messages, sales, payments, acts, people, care] = await Promise.all([
    tx.list(appointment, { patientId: of, startsAt: within(earliest, around(last).to) }, open),
    tx.list(appointment, { patientId: of, createdAt: from(earliest) }, open),
    tx.list(treatmentNote, { patientId: of, startedAt: from(earliestNote) }, open),
    tx.list(outboxMessage, { patientId: of, createdAt: from(earliest) }, open),
    tx.list(sale, { patientId: of, createdAt: from(earliest) }, open),
    tx.list(payment, { patientId: of, takenBy: oneOf(userIds), at: from(earliest) }, open),
    tx.trailActs({ actors: userIds, patientIds, actions: WORK, from: earliest }),
    tx.list(patient, { id: of }, open),
    careOf(tx, { patientId: of, userId: oneOf(userIds) }),
  ])
  // An appointment may be near in time and newly booked: once is enough.
  const appointments = [...new Map([...visits, ...booked].map((a) => [a.id, a])).values()]
  const by = <T extends { patientId?: string | undefined }>(rows: readonly T[]) => Map.groupBy(rows, (r) => r.patientId)
  const [a, n, m, s, p, w] = [by(appointments), by(notes), by(messages), by(sales), by(payments), by(acts)]
  const since = new Map<string, string>(people.map((x) => [x.id, x.createdAt]))
  return ({ userId, patientId }) => ({
    appointments: a.get(PatientId.parse(patientId)) ?? [],
    notes: n.get(PatientId.parse(patientId)) ?? [],
    messages: m.get(PatientId.parse(patientId)) ?? [],
    sales: s.get(PatientId.parse(patientId)) ?? [],
    payments: (p.get(PatientId.parse(patientId)) ?? []).filter(({ takenBy }) => takenBy === UserId.parse(userId)),
    ownActs: (w.get(patientId) ?? []).filter(({ actor }) => actor === userId),
    care: care.filter((r) => r.userId === UserId.parse(userId) && r.patientId === PatientId.parse(patientId)),
    patientSince: since.get(patientId),
  })
}
