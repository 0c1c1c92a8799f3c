import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { operations } from '../../api.gen'
import { api, data } from '../../client'

export type Photo = operations['photo.list']['responses']['200']['content']['application/json'][number]
export type PhotoView = Photo['view']
export type RenditionName = operations['photo.view']['parameters']['path']['rendition']

export const viewNames: Record<PhotoView, string> = {
  front: 'Front',
  'oblique-right': 'Oblique right',
  'oblique-left': 'Oblique left',
  right: 'Right profile',
  left: 'Left profile',
  'close-up': 'Close-up',
  other: 'Other',
}
export const isPhotoView = (value: unknown): value is PhotoView => typeof value === 'string' && value in viewNames
export const photoViews = Object.keys(viewNames).filter(isPhotoView)

/** The address of a picture: same origin, opened by the session's cookie, on record each time. */
export const photoSrc = (patientId: string, photoId: string, rendition: RenditionName) =>
  `/api/patients/${encodeURIComponent(patientId)}/photos/${encodeURIComponent(photoId)}/${rendition}`

export const photosKey = (patientId: string) => ['photos', patientId]
const askAgainMs = 1500

/** A patient's photos, newest first. While one is being developed, asks again by itself. */
export const usePhotos = (patientId: string) => {
  const queries = useQueryClient()
  const queryKey = photosKey(patientId)
  return useQuery({
    queryKey,
    queryFn: () => {
      // Asking again is nobody's doing: it must not keep a session alive.
      const headers = queries.getQueryData(queryKey) ? { headers: { 'Nacre-Background': '1' } } : {}
      return data(api.GET('/api/patients/{patientId}/photos', { params: { path: { patientId } }, ...headers }))
    },
    refetchInterval: ({ state }) => (state.data?.some((photo) => photo.state === 'developing') ? askAgainMs : false),
  })
}
