import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { compose } from '#kernel/dispatch.ts'
import { on } from '#kernel/event.ts'
import { job } from '#kernel/job.ts'
import { roleAlone } from '#kernel/policy.ts'
import { appointmentBooked } from '#modules/scheduling'
import { patient } from '#schema/patients'
import { location } from '#schema/practices'
import { appointment, OfAppointment } from '#schema/scheduling'
import { makeLink, serviceNames } from './links.ts'
import { neutralName } from '#modules/practices'
import { neutralPlace, whenOf } from './message.ts'
import { visitLink } from './schema.ts'

const OVER = new Set(['cancelled', 'no-show', 'done'])

/** The confirmation of a booking, with the link to her forms. Says when and where, never what for or with whom. */
export const inviteToForms = action({
  name: 'forms.invite',
  does: 'confirm a booking by a message with the link to the forms',
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }) => patientId,
  allow: roleAlone,
  input: OfAppointment,
  output: z.object({}),
  run: async (tx, { appointmentId, patientId }) => {
    // Run again after a crash, it finds its link and does nothing. The row is locked so that two runs cannot both find none.
    const visit = await tx.lock(appointment, { id: appointmentId, patientId })
    if (OVER.has(visit.state) || (await tx.has(visitLink, { appointmentId, patientId, sentBy: 'email' }))) return {}
    const { email, language } = await tx.get(patient, { id: patientId }, ['email'])
    if (!email) return {}
    const { name, address, timeZone } = await tx.get(location, { id: visit.locationId })
    const { url, practiceName } = await makeLink(tx, {
      patientId,
      appointmentId,
      sentBy: 'email',
      visitStartsAt: visit.startsAt,
    })
    await compose(tx, {
      channel: 'email',
      template: 'booking-confirmation',
      to: email,
      language,
      patientId,
      ownTerms: await serviceNames(tx),
      fields: {
        practice: neutralName(practiceName, language),
        ...whenOf(visit.startsAt, timeZone, language),
        place: neutralPlace(name, address),
        link: url,
      },
    })
    return {}
  },
})

export const inviteJob = job({
  name: 'forms.invite',
  grants: ['forms.invite'],
  input: OfAppointment,
  run: async ({ perform, actor }, input) => {
    await perform(inviteToForms, actor, input)
  },
})
on(appointmentBooked, inviteJob)
