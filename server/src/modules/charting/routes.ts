import { route } from '#kernel/route.ts'
import { alertsOfDay } from './day-alerts.ts'
import { listAlerts, openChart } from './chart.ts'
import {
  addendNote,
  addLot,
  closeLot,
  listNotes,
  listProducts,
  readNote,
  saveNote,
  signNote,
  startNote,
} from './service.ts'

export const routes = [
  route('GET /api/patients/:patientId/chart', openChart),
  route('GET /api/patients/:patientId/alerts', listAlerts),
  route('GET /api/my-day/alerts', alertsOfDay),
  route('GET /api/patients/:patientId/notes', listNotes),
  route('POST /api/patients/:patientId/notes', startNote),
  route('GET /api/patients/:patientId/notes/:noteId', readNote),
  route('PUT /api/patients/:patientId/notes/:noteId', saveNote),
  route('POST /api/patients/:patientId/notes/:noteId/sign', signNote),
  route('POST /api/patients/:patientId/notes/:noteId/addenda', addendNote),
  route('GET /api/products', listProducts),
  route('POST /api/lots', addLot),
  route('POST /api/lots/:lotId/close', closeLot),
]
