import { route } from '#kernel/route.ts'
import { bookingCatalogue, bookingSlots, bookOnline } from './booking.ts'
import { calendarDay, findAtDesk, myDay, nextVisit, visitsOfPatient } from './calendar.ts'
import { reassignVisits, unassignedVisits, visitsAhead } from './reassign.ts'
import { bookAtDesk, cancelAppointment, checkIn, finishVisit, markNoShow, moveAppointment, reopenAppointment, startVisit } from './service.ts'
import { addToCareTeam, endCareTeam, listCareTeam } from './care-team.ts'

export const routes = [
  route('GET /api/public/catalogue', bookingCatalogue, { door: 'public', rate: { max: 120, perSeconds: 60 } }),
  route('GET /api/public/slots', bookingSlots, { door: 'public', rate: { max: 120, perSeconds: 60 } }),
  route('POST /api/public/bookings', bookOnline, { door: 'public', rate: { max: 20, perSeconds: 60 } }),
  route('GET /api/calendar/day', calendarDay),
  route('GET /api/my-day', myDay),
  route('GET /api/calendar/unassigned', unassignedVisits),
  route('GET /api/team/:userId/visits-ahead', visitsAhead),
  route('POST /api/calendar/reassign', reassignVisits),
  // What is looked for is PHI: it travels in the body.
  route('POST /api/desk/find', findAtDesk),
  route('POST /api/appointments', bookAtDesk),
  route('POST /api/appointments/:appointmentId/move', moveAppointment),
  route('POST /api/appointments/:appointmentId/check-in', checkIn),
  route('POST /api/appointments/:appointmentId/cancel', cancelAppointment),
  route('POST /api/appointments/:appointmentId/no-show', markNoShow),
  route('POST /api/appointments/:appointmentId/reopen', reopenAppointment),
  route('POST /api/appointments/:appointmentId/start', startVisit),
  route('POST /api/appointments/:appointmentId/finish', finishVisit),
  route('GET /api/patients/:patientId/visits', visitsOfPatient),
  route('GET /api/patients/:patientId/next-visit', nextVisit),
  route('GET /api/patients/:patientId/care-team', listCareTeam),
  route('POST /api/patients/:patientId/care-team', addToCareTeam),
  route('POST /api/patients/:patientId/care-team/:careTeamId/end', endCareTeam),
]
