import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { job } from '#kernel/job.ts'
import { roleAlone } from '#kernel/policy.ts'
import { trailCheck, TrailCheckId } from './schema.ts'

const LONGEST_FINDING = 1000

/** What a check found, told by the job that ran it. A check that was already recorded stays as it is. */
export const recordCheck = action({
  name: 'trail.record-check',
  does: 'put on record what a verification of the audit trail found',
  purpose: 'operations',
  phi: 'none',
  patient: () => '-',
  allow: roleAlone,
  input: trailCheck.fields.pick({ id: true, events: true, heads: true, sealed: true, root: true, firstBad: true, finding: true }).extend({ verified: z.boolean() }),
  output: z.object({}),
  run: async (tx, { id, verified, ...found }) => {
    const check = await tx.lock(trailCheck, { id })
    if (check.state !== 'running') return {}
    await tx.change(trailCheck, { id }, { ...found, state: verified ? 'verified' : 'not-verified', finishedAt: tx.now })
    return {}
  },
})

/** @hipaa 164.312(c)(2) the sealed trail is verified by the same program that an auditor runs */
export const checkTrail = job({
  name: 'trail.check',
  grants: ['trail.record-check'],
  input: z.object({ checkId: TrailCheckId }),
  run: async ({ perform, verifyTrail, actor }, { checkId }) => {
    const { verified, events, heads, sealed, root, firstBad, problems } = await verifyTrail(actor.practiceId)
    await perform(recordCheck, actor, {
      id: checkId, verified, events, heads, sealed, root, finding: problems.join('\n').slice(0, LONGEST_FINDING),
      ...(firstBad === undefined ? {} : { firstBad }),
    })
  },
})
