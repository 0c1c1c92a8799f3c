import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { Problem } from '#kernel/errors.ts'
import { LocationId, PatientId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { from, oneOf, other, within } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { localDay, worksHere } from '#modules/scheduling'
import { patient } from '#schema/patients'
import { location } from '#schema/practices'
import { appointment, AppointmentId } from '#schema/scheduling'
import { healthForm } from './content.ts'
import { mailLink, makeLink } from './links.ts'
import { formsState } from './progress.ts'
import { consent, formResponse, FormsState, LinkState, SentBy, visitLink, VisitLinkId } from './schema.ts'

const formName = healthForm.name
const MOST_LINKS = 10
const MOST_VISITS = 10

type Visit = Pick<Value<typeof appointment>, 'id' | 'patientId' | 'startsAt' | 'locationId'>

/** The state of each visit's forms, in three reads however many visits there are. Nothing sealed is opened. */
const statesOf = async (tx: Tx, visits: readonly Visit[]) => {
  if (visits.length === 0) return []
  const ofVisits = { appointmentId: oneOf(visits.map((v) => v.id)) }
  const links = await tx.list(visitLink, ofVisits, { orderBy: 'createdAt', descending: true })
  const responses = await tx.list(formResponse, { ...ofVisits, formName }, { open: [] })
  const consents = await tx.list(
    consent,
    { patientId: oneOf([...new Set(visits.map((v) => v.patientId))]), revokedAt: null },
    { open: [] },
  )
  return visits.map(({ id: appointmentId, patientId }) => {
    const mine = links.filter((l) => l.appointmentId === appointmentId)
    const filled = {
      now: tx.now,
      appointmentId,
      responses: responses.filter((r) => r.appointmentId === appointmentId),
      consents: consents.filter((c) => c.patientId === patientId),
    }
    return { appointmentId, state: formsState(filled, mine.find((l) => l.usedAt) ?? mine[0]) }
  })
}

/** How far the forms of each visit of a day are: for the calendar. */
export const formsOfDay = action({
  name: 'forms.day',
  does: "see how far the forms of a day's visits are",
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: worksHere,
  input: z.object({ locationId: LocationId, date: z.iso.date() }),
  output: z.array(z.object({ appointmentId: AppointmentId, state: FormsState })),
  run: async (tx, { locationId, date }) => {
    const { timeZone } = await tx.get(location, { id: locationId })
    const { startMs, endMs } = localDay(date, timeZone)
    const day = within(new Date(startMs).toISOString(), new Date(endMs).toISOString())
    return statesOf(
      tx,
      await tx.list(appointment, { locationId, startsAt: day, state: other('cancelled') }, { orderBy: 'startsAt' }),
    )
  },
})

const linkState = (link: Value<typeof visitLink>, now: string): z.infer<typeof LinkState> => {
  if (link.usedAt) return 'opened'
  if (link.closedAt) return 'closed'
  return link.expiresAt > now ? 'waiting' : 'expired'
}

/** States and times only: the desk sees that forms are there, never what they say. @hipaa 164.502(b) minimum necessary */
export const formsOfPatient = action({
  name: 'forms.of-patient',
  does: "see how far a patient's forms are, without what they say",
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }) => patientId,
  allow: roleAlone,
  input: z.object({ patientId: PatientId }),
  output: z.object({
    visits: z.array(
      z.object({ appointmentId: AppointmentId, startsAt: z.string(), timeZone: z.string(), state: FormsState }),
    ),
    links: z.array(
      z.object({
        id: VisitLinkId,
        appointmentId: AppointmentId.optional(),
        sentBy: SentBy,
        state: LinkState,
        createdAt: z.string(),
        expiresAt: z.string(),
        usedAt: z.string().optional(),
      }),
    ),
    submittedAt: z.string().optional(),
  }),
  run: async (tx, { patientId }) => {
    await tx.get(patient, { id: patientId }, [])
    const coming = { patientId, startsAt: from(afterDays(tx.now, -1)), state: other('cancelled') }
    const visits = await tx.list(appointment, coming, { orderBy: 'startsAt', limit: MOST_VISITS })
    const zones = new Map((await tx.list(location, {})).map((l) => [l.id, l.timeZone]))
    const states = new Map((await statesOf(tx, visits)).map((s) => [s.appointmentId, s.state]))
    const links = await tx.list(visitLink, { patientId }, { orderBy: 'createdAt', descending: true, limit: MOST_LINKS })
    const [last] = await tx.list(
      formResponse,
      { patientId, formName, state: 'submitted' },
      { open: [], orderBy: 'submittedAt', descending: true, limit: 1 },
    )
    return {
      visits: visits.map(({ id, startsAt, locationId }) => ({
        appointmentId: id,
        startsAt,
        timeZone: zones.get(locationId) ?? 'UTC',
        state: states.get(id) ?? 'none',
      })),
      links: links.map((link) => ({ ...link, state: linkState(link, tx.now) })),
      submittedAt: last?.submittedAt,
    }
  },
})

const noAddress = () =>
  new Problem(
    409,
    'No e-mail address',
    'There is no e-mail address on file. Add one, or show the code so that the patient can scan it.',
  )

/** A fresh link: in a message, or as an address that is shown once, as a code to scan at the desk. */
export const sendLink = action({
  name: 'forms.send-link',
  does: 'send a patient a link to her forms, or show it as a code',
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }) => patientId,
  allow: roleAlone,
  input: z.object({ patientId: PatientId, appointmentId: AppointmentId.optional(), sentBy: SentBy }),
  output: z.object({ sentBy: SentBy, expiresAt: z.string(), url: z.string().optional() }),
  run: async (tx, { patientId, appointmentId, sentBy }) => {
    const { email, language } = await tx.get(patient, { id: patientId }, sentBy === 'email' ? ['email'] : [])
    const visit = appointmentId ? await tx.get(appointment, { id: appointmentId, patientId }) : undefined
    const of = { patientId, ...(visit ? { appointmentId: visit.id, visitStartsAt: visit.startsAt } : {}) }
    if (sentBy === 'hand-over') {
      const { link, url } = await makeLink(tx, { ...of, sentBy })
      return { sentBy, expiresAt: link.expiresAt, url }
    }
    if (!email) throw noAddress()
    const { expiresAt } = await mailLink(tx, { email, language }, of)
    return { sentBy, expiresAt }
  },
})
