import { z } from 'zod'
import { afterDays } from '#kernel/clock.ts'
import { LocationId } from '#kernel/id.ts'
import { any, exists, given, when, type Ask, type CareWindow } from '#kernel/policy.ts'
import { before, from, oneOf, other } from '#kernel/statement.ts'
import { brokeGlass, emergency, onCareTeam } from '#modules/access'
import { appointment, AppointmentId } from './schema.ts'

/** What a practice that has set nothing gets. */
const USUAL: CareWindow = { daysBack: 90, daysAhead: 30 }
const windowOf = ({ actor }: Pick<Ask, 'actor'>): CareWindow => actor.care ?? USUAL

/**
 * Treats this patient now: the relation that opens a chart. It ends by itself; how long after the visit is the practice's to say. A cancelled
 * visit is none.
 * @hipaa 164.502(b), 164.514(d) minimum necessary: a role alone opens no chart
 */
export const treats = given(
  'treats',
  `has an appointment with this patient lately or soon (${USUAL.daysBack} days back, ${USUAL.daysAhead} ahead, unless the practice says otherwise)`,
  exists(
    appointment,
    (ask) => ({
      patientId: oneOf([ask.patient]),
      providerId: oneOf([ask.actor.id]),
      startsAt: from(afterDays(ask.now, -windowOf(ask).daysBack)),
      endsAt: before(afterDays(ask.now, windowOf(ask).daysAhead)),
      state: other('cancelled'),
    }),
    { field: 'startsAt', from: (startsAt, ask) => afterDays(startsAt, windowOf(ask).daysBack) },
  ),
  (ask) => ({
    why: `You have no appointment with this patient in the last ${windowOf(ask).daysBack} days or the next ${windowOf(ask).daysAhead}.`,
    whoCanFix: 'The front desk, by booking her with you',
    fix: { label: 'Open the calendar', href: '/calendar' },
    ...emergency(ask),
  }),
)

/**
 * Takes part in her care: by an appointment, on her care team, or in an emergency. Reading and writing alike: whoever helps must document it.
 */
export const caresFor = any(treats, onCareTeam, brokeGlass)

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
  { needs: AtLocation },
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
  { needs: OneAppointment },
)
