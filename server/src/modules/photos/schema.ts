import { z } from 'zod'
import { id, PatientId, UserId } from '#kernel/id.ts'
import { record, sealed } from '#kernel/record.ts'
import { AppointmentId } from '#schema/scheduling'

export const PhotoId = id('pho')
export const PhotoState = z.enum(['developing', 'ready', 'refused'])
export const PhotoView = z.enum(['front', 'left', 'right', 'oblique-left', 'oblique-right', 'close-up', 'other'])
export type PhotoView = z.infer<typeof PhotoView>
/** Longest sides of at most 2048, 1024 and 320 pixels; WebP. */
export const RenditionName = z.enum(['full', 'screen', 'thumb'])
export type RenditionName = z.infer<typeof RenditionName>

export const photo = record(
  'photo',
  {
    id: PhotoId,
    patientId: PatientId,
    appointmentId: AppointmentId.optional(),
    state: PhotoState,
    view: PhotoView,
    /** By the camera's clock, as far as it is believable; otherwise when it came. */
    takenAt: z.iso.datetime(),
    takenBy: UserId,
    caption: sealed(z.string().max(500).optional()),
    /** Where the bytes lie: what came in (`incoming`) until it is developed, then the renditions. */
    objectKeys: sealed(
      z.object({
        incoming: z.string().optional(),
        full: z.string().optional(),
        screen: z.string().optional(),
        thumb: z.string().optional(),
      }),
    ),
    /** In pixels: of what came in, upright; then of the full rendition. */
    width: z.int().min(0),
    height: z.int().min(0),
    /** Of a refused photo: the sentence for the person who took it, from a fixed list. Otherwise empty. */
    why: z.string().max(300),
    createdAt: z.iso.datetime(),
  },
  {
    changes: 'removable',
    what: 'A clinical photo: its view, times and sizes. The picture lies sealed in the object store, three renditions without metadata.',
  },
)

export const OfPatient = z.object({ patientId: PatientId })
export const OfPhoto = z.object({ patientId: PatientId, photoId: PhotoId })

export const PhotoLine = photo.fields.omit({ objectKeys: true, patientId: true }).extend({ takenByName: z.string() })
export type PhotoLine = z.infer<typeof PhotoLine>
export const TakenPhoto = photo.fields.pick({
  id: true,
  state: true,
  view: true,
  takenAt: true,
  width: true,
  height: true,
})
