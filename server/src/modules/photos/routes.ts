import { route } from '#kernel/route.ts'
import { captionPhoto, dismissPhoto, listPhotos, takePhoto, viewPhoto } from './service.ts'

export const routes = [
  route('GET /api/patients/:patientId/photos', listPhotos),
  route('POST /api/patients/:patientId/photos', takePhoto, { body: 'bytes' }),
  route('GET /api/patients/:patientId/photos/:photoId/:rendition', viewPhoto),
  route('PATCH /api/patients/:patientId/photos/:photoId', captionPhoto),
  route('DELETE /api/patients/:patientId/photos/:photoId', dismissPhoto),
]
