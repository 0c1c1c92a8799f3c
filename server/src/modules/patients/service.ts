import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { roleAlone, SHOWS_CONTACT } from '#kernel/policy.ts'
import { NewPatient, OfPatient, patient, PatientCard, PatientContact, PatientLine } from './schema.ts'

const whose = ({ patientId }: z.infer<typeof OfPatient>) => patientId
const CARD = ['givenName', 'familyName', 'calledName', 'birthDate', 'phone', 'email'] as const
const LINE = ['givenName', 'familyName', 'calledName', 'birthDate'] as const

export const cardOfPatient = action({
  name: 'patient.card',
  does: "see a patient's name, birth date and contact data",
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OfPatient,
  output: PatientCard,
  run: (tx, { patientId }) => tx.get(patient, { id: patientId }, CARD),
})

/** Whose role includes this sees contact data in full wherever it stands; everybody else sees enough of it to tell two apart (kernel/mask.ts). */
export const contactOfPatient = action({
  name: SHOWS_CONTACT,
  does: "see a patient's phone, e-mail and address in full, here and everywhere",
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OfPatient,
  output: PatientContact,
  run: (tx, { patientId }) => tx.get(patient, { id: patientId }, ['phone', 'email', 'address']),
})

export const createPatient = action({
  name: 'patient.create',
  does: 'add a patient',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  clashes: { patient_by_source: 'This record was imported already.' },
  input: NewPatient,
  output: PatientCard,
  run: async (tx, { locationId, ...fields }) => tx.add(patient, { ...fields, locationIds: [locationId], createdAt: tx.now }),
})

export const changePatient = action({
  name: 'patient.change',
  does: "correct a patient's name and contact data",
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: NewPatient.omit({ locationId: true }).partial().extend({ patientId: OfPatient.shape.patientId }),
  output: PatientCard,
  run: async (tx, { patientId, ...patch }) => {
    await tx.get(patient, { id: patientId }, [])
    await tx.change(patient, { id: patientId }, patch)
    return tx.get(patient, { id: patientId }, CARD)
  },
})

const MOST_FOUND = 20
/** Two letters are enough: any prefix of any name, the end of a phone number, a birth date, an e-mail address, in any order. */
export const findPatients = action({
  name: 'patient.find',
  does: 'find a patient by name, phone, e-mail or birth date',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({ q: z.string().trim().min(2).max(100) }),
  output: z.array(PatientLine),
  run: (tx, { q }) => tx.search(patient, q, { open: LINE, only: [], limit: MOST_FOUND }),
})
