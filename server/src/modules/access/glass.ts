import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { conflict } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { after } from '#kernel/statement.ts'
import { OfPatient, patient } from '#schema/patients'
import { tellReviewers } from './jobs.ts'
import { ownGlassOrReviews } from './policy.ts'
import { breakGlass, GLASS_MINUTES, GlassId, locationPass, PassKind, Reason, reviewTask } from './schema.ts'

const whose = ({ patientId }: z.infer<typeof OfPatient>) => patientId

/**
 * Emergency access. Opens what her role includes and the care relation would have to allow, at every location, for an hour; nothing that
 * her role, its floor, her training or her device bars. Reading is opened, and writing of notes too: who helps in an emergency must document
 * what she did.
 * @hipaa 164.312(a)(2)(ii) emergency access procedure
 */
export const openGlass = action({
  name: 'glass.break',
  does: 'open the record of a patient whom she does not treat, in an emergency',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  reach: 'practice',
  changesStanding: true,
  allow: roleAlone,
  input: OfPatient.extend({ reason: Reason }),
  output: z.object({ glassId: GlassId, until: z.string() }),
  run: async (tx, { patientId, reason }) => {
    await tx.get(patient, { id: patientId }, [])
    const userId = UserId.parse(tx.actor.id)
    if (await tx.has(breakGlass, { patientId, userId, until: after(tx.now), closedAt: null })) throw conflict('Your emergency access to this patient is open already.')
    const until = afterMinutes(tx.now, GLASS_MINUTES)
    const { id: glassId } = await tx.add(breakGlass, { patientId, userId, reason, brokenAt: tx.now, until })
    await tx.add(locationPass, { userId, subject: patientId, kind: 'break-glass', about: glassId, since: tx.now, until })
    const task = await tx.add(reviewTask, { kind: 'break-glass', about: glassId, patientId, whoId: userId, reason, openedAt: tx.now })
    await tx.enqueue(tellReviewers, { taskId: task.id })
    return { glassId, until }
  },
})

export const closeGlass = action({
  name: 'glass.close',
  does: 'close emergency access before its hour is over',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  reach: 'practice',
  changesStanding: true,
  allow: ownGlassOrReviews,
  input: OfPatient.extend({ glassId: GlassId }),
  output: z.object({}),
  run: async (tx, { patientId, glassId }) => {
    const { until, closedAt, userId } = await tx.get(breakGlass, { id: glassId, patientId }, [])
    if (closedAt || until <= tx.now) throw conflict('This emergency access is over already.')
    await tx.change(breakGlass, { id: glassId, patientId, closedAt: null }, { closedAt: tx.now, closedBy: tx.actor.id })
    const pass = await tx.find(locationPass, { userId, subject: patientId, about: glassId, endedAt: null })
    if (pass) await tx.change(locationPass, { id: pass.id }, { endedAt: tx.now })
    return {}
  },
})

/** For the banner on a patient's pages. Names no patient but by her opaque id, so that it costs no event each time a page is drawn. */
export const ownPasses = action({
  name: 'pass.own',
  does: 'see which patients she may reach for a while',
  purpose: 'operations',
  phi: 'none',
  patient: () => '-',
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(z.object({ patientId: OfPatient.shape.patientId, kind: PassKind, about: z.string(), since: z.string(), until: z.string() })),
  run: async (tx) => {
    const passes = await tx.list(locationPass, { userId: UserId.parse(tx.actor.id), until: after(tx.now), endedAt: null }, { orderBy: 'until' })
    return passes.map(({ subject, kind, about, since, until }) => ({ patientId: subject, kind, about, since, until }))
  },
})
