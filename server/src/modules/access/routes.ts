import { route } from '#kernel/route.ts'
import { explainAccess, listActions, whyNot, whyNotThisPatient } from './explain.ts'
import { closeGlass, openGlass, ownPasses } from './glass.ts'
import { findElsewhere, reachPatient, shareLocation } from './reach.ts'
import { closeReview, listReviews } from './reviews.ts'
import { changeSettings, viewSettings } from './settings.ts'
import { endFact, ownStanding, readAttestations, recordFact, signAttestation, standingOfPerson } from './standing.ts'

/** Whoever knows a birth date and a name is answered; whoever tries names is slowed down. */
const FEW = { rate: { max: 20, perSeconds: 60 } }

export const routes = [
  route('POST /api/patients/:patientId/emergency-access', openGlass),
  route('POST /api/patients/:patientId/emergency-access/:glassId/close', closeGlass),
  route('GET /api/passes', ownPasses),
  route('POST /api/patients/find-elsewhere', findElsewhere, FEW),
  route('POST /api/patients/:patientId/reach', reachPatient),
  route('POST /api/patients/:patientId/locations', shareLocation),
  route('GET /api/review-tasks', listReviews),
  route('POST /api/review-tasks/:taskId/close', closeReview),
  route('GET /api/standing', ownStanding),
  route('GET /api/attestations', readAttestations),
  route('POST /api/attestations/:name', signAttestation),
  route('GET /api/users/:userId/standing', standingOfPerson),
  route('POST /api/users/:userId/standing', recordFact),
  route('DELETE /api/users/:userId/standing/:factId', endFact),
  route('GET /api/access-settings', viewSettings),
  route('PUT /api/access-settings', changeSettings),
  route('GET /api/actions', listActions),
  route('POST /api/access/explain', explainAccess),
  route('POST /api/access/why', whyNot),
  route('POST /api/access/why-patient', whyNotThisPatient),
]
