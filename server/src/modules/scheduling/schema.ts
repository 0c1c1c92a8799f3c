import { z } from 'zod'
import { id, LocationId, PatientId, UserId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'
import { location, service, ServiceId } from '#schema/practices'
import { patient } from '#schema/patients'

export const AppointmentId = id('apt')
export const AppointmentState = z.enum(['booked', 'checked-in', 'in-treatment', 'done', 'cancelled', 'no-show'])
export type AppointmentState = z.infer<typeof AppointmentState>
const Instant = z.iso.datetime()
/** Of any calendar that is kept: what lies beyond is a slip or an attempt, and years of five digits are no instants any more. */
const VisitTime = Instant.pipe(z.string().refine((at) => at >= '2000' && at < '2200', 'is not a time for a visit'))

/** One patient's time with one provider. Times, states and opaque ids only: who she is and what a service is called stand elsewhere. */
export const appointment = record(
  'appointment',
  {
    id: AppointmentId,
    patientId: PatientId,
    locationId: LocationId,
    providerId: UserId,
    serviceId: ServiceId,
    startsAt: Instant,
    endsAt: Instant,
    state: AppointmentState,
    source: z.enum(['online', 'desk']),
    createdAt: Instant,
    checkedInAt: Instant.optional(),
    /** Set when the visit was checked out. */
    paidAt: Instant.optional(),
  },
  { what: 'A booked visit: who, with whom, where, when and how far it is.' },
)

/** What a patient can say on the phone: the end of the appointment's id, e.g. `K3F7-9Q2M`. */
export const referenceOf = (appointmentId: string) => {
  const end = appointmentId.slice(-8).toUpperCase()
  return `${end.slice(0, 4)}-${end.slice(4)}`
}

export const AnyProvider = z.literal('any')
export const MOST_DAYS_AT_ONCE = 14
/** Query strings are text. */
const Days = z.coerce.number().int().min(1).max(MOST_DAYS_AT_ONCE).default(MOST_DAYS_AT_ONCE)

/** What a visitor may choose from: names of places, services and providers, nothing of anybody's calendar. */
export const BookingCatalogue = z.object({
  practice: z.object({ name: z.string(), phone: z.string() }),
  locations: z.array(location.fields),
  services: z.array(service.fields.pick({ id: true, name: true, minutes: true }).extend({ providerIds: z.array(UserId) })),
  providers: z.array(z.object({ id: UserId, name: z.string(), locationIds: z.array(LocationId) })),
})

export const SlotQuestion = z.object({
  serviceId: ServiceId,
  locationId: LocationId,
  providerId: z.union([UserId, AnyProvider]).default('any'),
  /** In the location's time zone; today when left out. */
  from: z.iso.date().optional(),
  days: Days,
})
/** `times` are instants at which a visit can start. */
export const FreeSlots = z.object({
  timeZone: z.string(),
  minutes: z.int(),
  days: z.array(z.object({ date: z.iso.date(), times: z.array(z.string()) })),
})

const { givenName, familyName, birthDate } = patient.fields.shape
/** A name, a birth date and how to reach her. Never a question about health: those come by the secure link. */
export const BookingRequest = z.object({
  serviceId: ServiceId,
  locationId: LocationId,
  providerId: z.union([UserId, AnyProvider]),
  startsAt: VisitTime,
  givenName,
  familyName,
  birthDate,
  email: z.email().max(254),
  phone: z.string().trim().min(7).max(40),
  language: z.enum(['en', 'es']).default('en'),
})
/** The same for somebody who was a patient already and for somebody new. */
export const BookingConfirmation = z.object({
  reference: z.string(),
  startsAt: Instant,
  endsAt: Instant,
  timeZone: z.string(),
  practice: z.object({ name: z.string(), phone: z.string() }),
  location: location.fields.pick({ name: true, address: true }),
})

export const OfAppointment = z.object({ appointmentId: AppointmentId, patientId: PatientId })
export const NewAppointment = appointment.fields.pick({ patientId: true, locationId: true, providerId: true, serviceId: true }).extend({ startsAt: VisitTime })
export const Move = OfAppointment.extend({ providerId: UserId, startsAt: VisitTime })

export const DayQuestion = z.object({ locationId: LocationId, date: z.iso.date() })
/** Minutes of the wall clock since midnight. */
const Hours = z.object({ fromMinute: z.int(), toMinute: z.int() })
export const DayVisit = appointment.fields
  .pick({ id: true, patientId: true, providerId: true, serviceId: true, startsAt: true, endsAt: true, state: true, paidAt: true })
  // As she is called; no birth date: a calendar is looked at by many.
  .extend({ patientName: z.string(), serviceName: z.string(), reference: z.string(), /** Whoever was to treat her works here no more. */ needsProvider: z.boolean() })
export const CalendarDay = z.object({
  timeZone: z.string(),
  providers: z.array(z.object({ id: UserId, name: z.string(), credential: z.string(), hours: z.array(Hours) })),
  visits: z.array(DayVisit),
})

/** What a provider needs to know whom to call in: two identifiers. */
export const MyVisit = DayVisit.omit({ providerId: true, reference: true, paidAt: true, needsProvider: true }).extend({ birthDate: z.iso.date(), checkedInAt: Instant.optional() })
export const MyDay = z.object({ timeZone: z.string(), visits: z.array(MyVisit) })

export const NextVisit = z.object({ startsAt: Instant.optional() })
export const PatientVisit = appointment.fields
  .pick({ id: true, locationId: true, providerId: true, startsAt: true, endsAt: true, state: true, paidAt: true, source: true })
  .extend({ serviceName: z.string(), providerName: z.string(), reference: z.string() })

export const FoundPatient = z.object({
  id: PatientId,
  name: z.string(),
  birthDate: z.iso.date(),
  /** The next visit that is not over; today's first. */
  nextVisitAt: Instant.optional(),
})
