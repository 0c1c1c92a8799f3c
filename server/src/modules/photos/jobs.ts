import { job } from '#kernel/job.ts'
import { keepDeveloped, refusePhoto, takeNegative } from './lab.ts'
import { OfPhoto } from './schema.ts'

/**
 * Develops one uploaded photo: upright, without metadata, three sizes. Decoding takes a second of a core, so no transaction is open
 * meanwhile. A crash at any point leaves the photo as it was, to be developed again.
 */
export const developPhoto = job({
  name: 'photo.develop',
  grants: ['photo.negative', 'photo.developed', 'photo.refused'],
  input: OfPhoto,
  run: async ({ perform, redeem, images, actor }, { patientId, photoId }) => {
    const negative = await perform(takeNegative, actor, { patientId, photoId })
    if (!negative) return
    const developed = await images.develop(await redeem(negative))
    if ('refused' in developed) await perform(refusePhoto, actor, { patientId, photoId, why: developed.why })
    else await perform(keepDeveloped, actor, { patientId, photoId, ...developed })
  },
})
