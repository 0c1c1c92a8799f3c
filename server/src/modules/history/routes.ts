import { route } from '#kernel/route.ts'
import { listHistory, readDocument } from './service.ts'

export const routes = [
  route('GET /api/patients/:patientId/history', listHistory),
  route('GET /api/patients/:patientId/documents/:documentId', readDocument),
]
