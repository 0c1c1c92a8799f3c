import { route } from '#kernel/route.ts'
import {
  consentTexts,
  copyOfConsent,
  enterRevocation,
  listConsents,
  readConsent,
  revokeConsent,
  signConsent,
} from './consents.ts'
import { formsOfDay, formsOfPatient, sendLink } from './desk.ts'
import { finishIntake, intakeForm, intakeState, saveIntake, submitIntake } from './intake.ts'
import { countOpening, openLink, renewLink } from './links.ts'
import { askLinkCode, tryLinkCode, verifyLink } from './own-address.ts'

/** By the link in a message, or signed in: the forms are the same. */
const HERS = ['link', 'patient'] as const

export const routes = [
  route('POST /api/visit/open', openLink, {
    door: 'public',
    first: countOpening,
    setsCookie: 'nacre-link',
    rate: { max: 30, perSeconds: 60 },
  }),
  route('POST /api/visit/renew', renewLink, { door: 'public', rate: { max: 10, perSeconds: 60 } }),
  route('GET /api/visit', intakeState, { door: HERS }),
  route('GET /api/visit/form', intakeForm, { door: HERS }),
  route('PUT /api/visit/form', saveIntake, { door: HERS, rate: { max: 120, perSeconds: 60 } }),
  route('POST /api/visit/form/submit', submitIntake, { door: HERS }),
  route('GET /api/visit/consents', consentTexts, { door: HERS }),
  route('POST /api/visit/consents', signConsent, { door: HERS }),
  route('GET /api/visit/consents/:consentId/copy', copyOfConsent, { door: HERS }),
  route('POST /api/visit/consents/:consentId/revoke', revokeConsent, { door: HERS }),
  route('POST /api/visit/code', askLinkCode, { door: 'link', rate: { max: 10, perSeconds: 60 } }),
  route('POST /api/visit/code/confirm', verifyLink, { door: 'link', first: tryLinkCode, rate: { max: 30, perSeconds: 60 } }),
  route('POST /api/visit/finish', finishIntake, { door: 'link', clearsCookie: 'nacre-link' }),

  route('GET /api/forms/day', formsOfDay),
  route('GET /api/patients/:patientId/forms', formsOfPatient),
  route('POST /api/patients/:patientId/forms-link', sendLink),
  route('GET /api/patients/:patientId/consents', listConsents),
  route('GET /api/patients/:patientId/consents/:consentId', readConsent),
  route('POST /api/patients/:patientId/consents/:consentId/revoke', enterRevocation),
]
