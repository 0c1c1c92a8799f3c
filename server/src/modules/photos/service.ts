import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { conflict, invalid } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { all } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import { TicketOutput } from '#kernel/ticket.ts'
import type { Tx } from '#kernel/tx.ts'
import { mayReadChart } from '#modules/charting'
import { consentedTo } from '#modules/forms'
import { caresFor } from '#modules/scheduling'
import { user } from '#schema/identity'
import { appointment } from '#schema/scheduling'
import { developPhoto } from './jobs.ts'
import { OfPatient, OfPhoto, photo, PhotoLine, PhotoView, RenditionName, TakenPhoto } from './schema.ts'

const whose = ({ patientId }: z.infer<typeof OfPatient>) => patientId
const DEVELOPS_WITHIN_MINUTES = 10

const Upload = OfPatient.extend({
  bytes: z.instanceof(Buffer, {
    error: 'Send the photo itself as the body, as image/jpeg or application/octet-stream.',
  }),
  view: PhotoView.default('other'),
  appointmentId: photo.fields.shape.appointmentId,
})

/**
 * Takes a photo in, sealed before it touches the disk, and puts it into the queue to be developed. What is no photo by its own header is
 * refused here, with nothing stored.
 */
export const takePhoto = action({
  name: 'photo.take',
  does: 'take a clinical photo of a patient',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: all(caresFor, consentedTo('clinical-photography')),
  input: Upload,
  output: TakenPhoto,
  run: async (tx, { patientId, bytes, view, appointmentId }) => {
    const header = await tx.inspect(bytes)
    if ('refused' in header) throw invalid([{ path: 'bytes', message: header.why }], header.why)
    if (appointmentId) await tx.get(appointment, { id: appointmentId, patientId }, [])
    const incoming = await tx.store(patientId, bytes)
    const made = await tx.add(photo, {
      patientId,
      ...(appointmentId ? { appointmentId } : {}),
      state: 'developing',
      view,
      takenAt: tx.now,
      takenBy: UserId.parse(tx.actor.id),
      objectKeys: { incoming },
      width: header.width,
      height: header.height,
      why: '',
      createdAt: tx.now,
    })
    await tx.enqueue(developPhoto, { patientId, photoId: made.id })
    return made
  },
})

const namesOf = async (tx: Tx, ids: readonly string[]) => {
  const people = ids.length === 0 ? [] : await tx.list(user, { id: oneOf([...new Set(ids)]) }, { open: ['name'] })
  return new Map(people.map(({ id, name }) => [id, name]))
}

export const listPhotos = action({
  name: 'photo.list',
  does: "see the list of a patient's clinical photos",
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: mayReadChart,
  input: OfPatient,
  output: z.array(PhotoLine),
  run: async (tx, { patientId }) => {
    const photos = await tx.list(photo, { patientId }, { open: ['caption'], orderBy: 'takenAt', descending: true })
    const names = await namesOf(
      tx,
      photos.map((p) => p.takenBy),
    )
    return photos.map((p) => ({ ...p, takenByName: names.get(p.takenBy) ?? '' }))
  },
})

/** One picture in one size. Each opening is on record. What came in from the camera is never handed out. */
export const viewPhoto = action({
  name: 'photo.view',
  does: 'look at a clinical photo of a patient',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: mayReadChart,
  input: OfPhoto.extend({ rendition: RenditionName }),
  output: TicketOutput,
  run: async (tx, { patientId, photoId, rendition }) => {
    const { objectKeys, state } = await tx.get(photo, { id: photoId, patientId }, ['objectKeys'])
    const objectKey = objectKeys[rendition]
    if (state !== 'ready' || !objectKey) throw conflict('This photo cannot be shown yet: it is still being developed.')
    return tx.ticket(photo, { id: photoId, patientId, objectKey, field: rendition, contentType: 'image/webp' })
  },
})

export const captionPhoto = action({
  name: 'photo.caption',
  does: 'name the view of a clinical photo and write a caption under it',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: caresFor,
  input: OfPhoto.extend({ caption: z.string().trim().max(500).optional(), view: PhotoView.optional() }),
  output: z.object({}),
  run: async (tx, { patientId, photoId, caption, view }) => {
    await tx.get(photo, { id: photoId, patientId }, [])
    await tx.change(photo, { id: photoId, patientId }, { caption: caption === '' ? null : caption, view })
    return {}
  },
})

/** Clears away a photo that was refused, or one that never finished developing. A photo that can be seen belongs to the record and stays. */
export const dismissPhoto = action({
  name: 'photo.dismiss',
  does: 'clear away a photo that could not be developed',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: caresFor,
  input: OfPhoto,
  output: z.object({}),
  run: async (tx, { patientId, photoId }) => {
    const { state, createdAt, objectKeys } = await tx.lock(photo, { id: photoId, patientId }, ['objectKeys'])
    const isStuck = state === 'developing' && afterMinutes(createdAt, DEVELOPS_WITHIN_MINUTES) < tx.now
    if (state !== 'refused' && !isStuck)
      throw conflict(
        'This photo belongs to the record and is kept. Only photos that could not be developed can be cleared away.',
      )
    if (objectKeys.incoming) await tx.discard(objectKeys.incoming)
    await tx.remove(photo, { id: photoId, patientId })
    return {}
  },
})
