import { z } from 'zod'
import { job } from './job.ts'

/** Removes a stored object that no row names any more. At least once: an object that is gone already is no error. */
export const discardObject = job({
  name: 'object.discard',
  grants: [],
  input: z.object({ objectKey: z.string().regex(/^prc_[0-9a-z]{26}\/obj_[0-9a-z]{26}$/) }),
  run: async ({ discard, actor }, { objectKey }) => {
    if (!objectKey.startsWith(`${actor.practiceId}/`)) throw new Error('this object is of another practice')
    await discard(objectKey)
  },
})
