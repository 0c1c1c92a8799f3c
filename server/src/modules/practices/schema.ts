import { z } from 'zod'
import { id, LocationId, PracticeId, UserId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'

export { LocationId, PracticeId }
export const ServiceId = id('svc')

export const TimeZone = z.string().refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'is not an IANA time zone, e.g. America/New_York')
const Minute = z.int().min(0).max(1440)

/** The practice itself; its id is the practice id of every other row. */
export const practice = record(
  'practice',
  {
    id: PracticeId,
    name: z.string().min(1).max(120),
    /** Signed-in people who do nothing are signed off after this. */
    idleMinutes: z.int().min(1).max(120),
    phone: z.string().max(40),
    /** Where patients reach this server, `https://…` without a slash at the end, for the links in messages. Empty: links are relative. */
    baseUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(200).regex(/[^/]$/, 'must not end with a slash')]),
    createdAt: z.iso.datetime(),
  },
  { use: 'settings', what: 'The practice and its settings.' },
)
export const location = record(
  'location',
  { id: LocationId, name: z.string().min(1).max(120), address: z.string().max(300), timeZone: TimeZone },
  { use: 'settings', what: 'A place where the practice works.' },
)
/** What can be booked. Its name says what is done to a body: it never leaves over an uncovered channel. */
export const service = record(
  'service',
  {
    id: ServiceId,
    name: z.string().min(1).max(120),
    minutes: z.int().min(5).max(480),
    priceCents: z.int().min(0),
    onlineBooking: z.boolean(),
    active: z.boolean(),
  },
  { use: 'settings', what: 'The catalogue of services.' },
)
/** When a provider works: minutes since midnight in the location's time zone. Monday is 1, Sunday 7. */
export const workingHours = record(
  'working_hours',
  { id: id('whr'), userId: UserId, locationId: LocationId, weekday: z.int().min(1).max(7), fromMinute: Minute, toMinute: Minute },
  { use: 'settings', changes: 'removable', what: 'Regular hours of a provider at a location.' },
)
/** Who performs which service. */
export const serviceProvider = record(
  'service_provider',
  { id: id('svp'), serviceId: ServiceId, userId: UserId },
  { use: 'settings', changes: 'removable', what: 'Which provider performs which service.' },
)

export const PracticeCard = practice.fields.pick({ id: true, name: true, idleMinutes: true, phone: true, baseUrl: true })
export const LocationCard = location.fields
export const ServiceCard = service.fields
export const NewPractice = z.object({
  practice: z.object({ name: practice.fields.shape.name, phone: practice.fields.shape.phone.default('') }),
  location: location.fields.omit({ id: true }),
})
