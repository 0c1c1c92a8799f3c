import { z } from 'zod'
import type { Refusal } from '#kernel/errors.ts'
import { all, any, exists, given, unless, when, type Ask } from '#kernel/policy.ts'
import { after, oneOf } from '#kernel/statement.ts'
import { patient } from '#schema/patients'
import { breakGlass, careTeam, GLASS_MINUTES, GlassId, locationPass, reviewTask, ReviewTaskId } from './schema.ts'

/**
 * What the refusal of a clinical rule offers to whoever may open the record in an emergency. @hipaa 164.312(a)(2)(ii) emergency access
 * procedure
 */
export const emergency = ({ actor }: Pick<Ask, 'actor'>): Pick<Refusal, 'override'> =>
  actor.grants.has('glass.break') ? { override: { label: 'Emergency access', action: 'glass.break', minutes: GLASS_MINUTES } } : {}

/** Emergency access that is open now. Only who broke the glass, only for this patient, never more than her role includes. */
export const brokeGlass = given(
  'broke-glass',
  `opened emergency access to this patient in the last ${GLASS_MINUTES} minutes`,
  exists(
    breakGlass,
    ({ actor, patient: id, now }) => ({ patientId: oneOf([id]), userId: oneOf([actor.id]), until: after(now), closedAt: null }),
    { field: 'until', from: (until) => until },
  ),
  (ask) => ({ why: 'You have no emergency access open for this patient.', whoCanFix: 'You, when it is an emergency', ...emergency(ask) }),
)

export const onCareTeam = given(
  'care-team',
  'is on the care team of this patient',
  exists(
    careTeam,
    ({ actor, patient: id, now }) => ({ patientId: oneOf([id]), userId: oneOf([actor.id]), until: after(now), endedAt: null }),
    { field: 'until', from: (until) => until },
  ),
  (ask) => ({ why: 'You are not on the care team of this patient.', whoCanFix: 'Whoever treats her, or the medical director', ...emergency(ask) }),
)

const comesHere = given(
  'patient-here', 'the patient comes to a place where she works', exists(patient, (ask) => ({ id: oneOf([ask.patient]) })),
  (ask) => ({
    why: 'This patient does not come to a location where you work.',
    whoCanFix: 'The front desk, by adding the location to the patient, or you, by reaching her for the day with a reason',
    ...emergency(ask),
  }),
)

/** The medical director answers for every chart at the places where she works. */
export const directs = all(
  when('medical-director', 'is the medical director', ({ actor }) => actor.roles.includes('medical-director'), () => ({
    why: 'Only the medical director may open records of patients whom she does not treat.',
    whoCanFix: 'The practice owner',
  })),
  comesHere,
)

const reached = given(
  'reached',
  'reached her across locations for a reason on record',
  exists(locationPass, ({ actor, patient: id, now }) => ({ userId: oneOf([actor.id]), subject: oneOf([id]), until: after(now), endedAt: null }), { field: 'until', from: (until) => until }),
  () => ({ why: 'This patient does not come to a location where you work.', whoCanFix: 'You, by reaching her for the day with a reason' }),
)
/** What row security asks of every action on one patient: for explaining it only, the database decides. */
export const withinReach = any(comesHere, reached)

const OneGlass = z.object({ glassId: GlassId })
/** Closed early by whoever opened it, or by those who review it. */
export const ownGlassOrReviews = any(
  given(
    'own-glass', 'opened this emergency access',
    exists(breakGlass, ({ actor, patient: id, input }) => ({ id: OneGlass.parse(input).glassId, patientId: oneOf([id]), userId: oneOf([actor.id]) })),
    () => ({ why: 'Only who opened this emergency access, or who reviews it, may close it.', whoCanFix: 'The owner or the compliance officer' }),
    { needs: OneGlass },
  ),
  when('reviews', 'reviews emergency access', ({ actor }) => actor.grants.has('review-task.close'), () => ({
    why: 'Only who opened this emergency access, or who reviews it, may close it.', whoCanFix: 'The owner or the compliance officer',
  })),
)

const OneTask = z.object({ taskId: ReviewTaskId })
/** Nobody reviews herself: the database refuses it, too. */
export const somebodyElses = unless(
  'somebody-else', 'it is not about her own doing',
  exists(reviewTask, ({ actor, input }) => ({ id: OneTask.parse(input).taskId, whoId: oneOf([actor.id]) })),
  () => ({ why: 'This is about what you did yourself: somebody else has to review it.', whoCanFix: 'Another owner or the compliance officer' }),
  { needs: OneTask },
)
