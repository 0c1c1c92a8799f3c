import { z } from 'zod'
import { action, ACTIONS } from '#kernel/action.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import type { TrailFilter, TrailLine } from '#kernel/trail-reading.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import { checkTrail } from './jobs.ts'
import { review, ReviewSubject, ReviewView, trailCheck, TrailCheckView, TrailPage, TrailQuery } from './schema.ts'

const nobody = () => '-'
const PAGE = 50
const Nothing = z.object({})

const isUser = (actor: string) => UserId.safeParse(actor).success
/** Names of people of the team, opened only for those who occur. */
const namesOf = async (tx: Tx, ids: Iterable<string>): Promise<Map<string, string>> => {
  const wanted = [...new Set(ids)].filter(isUser)
  if (wanted.length === 0) return new Map()
  const people = await tx.list(user, { id: oneOf(wanted) }, { open: ['name'] })
  return new Map(people.map((p) => [p.id, p.name]))
}

/** Who it was. Whoever signs in is nobody yet: the account that was opened tells. */
const personOf = (line: TrailLine): string =>
  line.action === 'session.sign-in' ? (line.opened.find(({ record }) => record === 'app_user')?.rows[0] ?? line.actor) : line.actor

const entryOf = (line: TrailLine, names: ReadonlyMap<string, string>) => {
  const actorName = names.get(personOf(line))
  return {
    id: line.id,
    ...(line.seq === undefined ? {} : { seq: line.seq }),
    at: line.at,
    actor: line.actor,
    ...(actorName ? { actorName } : {}),
    roles: line.roles.split(' ').filter((r) => r !== ''),
    action: line.action,
    does: ACTIONS.get(line.action)?.does ?? line.action,
    purpose: line.purpose,
    patientId: line.patientId,
    outcome: line.outcome,
    rule: line.rule,
    request: line.request,
    opened: line.opened.map(({ rows, ...rest }) => ({ ...rest, rows: rows.length })),
  }
}

const read = async (tx: Tx, { before, ...filter }: z.infer<typeof TrailQuery>): Promise<z.infer<typeof TrailPage>> => {
  const wanted: TrailFilter = { limit: PAGE + 1, ...(before ? { beforeId: before } : {}) }
  const lines = await tx.trail({ ...wanted, ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) })
  const page = lines.slice(0, PAGE)
  const names = await namesOf(tx, page.map(personOf))
  const next = lines.length > PAGE ? page.at(-1)?.id : undefined
  return { lines: page.map((l) => entryOf(l, names)), ...(next ? { next } : {}) }
}

/** @hipaa 164.312(b) audit controls: examine what was done, refused and failed */
export const listTrail = action({
  name: 'trail.list',
  does: 'read the audit trail',
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }) => patientId ?? '*',
  allow: roleAlone,
  input: TrailQuery,
  output: TrailPage,
  run: read,
})

const OfPatient = z.object({ patientId: TrailQuery.shape.patientId.unwrap(), before: TrailQuery.shape.before })
export const trailOfPatient = action({
  name: 'trail.of-patient',
  does: "read who touched one patient's record",
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }) => patientId,
  allow: roleAlone,
  input: OfPatient,
  output: TrailPage,
  run: read,
})

const reviewed = async (tx: Tx, subject: z.infer<typeof ReviewSubject>) => {
  const [last] = await tx.list(review, { subject }, { orderBy: 'at', descending: true, limit: 1 })
  if (!last) return undefined
  const names = await namesOf(tx, [last.reviewedBy])
  return { ...last, reviewedByName: names.get(last.reviewedBy) ?? last.reviewedBy }
}

/** @hipaa 164.308(a)(1)(ii)(D) information system activity review */
export const trailRefusals = action({
  name: 'trail.refusals',
  does: 'review what was refused, and to whom',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: TrailQuery.pick({ before: true }),
  output: TrailPage.extend({ reviewed: ReviewView.optional() }),
  run: async (tx, { before }) => {
    const last = await reviewed(tx, 'refusals')
    return { ...(await read(tx, { outcome: 'denied', before })), ...(last ? { reviewed: last } : {}) }
  },
})

/** What can stand in the trail, for its filter. */
export const trailActions = action({
  name: 'trail.actions',
  does: 'see what kinds of events the audit trail holds',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: z.array(z.object({ action: z.string(), does: z.string() })),
  run: async () => [...ACTIONS.values()].filter((a) => !a.name.startsWith('test.')).map((a) => ({ action: a.name, does: a.does })),
})

/**
 * Asks for a full verification. The check itself is a job, because it may take minutes and no transaction may be open meanwhile: the
 * sequencer seals only what is older than every open transaction, so that a check inside this one would hold up everybody's sealing, and
 * would never see its own event sealed. What it found is put on record by `trail.record-check`.
 */
export const verifyTrail = action({
  name: 'trail.verify',
  does: 'have the sealed audit trail verified',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Nothing,
  output: trailCheck.fields,
  run: async (tx) => {
    const made = await tx.add(trailCheck, {
      requestedBy: UserId.parse(tx.actor.id), requestedAt: tx.now, state: 'running', events: 0, heads: 0, sealed: 0, root: '', finding: '',
    })
    await tx.enqueue(checkTrail, { checkId: made.id })
    return made
  },
})

const CHECKS_SHOWN = 10
/** Asked again and again while a check runs, so only refusals of it are put on record. */
export const listChecks = action({
  name: 'trail.checks',
  does: 'see when the audit trail was verified, and what was found',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: z.array(TrailCheckView),
  run: async (tx) => {
    const checks = await tx.list(trailCheck, {}, { orderBy: 'requestedAt', descending: true, limit: CHECKS_SHOWN })
    const names = await namesOf(tx, checks.map((c) => c.requestedBy))
    return checks.map((c) => ({ ...c, requestedByName: names.get(c.requestedBy) ?? c.requestedBy }))
  },
})

export const signReview = action({
  name: 'review.sign',
  does: 'sign that refused attempts were reviewed',
  purpose: 'operations',
  phi: 'identity',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ subject: ReviewSubject }),
  output: review.fields,
  run: (tx, { subject }) => tx.add(review, { subject, reviewedBy: UserId.parse(tx.actor.id), at: tx.now }),
})

export const lastReview = action({
  name: 'review.last',
  does: 'see when refused attempts were last reviewed',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({ subject: ReviewSubject }),
  output: z.object({ reviewed: ReviewView.optional() }),
  run: async (tx, { subject }) => {
    const last = await reviewed(tx, subject)
    return last ? { reviewed: last } : {}
  },
})
