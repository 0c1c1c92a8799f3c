import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { TicketOutput } from '#kernel/ticket.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient } from '#schema/patients'
import { location } from '#schema/practices'
import { appointment } from '#schema/scheduling'
import { takenAtInstant } from './camera-time.ts'
import { OfPhoto, photo } from './schema.ts'

/** What the job that develops photos may do. Each of these can be done again after a crash and then does nothing. */
const whose = ({ patientId }: z.infer<typeof OfPhoto>) => patientId

/** The photo, locked, while it is still to be developed. */
const undeveloped = async (tx: Tx, { patientId, photoId }: z.infer<typeof OfPhoto>) => {
  const isThere = await tx.has(photo, { id: photoId, patientId, state: 'developing' })
  if (!isThere) return undefined
  const found = await tx.lock(photo, { id: photoId, patientId }, ['objectKeys'])
  return found.state === 'developing' ? found : undefined
}

export const takeNegative = action({
  name: 'photo.negative',
  does: 'take an uploaded photo to be developed',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: roleAlone,
  input: OfPhoto,
  output: TicketOutput.nullable(),
  run: async (tx, { patientId, photoId }) => {
    const found = await undeveloped(tx, { patientId, photoId })
    const objectKey = found?.objectKeys.incoming
    if (!objectKey) return null
    return tx.ticket(photo, {
      id: photoId,
      patientId,
      objectKey,
      field: 'incoming',
      contentType: 'application/octet-stream',
    })
  },
})

const timeZoneOf = async (tx: Tx, { patientId, appointmentId }: Value<typeof photo>): Promise<string> => {
  const visit = appointmentId ? await tx.find(appointment, { id: appointmentId, patientId }) : undefined
  const [usual] = (await tx.get(patient, { id: patientId }, [])).locationIds
  const place = visit?.locationId ?? usual
  return place ? (await tx.get(location, { id: place })).timeZone : 'UTC'
}

const Bytes = z.instanceof(Buffer)
const Rendition = z.object({ bytes: Bytes, width: z.int().positive(), height: z.int().positive() })

/** From here on the photo can be seen. What came in, with all that the camera wrote into it, is removed. */
export const keepDeveloped = action({
  name: 'photo.developed',
  does: 'keep the renditions of a developed photo',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: roleAlone,
  input: OfPhoto.extend({ full: Rendition, screen: Rendition, thumb: Rendition, takenAt: z.string().optional() }),
  output: z.object({}),
  run: async (tx, { patientId, photoId, full, screen, thumb, takenAt }) => {
    const found = await undeveloped(tx, { patientId, photoId })
    if (!found) return {}
    const [fullKey, screenKey, thumbKey] = await Promise.all(
      [full, screen, thumb].map(({ bytes }) => tx.store(patientId, bytes)),
    )
    const taken = takenAtInstant(takenAt, { timeZone: await timeZoneOf(tx, found), now: found.createdAt })
    await tx.change(
      photo,
      { id: photoId, patientId, state: 'developing' },
      {
        state: 'ready',
        objectKeys: { full: fullKey, screen: screenKey, thumb: thumbKey },
        width: full.width,
        height: full.height,
        takenAt: taken,
      },
    )
    if (found.objectKeys.incoming) await tx.discard(found.objectKeys.incoming)
    return {}
  },
})

/** Keeps the sentence, not the bytes: whoever took it sees why, and dismisses it. */
export const refusePhoto = action({
  name: 'photo.refused',
  does: 'refuse a photo that cannot be developed',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: roleAlone,
  input: OfPhoto.extend({ why: photo.fields.shape.why }),
  output: z.object({}),
  run: async (tx, { patientId, photoId, why }) => {
    const found = await undeveloped(tx, { patientId, photoId })
    if (!found) return {}
    await tx.change(photo, { id: photoId, patientId, state: 'developing' }, { state: 'refused', why, objectKeys: {} })
    if (found.objectKeys.incoming) await tx.discard(found.objectKeys.incoming)
    return {}
  },
})
