import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { PatientId, UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { oneOf, present } from '#kernel/statement.ts'
import { user } from '#schema/identity'
import { patient } from '#schema/patients'
import { foundUnjustified } from './events.ts'
import { somebodyElses } from './policy.ts'
import { breakGlass, GlassId, reviewTask, Verdict } from './schema.ts'

const MOST_LISTED = 200
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]

const TaskLine = reviewTask.fields.pick({ id: true, kind: true, about: true, patientId: true, whoId: true, reason: true, openedAt: true, closedAt: true, verdict: true, note: true }).extend({
  whoName: z.string(),
  patientName: z.string().optional(),
  closedByName: z.string().optional(),
  /** It is about the reader herself: somebody else closes it. */
  isOwn: z.boolean(),
  /** Of emergency access: until when it is or was open. */
  glass: z.object({ glassId: GlassId, until: z.string(), isOpen: z.boolean() }).optional(),
})

/** What waits for a second pair of eyes, at all locations, with the reasons that were given. */
export const listReviews = action({
  name: 'review-task.list',
  does: 'see what has to be reviewed: emergency access, access across locations',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  reach: 'practice',
  allow: roleAlone,
  input: z.object({ state: z.enum(['open', 'closed']).default('open') }),
  output: z.array(TaskLine),
  run: async (tx, { state }) => {
    const tasks = await tx.list(reviewTask, { closedAt: state === 'open' ? null : present() }, { orderBy: state === 'open' ? 'openedAt' : 'closedAt', descending: true, limit: MOST_LISTED })
    if (tasks.length === 0) return []
    const [people, patients, glasses] = await Promise.all([
      tx.list(user, { id: oneOf(unique(tasks.flatMap((t) => [t.whoId, ...(t.closedBy ? [t.closedBy] : [])]))) }, { open: ['name'] }),
      tx.list(patient, { id: oneOf(unique(tasks.flatMap((t) => t.patientId ?? []))) }, { open: ['givenName', 'familyName'] }),
      tx.list(breakGlass, { id: oneOf(unique(tasks.filter((t) => t.kind === 'break-glass').map((t) => t.about))) }, { open: [] }),
    ])
    const nameOf = new Map(people.map(({ id, name }) => [id, name]))
    const patientOf = new Map(patients.map(({ id, givenName, familyName }) => [id, `${givenName} ${familyName}`]))
    const glassOf = new Map<string, z.infer<typeof TaskLine>['glass']>(
      glasses.map(({ id, until, closedAt }) => [id, { glassId: id, until: closedAt ?? until, isOpen: !closedAt && until > tx.now }]),
    )
    return tasks.map((t) => {
      const [patientName, closedByName, glass] = [t.patientId && patientOf.get(t.patientId), t.closedBy && nameOf.get(t.closedBy), glassOf.get(t.about)]
      return { ...t, whoName: nameOf.get(t.whoId) ?? '', isOwn: t.whoId === tx.actor.id, ...(patientName ? { patientName } : {}), ...(closedByName ? { closedByName } : {}), ...(glass ? { glass } : {}) }
    })
  },
})

export const closeReview = action({
  name: 'review-task.close',
  does: 'review what somebody else did, and say whether it was justified',
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }) => patientId ?? '*',
  reach: 'practice',
  allow: somebodyElses,
  input: z.object({ taskId: reviewTask.fields.shape.id, patientId: PatientId.optional(), verdict: Verdict, note: z.string().trim().min(3, 'Say in a few words what you found.').max(1000) }),
  output: z.object({}),
  run: async (tx, { taskId, patientId, verdict, note }) => {
    const { whoId } = await tx.get(reviewTask, { id: taskId, patientId: patientId ?? null }, [])
    const which = { id: taskId, ...(patientId ? { patientId } : {}), closedAt: null }
    await tx.change(reviewTask, which, { closedAt: tx.now, closedBy: UserId.parse(tx.actor.id), verdict, note })
    if (verdict === 'not-justified') await tx.emit(foundUnjustified, { taskId, whoId })
    return {}
  },
})
