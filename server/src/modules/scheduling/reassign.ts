import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { invalid } from '#kernel/errors.ts'
import { LocationId, UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { after, from, oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import { location, service, serviceProvider } from '#schema/practices'
import { worksHere } from './policy.ts'
import { appointment, AppointmentId } from './schema.ts'

const MOVABLE = ['booked', 'checked-in']
const TAKES_TIME = ['booked', 'checked-in', 'in-treatment', 'done']
const MOST = 2000

type Visit = Value<typeof appointment>
const aheadOf = (tx: Tx, providerId: Visit['providerId'], locationId?: Visit['locationId']) =>
  tx.list(appointment, { providerId, ...(locationId ? { locationId } : {}), startsAt: from(tx.now), state: oneOf(MOVABLE) }, { orderBy: 'startsAt', limit: MOST })

/** Who performs which of these services, and works at this place. */
const ableAt = async (tx: Tx, locationId: Visit['locationId'], except: Visit['providerId']) => {
  const team = await tx.list(user, { active: true, isProvider: true }, { open: ['name'] })
  const performed = await tx.list(serviceProvider, {})
  return team
    .filter((u) => u.id !== except && u.locationIds.includes(locationId))
    .map(({ id, name }) => ({ id, name, services: new Set(performed.filter((p) => p.userId === id).map((p) => p.serviceId)) }))
}

/** What stands in the calendar of somebody who is to leave, without a word about whom she was to treat. */
export const visitsAhead = action({
  name: 'appointment.of-provider',
  does: 'see how many visits a provider has ahead, and who could take them',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({ userId: UserId }),
  output: z.array(
    z.object({ locationId: LocationId, locationName: z.string(), visits: z.int(), couldTake: z.array(z.object({ id: UserId, name: z.string(), visits: z.int() })) }),
  ),
  run: async (tx, { userId }) => {
    const [visits, places] = await Promise.all([aheadOf(tx, userId), tx.list(location, {}, { orderBy: 'name' })])
    const here = places.filter((p) => visits.some((v) => v.locationId === p.id))
    return Promise.all(
      here.map(async ({ id, name }) => {
        const hers = visits.filter((v) => v.locationId === id)
        const able = await ableAt(tx, id, userId)
        const couldTake = await Promise.all(
          able.map(async (other) => ({ id: other.id, name: other.name, visits: (await fitting(tx, hers, other)).fit.length })),
        )
        return { locationId: id, locationName: name, visits: hers.length, couldTake: couldTake.filter((c) => c.visits > 0).toSorted((a, b) => b.visits - a.visits) }
      }),
    )
  },
})

const overlaps = (a: Pick<Visit, 'startsAt' | 'endsAt'>, b: Pick<Visit, 'startsAt' | 'endsAt'>) => a.startsAt < b.endsAt && b.startsAt < a.endsAt

/** Which of these visits somebody can take: she performs the service and is free, also of those that she just took. */
const fitting = async (tx: Tx, visits: readonly Visit[], to: { id: Visit['providerId']; services: ReadonlySet<string> }) => {
  const taken: Pick<Visit, 'startsAt' | 'endsAt'>[] = await tx.list(appointment, { providerId: to.id, endsAt: after(tx.now), state: oneOf(TAKES_TIME) }, { limit: MOST })
  const fit: Visit[] = []
  const clash: { visit: Visit; why: 'does not perform the service' | 'is busy then' }[] = []
  for (const visit of visits) {
    const free = !taken.some((t) => overlaps(t, visit))
    if (!to.services.has(visit.serviceId)) clash.push({ visit, why: 'does not perform the service' })
    else if (!free) clash.push({ visit, why: 'is busy then' })
    else {
      fit.push(visit)
      taken.push(visit)
    }
  }
  return { fit, clash }
}

/** Gives the visits ahead of one provider to another, as far as they fit. What does not stays where it is and is shown as needing a provider. */
export const reassignVisits = action({
  name: 'appointment.reassign',
  does: 'give the visits ahead of one provider to another',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: worksHere,
  clashes: { appointment_no_overlap: 'Somebody booked one of these times just now. Nothing was changed; try again.' },
  input: z.object({ fromUserId: UserId, toUserId: UserId, locationId: LocationId }),
  output: z.object({ moved: z.int(), left: z.array(z.object({ appointmentId: AppointmentId, startsAt: z.string(), serviceName: z.string(), why: z.string() })) }),
  run: async (tx, { fromUserId, toUserId, locationId }) => {
    const to = (await ableAt(tx, locationId, fromUserId)).find((u) => u.id === toUserId)
    if (!to) throw invalid([{ path: 'toUserId', message: 'Choose another provider who works at this location.' }])
    const { fit, clash } = await fitting(tx, await aheadOf(tx, fromUserId, locationId), to)
    for (const { id, patientId } of fit) await tx.change(appointment, { id, patientId, providerId: fromUserId }, { providerId: toUserId })
    const services = clash.length > 0 ? await tx.list(service, {}) : []
    const left = clash.map(({ visit, why }) => ({ appointmentId: visit.id, startsAt: visit.startsAt, serviceName: services.find((s) => s.id === visit.serviceId)?.name ?? '', why }))
    return { moved: fit.length, left }
  },
})

/** Visits ahead whose provider works here no more: none is ever lost because somebody left. */
export const unassignedVisits = action({
  name: 'appointment.unassigned',
  does: 'see which visits ahead need a provider',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: worksHere,
  input: z.object({ locationId: LocationId }),
  output: z.array(appointment.fields.pick({ id: true, startsAt: true })),
  run: async (tx, { locationId }) => {
    const gone = await tx.list(user, { active: false }, { open: [] })
    if (gone.length === 0) return []
    return tx.list(appointment, { locationId, providerId: oneOf(gone.map((u) => u.id)), startsAt: from(tx.now), state: oneOf(MOVABLE) }, { orderBy: 'startsAt', limit: 200 })
  },
})
