import { z } from 'zod'
import { afterDays } from '#kernel/clock.ts'
import { LocationId } from '#kernel/id.ts'
import { exists, given, when } from '#kernel/policy.ts'
import { before, from, oneOf, other } from '#kernel/statement.ts'
import { appointment, AppointmentId } from './schema.ts'

const DAYS_BACK = 90
const DAYS_AHEAD = 30

/**
 * Treats this patient now: the relation that opens a chart. A cancelled visit is none.
 * @hipaa 164.502(b), 164.514(d) minimum necessary: a role alone opens no chart
 */
export const treats = given(
  'treats',
  `has an appointment with this patient in the last ${DAYS_BACK} days or the next ${DAYS_AHEAD}`,
  exists(appointment, ({ actor, patient, now }) => ({
    patientId: oneOf([patient]),
    providerId: oneOf([actor.id]),
    startsAt: from(afterDays(now, -DAYS_BACK)),
    endsAt: before(afterDays(now, DAYS_AHEAD)),
    state: other('cancelled'),
  })),
  () => ({
    why: `You have no appointment with this patient in the last ${DAYS_BACK} days or the next ${DAYS_AHEAD}.`,
    whoCanFix: 'The front desk, by booking her with you',
    fix: { label: 'Open the calendar', href: '/calendar' },
  }),
)

const AtLocation = z.object({ locationId: LocationId })

/** Asks about a place where she works. Row security would show her an empty day; the refusal says why. */
export const worksHere = when(
  'works-here',
  'works at that location',
  ({ actor, input }) => {
    const at = AtLocation.safeParse(input)
    return at.success && (actor.places === '*' || actor.places.includes(at.data.locationId))
  },
  () => ({
    why: 'You do not work at this location.',
    whoCanFix: 'The practice owner, who decides who works where',
    fix: { label: 'See the team', href: '/team' },
  }),
)

const OneAppointment = z.object({ appointmentId: AppointmentId })

/** Only who gives a treatment starts and ends it. */
export const ownVisit = given(
  'own-visit',
  'is the provider of this visit',
  exists(appointment, ({ actor, patient, input }) => ({
    id: OneAppointment.parse(input).appointmentId,
    patientId: oneOf([patient]),
    providerId: oneOf([actor.id]),
  })),
  () => ({
    why: 'This visit is not with you.',
    whoCanFix: 'The front desk, by moving it to you',
    fix: { label: 'Open the calendar', href: '/calendar' },
  }),
)
