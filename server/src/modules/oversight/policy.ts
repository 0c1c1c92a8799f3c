import { z } from 'zod'
import { UserId } from '#kernel/id.ts'
import { any, exists, given, unless, when } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import { patientFlag } from '#schema/patients'
import { campaignItem, OfSuspicion, suspicion } from './schema.ts'

/** @hipaa 164.308(a)(1)(ii)(D) whoever is looked at is not the one who looks */
export const notAboutHerself = unless(
  'not-about-oneself',
  'it is about somebody else',
  exists(suspicion, ({ actor, patient, input }) => ({ id: OfSuspicion.parse(input).suspicionId, patientId: oneOf([patient]), userId: oneOf([actor.id]) })),
  () => ({
    citation: 'Information system activity review, 45 CFR 164.308(a)(1)(ii)(D)',
    why: 'This is about you: somebody else looks at it.',
    whoCanFix: 'The compliance officer, or another owner',
  }),
)

const AboutUser = z.object({ userId: UserId })
export const forSomebodyElse = when(
  'not-for-oneself',
  'it is for somebody else',
  ({ actor, input }) => AboutUser.safeParse(input).data?.userId !== actor.id,
  () => ({ why: 'Nobody allows herself what is to be looked at.', whoCanFix: 'The compliance officer, or another owner' }),
)

const OfFlag = z.object({ flagId: patientFlag.fields.shape.id })
export const notHerOwnMark = unless(
  'not-own-mark',
  'the mark is not about herself',
  exists(patientFlag, ({ actor, patient, input }) => ({ id: OfFlag.parse(input).flagId, patientId: oneOf([patient]), userId: oneOf([actor.id]) })),
  () => ({ why: 'This mark is about you: somebody else decides on it.', whoCanFix: 'The compliance officer, or another owner' }),
)

const OfItem = z.object({ campaignId: campaignItem.fields.shape.campaignId, userId: UserId })
export const decidesOnHer = given(
  'decides-on-her',
  'is the one who decides on this person in the review',
  exists(campaignItem, ({ actor, input }) => ({ ...OfItem.parse(input), reviewerId: oneOf([actor.id]) })),
  () => ({
    citation: 'Access establishment and modification, 45 CFR 164.308(a)(4)(ii)(C)',
    why: 'You do not decide on this person in this review.',
    whoCanFix: 'The owner, who says who manages whom',
    fix: { label: 'See your reviews', href: '/access-review' },
  }),
)

/** Her own, or of whoever manages the team. */
export const ownOrManages = any(
  when('own-home', 'it is her own', ({ actor, input }) => [undefined, actor.id].includes(z.object({ userId: UserId.optional() }).safeParse(input).data?.userId), () => ({
    why: 'This is somebody else’s address.',
    whoCanFix: 'She herself, or the owner',
  })),
  when('sets-managers', 'says who manages whom', ({ actor }) => actor.grants.has('manager.set'), () => ({ why: 'This is somebody else’s address.', whoCanFix: 'The owner' })),
)
