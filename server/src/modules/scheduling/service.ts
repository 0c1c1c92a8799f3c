import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, invalid } from '#kernel/errors.ts'
import type { LocationId, UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import type { Patch, Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import { patient } from '#schema/patients'
import { service, serviceProvider, type ServiceId } from '#schema/practices'
import { appointmentBooked, appointmentCheckedIn } from './events.ts'
import { ownVisit, worksHere } from './policy.ts'
import { appointment, Move, NewAppointment, OfAppointment, type AppointmentState } from './schema.ts'

const OVERLAPS = 'That time overlaps another visit of this provider. Nothing was changed; choose another time.'
const clashes = { appointment_no_overlap: OVERLAPS }
const whose = ({ patientId }: { patientId: z.infer<typeof OfAppointment>['patientId'] }) => patientId
const Changed = appointment.fields.pick({ id: true, state: true, startsAt: true, endsAt: true, providerId: true })

interface Asked {
  serviceId: z.infer<typeof ServiceId>
  providerId: z.infer<typeof UserId>
  locationId: z.infer<typeof LocationId>
}
/** The desk may book outside of hours, but never somebody who does not perform the service or does not work here. */
const checkAble = async (tx: Tx, { serviceId, providerId, locationId }: Asked) => {
  const [what, provider, performs] = await Promise.all([
    tx.find(service, { id: serviceId, active: true }),
    tx.find(user, { id: providerId, isProvider: true, active: true }, []),
    tx.has(serviceProvider, { serviceId, userId: providerId }),
  ])
  if (!what) throw invalid([{ path: 'serviceId', message: 'There is no such service.' }])
  if (!provider?.locationIds.includes(locationId)) throw invalid([{ path: 'providerId', message: 'This provider does not work at this location.' }])
  if (!performs) throw invalid([{ path: 'providerId', message: 'This provider does not perform this service.' }])
  return what
}

const endOf = (startsAt: string, lengthMs: number) => new Date(Date.parse(startsAt) + lengthMs).toISOString()

export const bookAtDesk = action({
  name: 'appointment.book',
  does: 'book a visit for a patient',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: worksHere,
  clashes,
  input: NewAppointment,
  output: Changed,
  run: async (tx, { patientId, locationId, providerId, serviceId, startsAt }) => {
    const { locationIds } = await tx.get(patient, { id: patientId }, [])
    const { minutes } = await checkAble(tx, { serviceId, providerId, locationId })
    const made = await tx.add(appointment, {
      patientId, locationId, providerId, serviceId, startsAt, endsAt: endOf(startsAt, minutes * 60_000), state: 'booked', source: 'desk', createdAt: tx.now,
    })
    // From now on those who work there need to find her.
    if (!locationIds.includes(locationId)) await tx.change(patient, { id: patientId }, { locationIds: [...locationIds, locationId] })
    await tx.emit(appointmentBooked, { appointmentId: made.id, patientId })
    return made
  },
})

export const moveAppointment = action({
  name: 'appointment.move',
  does: 'move a visit to another time or provider',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  clashes,
  input: Move,
  output: Changed,
  run: async (tx, { appointmentId, patientId, providerId, startsAt }) => {
    const visit = await tx.lock(appointment, { id: appointmentId, patientId })
    mustBe(visit.state, ['booked', 'checked-in'])
    if (providerId !== visit.providerId) await checkAble(tx, { ...visit, providerId })
    const endsAt = endOf(startsAt, Date.parse(visit.endsAt) - Date.parse(visit.startsAt))
    await tx.change(appointment, { id: appointmentId, patientId }, { providerId, startsAt, endsAt })
    return { ...visit, providerId, startsAt, endsAt }
  },
})

const WORDS: Record<AppointmentState, string> = {
  booked: 'still booked',
  'checked-in': 'checked in',
  'in-treatment': 'in treatment',
  done: 'done',
  cancelled: 'cancelled',
  'no-show': 'marked as no-show',
}
const mustBe = (state: AppointmentState, states: readonly AppointmentState[]) => {
  if (!states.includes(state)) throw conflict(`This visit is ${WORDS[state]}. Nothing was changed; look again.`)
}

type Visit = Value<typeof appointment>
const turn = async (tx: Tx, { appointmentId, patientId }: z.infer<typeof OfAppointment>, from: readonly AppointmentState[], patch: Patch<Visit> & { state: AppointmentState }) => {
  const visit = await tx.lock(appointment, { id: appointmentId, patientId })
  mustBe(visit.state, from)
  await tx.change(appointment, { id: appointmentId, patientId, state: visit.state }, patch)
  return { ...visit, state: patch.state }
}

const step = { purpose: 'operations', phi: 'identity', patient: whose, input: OfAppointment, output: Changed, clashes } as const

export const checkIn = action({
  ...step,
  name: 'appointment.check-in',
  does: 'note that a patient has arrived',
  allow: roleAlone,
  run: async (tx, input) => {
    const visit = await turn(tx, input, ['booked'], { state: 'checked-in', checkedInAt: tx.now })
    await tx.emit(appointmentCheckedIn, input)
    return visit
  },
})

export const cancelAppointment = action({
  ...step,
  name: 'appointment.cancel',
  does: 'cancel a visit',
  allow: roleAlone,
  run: (tx, input) => turn(tx, input, ['booked', 'checked-in'], { state: 'cancelled' }),
})

export const markNoShow = action({
  ...step,
  name: 'appointment.no-show',
  does: 'note that a patient did not come',
  allow: roleAlone,
  run: (tx, input) => turn(tx, input, ['booked'], { state: 'no-show' }),
})

/** Takes back a check-in, a cancellation or a no-show: a tap too many must be undoable. */
export const reopenAppointment = action({
  ...step,
  name: 'appointment.reopen',
  does: 'put a visit back to booked',
  allow: roleAlone,
  run: (tx, input) => turn(tx, input, ['checked-in', 'cancelled', 'no-show'], { state: 'booked', checkedInAt: null }),
})

export const startVisit = action({
  ...step,
  name: 'appointment.start',
  does: 'begin the treatment',
  purpose: 'treatment',
  phi: 'identity',
  allow: ownVisit,
  run: (tx, input) => turn(tx, input, ['booked', 'checked-in'], { state: 'in-treatment' }),
})

export const finishVisit = action({
  ...step,
  name: 'appointment.finish',
  does: 'end the treatment',
  purpose: 'treatment',
  phi: 'identity',
  allow: ownVisit,
  run: (tx, input) => turn(tx, input, ['in-treatment'], { state: 'done' }),
})
