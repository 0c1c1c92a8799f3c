import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { action, ACTIONS } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { newId, PatientId } from '#kernel/id.ts'
import { roleAlone, type Actor } from '#kernel/policy.ts'
import { operator } from '#kernel/roles.ts'
import { createUser, newTotpSecret } from '#modules/identity'
import { changeHours, changeService, createPractice } from '#modules/practices'
import { bookAtDesk } from '#modules/scheduling'
import { consent } from '#schema/forms'
import { allergy } from '#schema/history'
import { patient } from '#schema/patients'
import { importFolder } from '../server/src/import-fhir.ts'
import { readConfig } from '../server/src/config.ts'
import { startSystem, type Started } from '../server/src/start.ts'
import { writePeople } from './people.ts'
import { cpuBetween, cpuOf } from './processes.ts'

export const TIME_ZONE = 'America/New_York'
export const PROVIDERS = 10
const OPEN_MINUTE = 6 * 60
const CLOSE_MINUTE = 22 * 60
export const SLOT_MINUTES = 15
/** A busy location's day. */
const VISITS_OF_THE_DAY = 40
const PATIENTS_ASKED_FOR = 2_000

export interface Person {
  id: string
  email: string
  password: string
  totpSecret: string
}
/** The practice that is measured. */
export interface Practice {
  practiceId: string
  locationId: string
  serviceId: string
  providerIds: string[]
  desk: Person
  director: Person
  provider: Person
  /** Some of the patients, spread over all. */
  patientIds: string[]
  /** Has 50 sealed records of history. */
  chartPatientId: string
  /** Treated by `provider`, and has consented to clinical photographs. */
  photoPatientId: string
  /** The day of `VISITS_OF_THE_DAY` visits, in the location's time zone. */
  day: string
  visits: number
  imported: { people: number; seconds: number; msServerEach: number; msDatabaseEach: number; bytes: number }
}

export const configOf = (dataDir: string) => readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' })

const somePatients = action({
  name: 'bench.patients',
  does: 'choose patients to be measured with',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({ most: z.int() }),
  output: z.array(PatientId),
  run: async (tx, { most }) => (await tx.list(patient, {}, { open: [], limit: most })).map((p) => p.id),
})

const patientWithHistory = action({
  name: 'bench.history',
  does: 'find the patient whose chart is measured',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({}),
  output: PatientId,
  run: async (tx) => {
    const [first] = await tx.list(allergy, {}, { open: [], limit: 1 })
    return PatientId.parse(first?.patientId)
  },
})

const plantConsent = action({
  name: 'bench.consent',
  does: 'arrange a consent to be measured with',
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }) => patientId,
  allow: roleAlone,
  input: z.object({ patientId: PatientId }),
  output: z.object({}),
  run: async (tx, { patientId }) => {
    await tx.add(consent, {
      patientId, kind: 'clinical-photography', decision: 'accepted', textVersion: 'bench', textHash: '0'.repeat(64), language: 'en', uses: [], method: 'typed',
      signature: { signature: { method: 'typed', text: 'Bench' }, signerName: 'Bench', practiceName: 'Bench' }, signedAt: tx.now, expiresAt: afterDays(tx.now, 365),
    })
    return {}
  },
})

const somebody = async ({ app }: Started, actor: Actor, role: string, n: number, locationId: string): Promise<Person> => {
  const [password, totpSecret] = [randomBytes(12).toString('base64url'), newTotpSecret()]
  const email = `${role}${n}@bench.test`
  const isProvider = role === 'provider' || role === 'medical-director'
  const { id } = await app.perform(createUser, actor, { email, password, totpSecret, roles: [role], name: `${role} ${n}`, credential: 'RN', locationIds: [locationId], isProvider })
  return { id, email, password, totpSecret }
}

/** Fifty records about one person: 10 allergies, 25 conditions, 15 medications. */
const writeHistory = (folder: string, fhirId: string) => {
  mkdirSync(folder, { recursive: true })
  const many = (resourceType: string, count: number, rest: object) =>
    writeFileSync(
      join(folder, `${resourceType}.ndjson`),
      Array.from({ length: count }, (_, i) => JSON.stringify({
        resourceType, id: `history-${i}`, subject: { reference: `Patient/${fhirId}` }, patient: { reference: `Patient/${fhirId}` },
        code: { coding: [{ system: 'http://snomed.info/sct', code: String(91_936_005 + i), display: `Something that is known of her, number ${i}` }] },
        onsetDateTime: '2012-04-05', recordedDate: '2012-04-05', ...rest,
      })).join('\n'),
    )
  const active = { clinicalStatus: { coding: [{ code: 'active' }] }, verificationStatus: { coding: [{ code: 'confirmed' }] } }
  many('AllergyIntolerance', 10, { ...active, criticality: 'low', reaction: [{ manifestation: [{ text: 'Rash' }] }] })
  many('Condition', 25, active)
  many('MedicationRequest', 15, { status: 'active', intent: 'order', medicationCodeableConcept: { text: 'Lisinopril 10 mg' }, dosageInstruction: [{ text: 'once a day' }] })
}

/** Tomorrow, so that no visit of it is over. */
export const tomorrow = () => afterDays(new Date().toISOString(), 1).slice(0, 10)

/** Sets a practice up as an operator would, and imports so many FHIR patients: the import is a row of its own. */
export const makePractice = async (scratch: string, dataDir: string, people: number): Promise<Practice> => {
  const files = join(scratch, 'people')
  const bytes = await writePeople(files, people)
  const started = await startSystem(configOf(dataDir))
  const { app } = started
  try {
    const practiceId = newId('prc')
    const actor = operator(practiceId, 'bench', [...ACTIONS.keys()])
    const { locationId } = await app.perform(createPractice, actor, {
      practice: { name: 'Bench', phone: '+12125550100' }, location: { name: 'Main', address: '1 Main St', timeZone: TIME_ZONE },
    })
    const before = cpuOf(process.pid, dataDir)
    const startedMs = performance.now()
    const [report] = await importFolder({ perform: app.perform, actor, folder: files, locationId, say: () => {} })
    const seconds = (performance.now() - startedMs) / 1000
    const used = cpuBetween(before, cpuOf(process.pid, dataDir))
    if (report?.imported !== people) throw new Error('the import did not take everybody')

    const desk = await somebody(started, actor, 'front-desk', 0, locationId)
    const director = await somebody(started, actor, 'medical-director', 0, locationId)
    const providers: Person[] = []
    for (let n = 0; n < PROVIDERS; n++) providers.push(await somebody(started, actor, 'provider', n, locationId))
    for (const { id: userId } of providers)
      await app.perform(changeHours, actor, { userId, hours: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ locationId, weekday, fromMinute: OPEN_MINUTE, toMinute: CLOSE_MINUTE })) })
    const providerIds = providers.map((p) => p.id)
    const { id: serviceId } = await app.perform(changeService, actor, {
      name: 'Consultation', minutes: SLOT_MINUTES, priceCents: 0, onlineBooking: true, active: true, providerIds,
    })

    const all = await app.perform(somePatients, actor, { most: people })
    const step = Math.max(1, Math.floor(all.length / PATIENTS_ASKED_FOR))
    const patientIds = all.filter((_, i) => i % step === 0).slice(0, PATIENTS_ASKED_FOR)
    const day = tomorrow()
    for (let n = 0; n < VISITS_OF_THE_DAY; n++) {
      const hour = String(14 + Math.floor(n / PROVIDERS)).padStart(2, '0')
      const [patientId, providerId] = [patientIds[n % patientIds.length], providerIds[n % PROVIDERS]]
      await app.perform(bookAtDesk, actor, { patientId, locationId, providerId, serviceId, startsAt: `${day}T${hour}:00:00.000Z` })
    }
    const [photoPatientId, provider] = [patientIds[0], providers[0]]
    if (!photoPatientId || !provider) throw new Error('nobody was imported')
    await app.perform(plantConsent, actor, { patientId: photoPatientId })

    const history = join(scratch, 'history')
    writeHistory(history, 'bench-0')
    const records = await importFolder({ perform: app.perform, actor, folder: history, locationId, say: () => {} })
    if (records.reduce((n, r) => n + r.imported, 0) !== 50) throw new Error('the history was not imported')
    const chartPatientId = await app.perform(patientWithHistory, actor, {})
    await app.jobs.runDue()
    await app.trail.sealAll()
    return {
      practiceId, locationId, serviceId, providerIds, desk, director, provider, patientIds, chartPatientId, photoPatientId, day, visits: VISITS_OF_THE_DAY,
      imported: { people, seconds, msServerEach: used.serverMs / people, msDatabaseEach: used.databaseMs / people, bytes },
    }
  } finally {
    await started.stop('and its database')
  }
}
