import { operator } from '#kernel/roles.ts'
import type { Actor } from '#kernel/policy.ts'
import { book, type PatientIds } from './demo-day.ts'
import { Anything, does, instantAt, Made, type DemoPractice } from './demo-hands.ts'
import { GRACE, type DemoPerson } from './demo-people.ts'

const REASON = 'Reads the evening news on television'

/** Somebody who was treated before, by a colleague. */
const earlierPatient = async (practice: DemoPractice, name: { givenName: string; familyName: string; birthDate: string }, visit: { column: number; daysAgo: number; time: string }) => {
  const { app, desk, locationId, today } = practice
  const maker = operator(desk.practiceId, 'demo', ['patient.create'])
  const { id } = await does(app, maker, 'patient.create', { ...name, locationId }, Made)
  await book(practice, id, { column: visit.column, service: 'Consultation', startsAt: instantAt(practice, today.subtract({ days: visit.daysAgo }), visit.time) })
  return id
}
const looksAt = (practice: DemoPractice, who: Actor | undefined, patientId: string) => (who ? does(practice.app, who, 'patient.card', { patientId }, Anything) : undefined)

/** What a reviewer finds on her first day: a namesake, a colleague's patient, a well-known one. Done by the people themselves. */
export const fillOversight = async (practice: DemoPractice, patients: PatientIds) => {
  const { app, owner, providers } = practice
  const [noor, mika, sofia] = providers
  const bianca = [...patients].find(([{ familyName }]: [DemoPerson, string]) => familyName === 'Moretti')?.[1]
  const namesake = await earlierPatient(practice, { givenName: 'Samira', familyName: 'Haddad', birthDate: '1991-04-11' }, { column: 1, daysAgo: 6, time: '09:00' })
  await looksAt(practice, noor, namesake)
  const grace = patients.get(GRACE)
  if (grace) await looksAt(practice, mika, grace)
  if (bianca) {
    await does(app, owner, 'oversight.mark', { patientId: bianca, kind: 'vip', reason: REASON }, Anything)
    await looksAt(practice, sofia, bianca)
  }
  if (sofia) await does(app, owner, 'manager.set', { userId: sofia.id, managerId: noor?.id }, Anything)
  await recordEarlierReview(practice)
}

/** The review of the last quarter was done on paper, and entered. */
const recordEarlierReview = async ({ app, owner, today }: DemoPractice) => {
  const begun = today.subtract({ months: 3 })
  const clerk = operator(owner.practiceId, 'demo', ['campaign.record-earlier'])
  await does(app, clerk, 'campaign.record-earlier', { openedOn: begun.toString(), closedOn: begun.add({ days: 9 }).toString() }, Anything)
}
