import { all, any, exists, given, when, type Ask } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import { treats } from '#modules/scheduling'
import { patient } from '#schema/patients'
import { OfNote, treatmentNote } from './schema.ts'

export const isMedicalDirector = ({ actor }: Pick<Ask, 'actor'>) => actor.roles.includes('medical-director')

/** The medical director answers for every chart at the places where she works. */
export const directs = all(
  when('medical-director', 'is the medical director', isMedicalDirector, () => ({
    why: 'Only the medical director may open charts of patients whom somebody else treats.',
    whoCanFix: 'The practice owner',
  })),
  given('patient-here', 'the patient comes to a place where this person works', exists(patient, (ask) => ({ id: oneOf([ask.patient]) })), () => ({
    why: 'This patient does not come to a location where you work.',
    whoCanFix: 'The front desk, by adding the location to the patient',
  })),
)

/** Whoever treats her, or answers for those who do. @hipaa 164.502(b), 164.514(d) minimum necessary */
export const mayReadChart = any(treats, directs)

const wroteIt = given(
  'own-note',
  'wrote this note',
  exists(treatmentNote, (ask) => {
    const { patientId, noteId } = OfNote.parse(ask.input)
    return { id: noteId, patientId, authorId: oneOf([ask.actor.id]) }
  }),
  () => ({ why: 'Only the author may change this draft.', whoCanFix: 'Its author' }),
)

/** A draft can still be finished by its author when the visit lies too far back for anything else. */
export const mayWriteNote = any(treats, wroteIt)
export const mayAddToNote = any(treats, wroteIt, directs)
