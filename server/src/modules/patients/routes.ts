import { route } from '#kernel/route.ts'
import { cardOfPatient, changePatient, contactOfPatient, createPatient, findPatients } from './service.ts'

export const routes = [
  // The words looked for are PHI: they travel in the body, so that no URL, log or history ever holds them.
  route('POST /api/patients/find', findPatients),
  route('POST /api/patients', createPatient),
  route('GET /api/patients/:patientId/card', cardOfPatient),
  route('GET /api/patients/:patientId/contact', contactOfPatient),
  route('PATCH /api/patients/:patientId', changePatient),
]
