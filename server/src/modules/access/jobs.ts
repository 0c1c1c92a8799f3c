import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { contentGuard } from '#kernel/content-guard.ts'
import { compose } from '#kernel/dispatch.ts'
import { PracticeId } from '#kernel/id.ts'
import { job } from '#kernel/job.ts'
import { roleAlone } from '#kernel/policy.ts'
import { grantsIn } from '#kernel/roles.ts'
import { oneOf } from '#kernel/statement.ts'
import { rolesOfPractice } from '#modules/identity'
import { user } from '#schema/identity'
import { practice } from '#schema/practices'
import { reviewTask, ReviewTaskId } from './schema.ts'

const OneTask = z.object({ taskId: ReviewTaskId })

/** Tells those who review that emergency access was opened. Says neither who nor whose record: that stands on the review list. */
export const tellOfGlass = action({
  name: 'glass.tell',
  does: 'tell those who review it that emergency access was opened',
  purpose: 'operations',
  phi: 'identity',
  // The message names no patient, so it is nobody's but the practice's.
  patient: () => '*',
  allow: roleAlone,
  input: OneTask,
  output: z.object({}),
  run: async (tx, { taskId }) => {
    const { toldAt, whoId, patientId } = await tx.lock(reviewTask, { id: taskId })
    // Run again after a crash, it tells nobody twice.
    if (toldAt) return {}
    const [roles, team, { name, baseUrl }] = [await rolesOfPractice(tx), await tx.list(user, { active: true }, { open: [] }), await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })]
    const reviewers = team.filter((person) => person.id !== whoId && grantsIn(roles, person.roles).includes('review-task.close'))
    const told = reviewers.length === 0 ? [] : await tx.list(user, { id: oneOf(reviewers.map(({ id }) => id)) }, { open: ['email'] })
    for (const { email } of told)
      await compose(tx, {
        channel: 'email', template: 'emergency-access', to: email, language: 'en', ownTerms: [],
        fields: { practice: contentGuard(name).length > 0 ? 'your practice' : name, link: `${baseUrl}/reviews` },
      })
    await tx.change(reviewTask, { id: taskId, ...(patientId ? { patientId } : {}) }, { toldAt: tx.now })
    return {}
  },
})

export const tellReviewers = job({
  name: 'glass.tell',
  grants: ['glass.tell'],
  input: OneTask,
  run: async ({ perform, actor }, input) => {
    await perform(tellOfGlass, actor, input)
  },
})
