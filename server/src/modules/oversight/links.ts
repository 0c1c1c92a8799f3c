/** How somebody works with patients: the desk with all, a provider with her own, a director with whatever she answers for. */
export interface Standing {
  office: boolean
  clinical: boolean
  director: boolean
}
export interface Span {
  from: string
  to: string
}
const DAY_MS = 86_400_000
export const LINK_DAYS = 30
/** As long as the appointment itself opens the chart. */
export const NOTE_DAYS = 90

export const around = (at: string, days = LINK_DAYS): Span => ({ from: new Date(Date.parse(at) - days * DAY_MS).toISOString(), to: new Date(Date.parse(at) + days * DAY_MS).toISOString() })
const isIn = (at: string | undefined, { from, to }: Span) => at !== undefined && at >= from && at <= to

/** What is on record of one patient, and what of it is one person's own. */
export interface Traces {
  appointments: readonly { providerId: string; startsAt: string; createdAt: string; state: string }[]
  notes: readonly { authorId: string; state: 'draft' | 'signed'; startedAt: string; signedAt?: string | undefined }[]
  messages: readonly { createdAt: string }[]
  sales: readonly { createdAt: string }[]
  payments: readonly { takenBy: string; at: string }[]
  /** She herself booked, sent forms, took money, …: when last. */
  ownActs: readonly { at: string }[]
  /** Emergency access of hers, her place in the care team: from when until when. */
  care: readonly { from: string; until: string }[]
  patientSince: string | undefined
}

/**
 * What connects a person with a patient around a moment; nothing: she has no visible cause. The desk is connected by whatever brings the
 * patient to the practice, a provider only by what is her own.
 */
export const linkOf = (userId: string, standing: Standing, at: string, traces: Traces): string | undefined => {
  const near = around(at)
  const isCareOfHers = traces.care.some(({ from, until }) => from <= at && until >= at)
  if (isCareOfHers) return 'care'
  const appointments = traces.appointments.filter((a) => isIn(a.startsAt, near))
  if (appointments.some((a) => a.providerId === userId && a.state !== 'cancelled')) return 'appointment'
  if (traces.notes.some((n) => n.authorId === userId && (n.state === 'draft' || isIn(n.signedAt ?? n.startedAt, around(at, NOTE_DAYS))))) return 'note'
  if (traces.payments.some((p) => p.takenBy === userId && isIn(p.at, near))) return 'payment'
  if (traces.ownActs.some((a) => isIn(a.at, near))) return 'own work'
  const isOfPractice = standing.office || standing.director
  if (isOfPractice && (appointments.length > 0 || traces.appointments.some((a) => isIn(a.createdAt, near)))) return 'appointment'
  if (standing.director && traces.notes.some((n) => isIn(n.signedAt ?? n.startedAt, near))) return 'note'
  if (standing.office && (traces.sales.some((s) => isIn(s.createdAt, near)) || traces.messages.some((m) => isIn(m.createdAt, near)))) return 'sale or message'
  return standing.office && isIn(traces.patientSince, around(at, 1)) ? 'new patient' : undefined
}
