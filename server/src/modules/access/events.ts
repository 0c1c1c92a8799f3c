import { z } from 'zod'
import { event } from '#kernel/event.ts'
import { UserId } from '#kernel/id.ts'
import { ReviewTaskId } from './schema.ts'

/** A reviewer found that there was no good reason. */
export const foundUnjustified = event({ name: 'review.not-justified', input: z.object({ taskId: ReviewTaskId, whoId: UserId }) })
