import type { z } from 'zod'
import { action } from '#kernel/action.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { allergy, condition, medication } from '#schema/history'
import { patient, type PatientId } from '#schema/patients'
import { service } from '#schema/practices'
import { appointment } from '#schema/scheduling'
import { alertsFromHistory, ranked } from './history-alerts.ts'
import { consentsOf, intakeOf } from './intake.ts'
import { lineOf, namesOf, writtenOf } from './note-lines.ts'
import { mayReadChart } from './policy.ts'
import { Alerts, Chart, type Alert, OfPatient } from './schema.ts'

type Of = z.infer<typeof PatientId>
const whose = ({ patientId }: z.infer<typeof OfPatient>) => patientId
const MOST_VISITS = 50
const HEADER = ['givenName', 'familyName', 'calledName', 'birthDate', 'sexAtBirth'] as const

const alertsOfHistory = async (tx: Tx, patientId: Of): Promise<Alert[]> => {
  const [allergies, conditions, medications] = await Promise.all([
    tx.list(allergy, { patientId }, { open: ['code', 'status', 'verification', 'criticality', 'reactions'] }),
    tx.list(condition, { patientId }, { open: ['code', 'status', 'verification', 'occurred'] }),
    tx.list(medication, { patientId }, { open: ['code', 'status'] }),
  ])
  return alertsFromHistory({ allergies, conditions, medications })
}

const alertsOf = async (tx: Tx, patientId: Of): Promise<z.infer<typeof Alerts>> => {
  const [{ submittedAt, alerts }, history] = await Promise.all([
    intakeOf(tx, patientId),
    alertsOfHistory(tx, patientId),
  ])
  return { ...(submittedAt ? { intakeAt: submittedAt } : {}), alerts: ranked([...alerts, ...history]) }
}

/** Allergies, pregnancy, blood thinners: what must be known before a needle is picked up. */
export const listAlerts = action({
  name: 'alert.list',
  does: "see a patient's allergies, pregnancy and blood thinners",
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: mayReadChart,
  input: OfPatient,
  output: Alerts,
  run: (tx, { patientId }) => alertsOf(tx, patientId),
})

type Visit = Value<typeof appointment>

/** Everything that a chart's first screen needs, in one answer: what does not wait for one another is asked for together. */
export const openChart = action({
  name: 'chart.open',
  does: "open a patient's chart: alerts, visits, treatment notes and consents",
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: mayReadChart,
  input: OfPatient,
  output: Chart,
  run: async (tx, { patientId }) => {
    const [who, alerts, visits, services, { notes, addendaOf }, consents] = await Promise.all([
      tx.get(patient, { id: patientId }, HEADER),
      alertsOf(tx, patientId),
      tx.list(appointment, { patientId }, { orderBy: 'startsAt', descending: true, limit: MOST_VISITS }),
      tx.list(service, {}),
      writtenOf(tx, patientId),
      consentsOf(tx, patientId),
    ])
    const names = await namesOf(tx, [...visits.map((v) => v.providerId), ...notes.map((n) => n.authorId)])
    const visitOf = (visit: Visit) => ({
      ...visit,
      serviceName: services.find((s) => s.id === visit.serviceId)?.name ?? '',
      providerName: names.get(visit.providerId) ?? '',
    })
    return {
      ...alerts,
      patient: who,
      visits: visits.map(visitOf),
      notes: notes.map((note) => lineOf(note, names.get(note.authorId) ?? '', addendaOf(note.id))),
      consents,
    }
  },
})
