import { route } from '#kernel/route.ts'
import { lastReview, listChecks, listTrail, signReview, trailActions, trailOfPatient, trailRefusals, verifyTrail } from './service.ts'

export const routes = [
  route('GET /api/trail', listTrail),
  route('GET /api/trail/actions', trailActions),
  route('GET /api/trail/refusals', trailRefusals),
  route('GET /api/trail/checks', listChecks),
  route('POST /api/trail/verify', verifyTrail),
  route('GET /api/patients/:patientId/trail', trailOfPatient),
  route('GET /api/reviews/:subject', lastReview),
  route('POST /api/reviews', signReview),
]
