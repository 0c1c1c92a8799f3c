import { z } from 'zod'
import { event } from '#kernel/event.ts'
import { PatientId } from '#kernel/id.ts'
import { AppointmentId } from '#schema/scheduling'
import { ConsentId, FormResponseId } from './schema.ts'

/** A patient has submitted her health questionnaire. */
export const intakeSubmitted = event({
  name: 'intake.submitted',
  input: z.object({ responseId: FormResponseId, patientId: PatientId, appointmentId: AppointmentId.optional() }),
})
/** A patient took a consent or an authorization back: uses under it end now. @hipaa 164.508(b)(5) revocation of authorizations */
export const consentRevoked = event({
  name: 'consent.revoked',
  input: z.object({ consentId: ConsentId, patientId: PatientId }),
})
