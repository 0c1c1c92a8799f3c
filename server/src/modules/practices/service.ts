import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { roleAlone } from '#kernel/policy.ts'
import { location, LocationCard, LocationId, NewPractice, practice, PracticeCard, PracticeId, service, ServiceCard, serviceProvider, workingHours } from './schema.ts'
import { UserId } from '#kernel/id.ts'

const nobody = () => '-'
const Nothing = z.object({})

/** Creates the practice itself. Only an operator at the command line or the set-up page has the grant. */
export const createPractice = action({
  name: 'practice.create',
  does: 'set up a practice',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: NewPractice,
  output: z.object({ practiceId: PracticeId, locationId: LocationId }),
  run: async (tx, input) => {
    const practiceId = PracticeId.parse(tx.practiceId)
    await tx.add(practice, { ...input.practice, id: practiceId, idleMinutes: 15, baseUrl: '', createdAt: tx.now })
    const first = await tx.add(location, input.location)
    return { practiceId, locationId: first.id }
  },
})

export const addLocation = action({
  name: 'location.create',
  does: 'open a location',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: location.fields.omit({ id: true }),
  output: LocationCard,
  run: (tx, input) => tx.add(location, input),
})

export const practiceCard = action({
  name: 'practice.card',
  does: "see the practice's name, locations and settings",
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: PracticeCard.extend({ locations: z.array(LocationCard) }),
  run: async (tx) => ({ ...(await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })), locations: await tx.list(location, {}, { orderBy: 'name' }) }),
})

export const changeSettings = action({
  name: 'practice.settings',
  does: "change the practice's settings",
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: practice.fields.pick({ name: true, idleMinutes: true, phone: true }).partial(),
  output: PracticeCard,
  run: async (tx, input) => {
    const practiceId = PracticeId.parse(tx.practiceId)
    await tx.change(practice, { id: practiceId }, input)
    return tx.get(practice, { id: practiceId })
  },
})

/** Only for an operator: a wrong address here would send patients elsewhere. */
export const setBaseUrl = action({
  name: 'practice.set-base-url',
  does: 'say at which address patients reach this server',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: practice.fields.pick({ baseUrl: true }),
  output: Nothing,
  run: async (tx, { baseUrl }) => {
    await tx.change(practice, { id: PracticeId.parse(tx.practiceId) }, { baseUrl })
    return {}
  },
})

export const listServices = action({
  name: 'service.list',
  does: 'see the services of the practice',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: z.array(ServiceCard.extend({ providerIds: z.array(UserId) })),
  run: async (tx) => {
    const services = await tx.list(service, { active: true }, { orderBy: 'name' })
    const performed = await tx.list(serviceProvider, {})
    return services.map((s) => ({ ...s, providerIds: performed.filter((p) => p.serviceId === s.id).map((p) => p.userId) }))
  },
})

export const changeService = action({
  name: 'service.change',
  does: 'add or change a service and who performs it',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: service.fields.omit({ id: true }).extend({ id: service.fields.shape.id.optional(), providerIds: z.array(UserId) }),
  output: ServiceCard,
  run: async (tx, { id, providerIds, ...fields }) => {
    const made = id ? { id, ...fields } : await tx.add(service, fields)
    if (id) await tx.change(service, { id }, fields)
    await tx.remove(serviceProvider, { serviceId: made.id })
    await tx.addAll(serviceProvider, providerIds.map((userId) => ({ serviceId: made.id, userId })))
    return made
  },
})

const Hours = workingHours.fields.omit({ id: true, userId: true })
export const listHours = action({
  name: 'hours.list',
  does: 'see when providers work',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Nothing,
  output: z.array(workingHours.fields),
  run: (tx) => tx.list(workingHours, {}),
})

export const changeHours = action({
  name: 'hours.change',
  does: "change a provider's working hours",
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ userId: UserId, hours: z.array(Hours).max(50) }),
  output: z.array(workingHours.fields),
  run: async (tx, { userId, hours }) => {
    await tx.remove(workingHours, { userId })
    return tx.addAll(workingHours, hours.map((h) => ({ ...h, userId })))
  },
})
