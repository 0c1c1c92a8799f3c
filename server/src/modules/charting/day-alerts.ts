import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { LocationId, UserId, type Id } from '#kernel/id.ts'
import { oneOf, other, within } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { alertsOf } from '#modules/forms'
import { localDay, worksHere } from '#modules/scheduling'
import { formResponse } from '#schema/forms'
import { allergy, condition, medication } from '#schema/history'
import { location } from '#schema/practices'
import { appointment } from '#schema/scheduling'
import { alertsFromHistory, ranked } from './history-alerts.ts'
import { fromIntake } from './intake.ts'
import { AlertHint } from './schema.ts'

const ownVisits = async (tx: Tx, { locationId, date }: { locationId: Id<'loc'>; date: string }) => {
  const { timeZone } = await tx.get(location, { id: locationId })
  const { startMs, endMs } = localDay(date, timeZone)
  const startsAt = within(new Date(startMs).toISOString(), new Date(endMs).toISOString())
  return tx.list(appointment, {
    locationId,
    providerId: UserId.parse(tx.actor.id),
    startsAt,
    state: other('cancelled'),
  })
}

/** The last questionnaire that each of them submitted. Only these are opened. */
const lastAnswers = async (tx: Tx, patientIds: readonly string[]) => {
  const submitted = await tx.list(
    formResponse,
    { patientId: oneOf(patientIds), state: 'submitted' },
    { open: [], orderBy: 'submittedAt' },
  )
  const last = new Map(submitted.map(({ patientId, id }) => [patientId, id]))
  return last.size === 0
    ? []
    : tx.list(formResponse, { patientId: oneOf(patientIds), id: oneOf([...last.values()]) }, { open: ['answers'] })
}

/** Which of a provider's own visits of a day want care: worst severity and kinds, nothing that was said. */
export const alertsOfDay = action({
  name: 'alert.day',
  does: 'see which visits of one’s own on a day have alerts',
  purpose: 'treatment',
  phi: 'clinical',
  patient: () => '*',
  allow: worksHere,
  input: z.object({ locationId: LocationId, date: z.iso.date() }),
  output: z.array(AlertHint),
  run: async (tx, day) => {
    const patientIds = [...new Set((await ownVisits(tx, day)).map((v) => v.patientId))]
    if (patientIds.length === 0) return []
    const ofThem = { patientId: oneOf(patientIds) }
    const [answers, allergies, conditions, medications] = await Promise.all([
      lastAnswers(tx, patientIds),
      tx.list(allergy, ofThem, { open: ['code', 'status', 'verification', 'criticality', 'reactions'] }),
      tx.list(condition, ofThem, { open: ['code', 'status', 'verification', 'occurred'] }),
      tx.list(medication, ofThem, { open: ['code', 'status'] }),
    ])
    return patientIds.map((patientId) => {
      const isHers = (row: { patientId: string }) => row.patientId === patientId
      const intake = answers.find(isHers)
      const alerts = ranked([
        ...(intake ? alertsOf(intake.answers, intake.formVersion).map(fromIntake) : []),
        ...alertsFromHistory({
          allergies: allergies.filter(isHers),
          conditions: conditions.filter(isHers),
          medications: medications.filter(isHers),
        }),
      ])
      const worst = alerts[0]?.severity
      return {
        patientId,
        hasIntake: intake !== undefined,
        ...(worst ? { worst } : {}),
        kinds: [...new Set(alerts.map((a) => a.kind))],
      }
    })
  },
})
