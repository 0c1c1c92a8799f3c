import { event } from '#kernel/event.ts'
import { OfAppointment } from './schema.ts'

/** Somebody has a visit, booked online or by the desk. */
export const appointmentBooked = event({ name: 'appointment.booked', input: OfAppointment })
/** She has arrived. */
export const appointmentCheckedIn = event({ name: 'appointment.checked-in', input: OfAppointment })
