import { all, any, exists, given, when } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import { treats } from '#modules/scheduling'
import { patient } from '#schema/patients'

/** The medical director answers for every chart at the places where she works. */
export const directs = all(
  when('medical-director', 'is the medical director', ({ actor }) => actor.roles.includes('medical-director'), () => ({
    why: 'Only the medical director may open records of patients whom she does not treat.',
    whoCanFix: 'The practice owner',
  })),
  given('patient-here', 'the patient comes to a place where she works', exists(patient, (ask) => ({ id: oneOf([ask.patient]) })), () => ({
    why: 'This patient does not come to a location where you work.',
    whoCanFix: 'The front desk, by adding the location to the patient',
  })),
)

/** Whoever treats her, or answers for those who do. @hipaa 164.502(b), 164.514(d) minimum necessary */
export const mayReadHistory = any(treats, directs)
