import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Temporal } from 'temporal-polyfill'
import type { Actor } from '#kernel/policy.ts'
import { book, checkOut, type Booked, type PatientIds } from './demo-day.ts'
import { Anything, does, instantAt, Made, type DemoPractice } from './demo-hands.ts'
import {
  ELENAS_TREATMENT, GRACES_DRAFT, GRACES_TREATMENT, HANNAHS_CONSULTATION, SHELF, writeNote, ZOES_TREATMENT,
} from './demo-notes.ts'
import { ELENA, GRACE, HANNAH, ZOE, type DemoPerson } from './demo-people.ts'

const RESULT_AFTER_WEEKS = 2
const NOOR = 0

/** A drawing with the camera's time written into it. Exif 2.32: local time, without a zone. */
const pictureOf = async (name: string, day: Temporal.PlainDate, time: string): Promise<Buffer> => {
  const { default: sharp } = await import('sharp')
  const drawn = await readFile(fileURLToPath(new URL(`../../content/demo/${name}.jpg`, import.meta.url)))
  const taken = `${day.toString().replaceAll('-', ':')} ${time}:20`
  return sharp(drawn).withExif({ IFD2: { DateTimeOriginal: taken } }).jpeg({ quality: 88 }).toBuffer()
}

const takePhoto = async ({ app }: DemoPractice, by: Actor, of: { patientId: string; appointmentId: string; bytes: Buffer; caption: string }) => {
  const { caption, patientId, ...photo } = of
  const { id: photoId } = await does(app, by, 'photo.take', { patientId, view: 'front', ...photo }, Made)
  await does(app, by, 'photo.caption', { patientId, photoId, caption }, Anything)
}

/** A visit of before: booked, begun and ended. What the trail says of it is that it was entered today. */
const pastVisit = async (practice: DemoPractice, patientId: string, { day, time, service }: { day: Temporal.PlainDate; time: string; service: string }): Promise<Booked> => {
  const visit = await book(practice, patientId, { column: NOOR, service, startsAt: instantAt(practice, day, time) })
  if (!visit) throw new Error('demo: a past visit could not be booked')
  const { provider, ...which } = visit
  await does(practice.app, provider, 'appointment.start', which, Anything)
  await does(practice.app, provider, 'appointment.finish', which, Anything)
  return visit
}

const idOf = (patients: PatientIds, person: DemoPerson): string => patients.get(person) ?? ''

const TREATED = [
  { person: ELENA, picture: 'elena', weeksAgo: 17, time: '09:00', note: ELENAS_TREATMENT, caption: 'Forehead, glabella, crow’s feet', after: 'Two weeks after 54 units' },
  { person: GRACE, picture: 'grace', weeksAgo: 21, time: '10:00', note: GRACES_TREATMENT, caption: 'Forehead, glabella, crow’s feet', after: 'Two weeks after 140 units' },
] as const

/** Two were treated some months ago, and seen again two weeks later: note, lots, photos before and after. */
const treatedBefore = async (practice: DemoPractice, patients: PatientIds) => {
  for (const { person, picture, weeksAgo, time, note, caption, after } of TREATED) {
    const patientId = idOf(patients, person)
    const day = practice.today.subtract({ weeks: weeksAgo })
    const checkDay = day.add({ weeks: RESULT_AFTER_WEEKS })
    const visit = await pastVisit(practice, patientId, { day, time, service: 'Neurotoxin treatment' })
    const check = await pastVisit(practice, patientId, { day: checkDay, time, service: 'Follow-up' })
    const { provider, ...which } = visit
    await writeNote(practice, provider, { ...which, note, end: 'signed', paperOf: day })
    await takePhoto(practice, provider, { ...which, bytes: await pictureOf(`${picture}-before`, day, time), caption })
    await takePhoto(practice, provider, { patientId, appointmentId: check.appointmentId, bytes: await pictureOf(`${picture}-after`, checkDay, time), caption: after })
    if (person === ELENA) await checkOut(practice, which, { description: 'Botox, 54 units', quantity: 54, unitCents: 1_200, discountCents: 2_800 })
  }
}

const consultedBefore = async (practice: DemoPractice, patients: PatientIds) => {
  const day = practice.today.subtract({ weeks: 3 })
  const { provider, ...which } = await pastVisit(practice, idOf(patients, HANNAH), { day, time: '16:00', service: 'Consultation' })
  await writeNote(practice, provider, { ...which, note: HANNAHS_CONSULTATION, end: 'signed', paperOf: day })
}

const writtenToday = async (practice: DemoPractice, visits: ReadonlyMap<DemoPerson, Booked>) => {
  for (const { person, note, end } of [{ person: ZOE, note: ZOES_TREATMENT, end: 'signed' }, { person: GRACE, note: GRACES_DRAFT, end: 'draft' }] as const) {
    const visit = visits.get(person)
    if (!visit) continue
    const { provider, ...which } = visit
    await writeNote(practice, provider, { ...which, note, end })
  }
}

const stocked = async ({ app, providers, today }: DemoPractice) => {
  const [noor] = providers
  if (!noor) return
  for (const { product, lot, expiresInDays } of SHELF) await does(app, noor, 'lot.add', { product, lot, expiresOn: today.add({ days: expiresInDays }).toString() }, Anything)
}

/** One agreement is in force, one ran out: the owner's page of safeguards has something to say. */
const carriers = async ({ app, owner, today }: DemoPractice) => {
  for (const { name, fromDays, toDays } of [{ name: 'Harbor Mail', fromDays: -200, toDays: 165 }, { name: 'Lantern Post', fromDays: -385, toDays: -20 }]) {
    const { id: vendorId } = await does(app, owner, 'vendor.create', { name, channel: 'email' }, Made)
    const date = (days: number) => today.add({ days }).toString()
    await does(app, owner, 'agreement.create', { vendorId, startsOn: date(fromDays), endsOn: date(toDays), signedBy: 'Olivia Hart' }, Anything)
  }
}

/** What lies before the newcomer's first day. `visits`: today's. */
export const fillPast = async (practice: DemoPractice, patients: PatientIds, visits: ReadonlyMap<DemoPerson, Booked>) => {
  await stocked(practice)
  await carriers(practice)
  await treatedBefore(practice, patients)
  await consultedBefore(practice, patients)
  await writtenToday(practice, visits)
}
