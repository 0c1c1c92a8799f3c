import { Problem } from '#kernel/errors.ts'
import type { Perform } from '#kernel/perform.ts'
import type { Actor } from '#kernel/policy.ts'
import { operator } from '#kernel/roles.ts'
import {
  addBatch, fileReport, importPatients, importRecords, KINDS, leaveOut, problemsIn, readMedication, reportLines, whyNot, type Entry, type FileReport,
} from '#modules/fhir'
import { practiceCard } from '#modules/practices'
import type { Coded } from '#schema/history'
import type { LocationId } from '#schema/practices'
import type { z } from 'zod'
import { DamagedFile, ndjsonFiles, readNdjson } from './platform/ndjson-files.ts'

export interface ImportHands {
  perform: Perform
  actor: Actor
  folder: string
  /** Where the imported patients belong from now on. */
  locationId: z.infer<typeof LocationId>
  /** Takes the report, line by line: files, line numbers, types and reasons, no PHI. */
  say: (line: string) => void
}

/** Larger batches cost fewer commits; smaller ones hold fewer rows locked. Measured: beyond this there is nothing to win. */
const MOST_ENTRIES = 500
const MOST_BATCH_CHARACTERS = 4_000_000
/** While the database writes one batch, others are read and sealed. */
const BATCHES_AT_ONCE = 3

/** Patients first, then what others point at, then everything else. */
const FIRST = ['Patient', 'Medication']
const rank = (resourceType: string) => (FIRST.includes(resourceType) ? FIRST.indexOf(resourceType) : FIRST.length)

interface Batch {
  resourceType: string
  entries: Entry[]
  characters: number
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
const typeOf = (resource: unknown): string | undefined =>
  typeof resource === 'object' && resource !== null && 'resourceType' in resource && typeof resource.resourceType === 'string' ? resource.resourceType : undefined

/** What a file begins with tells when it is its turn, whatever it is called. */
const firstType = async (folder: string, file: string): Promise<string> => {
  try {
    for await (const line of readNdjson(folder, file)) return ('text' in line && typeOf(parsed(line.text))) || ''
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
  }
  return ''
}

const inTurn = async (folder: string): Promise<string[]> => {
  const files = await Promise.all((await ndjsonFiles(folder)).map(async (file) => ({ file, turn: rank(await firstType(folder, file)) })))
  return files.toSorted((a, b) => a.turn - b.turn).map(({ file }) => file)
}

/** Another import, or the same id twice in a file, can be faster by a moment: then the row is there, and the second try sees it. */
const twice = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem && error.status === 409) return work()
    throw error
  }
}

/**
 * Reads a folder of FHIR R4 bulk NDJSON files, plain or gzip, into the records of a practice. May be run again: what is there already is
 * left as it is.
 */
export const importFolder = async ({ perform, actor, folder, locationId, say }: ImportHands): Promise<FileReport[]> => {
  const medications = new Map<string, Coded>()
  const strangers = new Set<string>()
  const reports: FileReport[] = []

  const send = async (report: FileReport, { resourceType, entries }: Batch) => {
    if (resourceType !== 'Patient')
      return addBatch(report, await twice(() => perform(importRecords, actor, { resourceType, entries, medications, strangers })))
    const result = await twice(() => perform(importPatients, actor, { locationId, entries }))
    for (const id of result.strangers) strangers.add(id)
    addBatch(report, result)
  }

  const importFile = async (file: string): Promise<FileReport> => {
    const report = fileReport(file)
    const filling = new Map<string, Batch>()
    const underway = new Set<Promise<void>>()

    const flush = async (batch: Batch) => {
      filling.delete(batch.resourceType)
      const sending = send(report, batch)
      underway.add(sending)
      // A failure is thrown where the sending is awaited.
      sending.then(() => underway.delete(sending), () => {})
      if (underway.size >= BATCHES_AT_ONCE) await Promise.race(underway)
    }
    const take = async (line: number, text: string) => {
      const resource = parsed(text)
      const resourceType = typeOf(resource)
      if (resource === undefined) return leaveOut(report, { line, how: 'bad', reason: 'is not JSON' })
      if (resourceType === undefined) return leaveOut(report, { line, how: 'bad', reason: 'is not a FHIR resource: resourceType is missing' })
      if (resourceType === 'Medication') {
        const medication = readMedication(resource)
        if ('draft' in medication) medications.set(medication.draft.id, medication.draft.code)
        return report.lookedUp++
      }
      if (resourceType !== 'Patient' && !KINDS.has(resourceType))
        return leaveOut(report, { line, how: 'skipped', reason: `${/^[A-Za-z]{1,40}$/.test(resourceType) ? resourceType : 'unknown type'}: ${whyNot(resourceType)}` })
      const batch = filling.get(resourceType) ?? { resourceType, entries: [], characters: 0 }
      filling.set(resourceType, batch)
      batch.entries.push({ line, resource })
      batch.characters += text.length
      if (batch.entries.length >= MOST_ENTRIES || batch.characters >= MOST_BATCH_CHARACTERS) await flush(batch)
    }

    try {
      for await (const line of readNdjson(folder, file)) {
        report.read++
        if ('unreadable' in line) leaveOut(report, { line: line.line, how: 'bad', reason: line.unreadable })
        else await take(line.line, line.text)
      }
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error
      report.broken = { afterLine: error.afterLine, why: error.message }
    }
    for (const batch of filling.values()) await flush(batch)
    await Promise.all(underway)
    return report
  }

  for (const file of await inTurn(folder)) {
    const report = await importFile(file)
    reports.push(report)
    for (const line of reportLines(report)) say(line)
  }
  return reports
}

const GRANTS = [importPatients.name, importRecords.name, practiceCard.name]
const sum = (reports: readonly FileReport[], what: 'read' | 'imported' | 'alreadyThere') => reports.reduce((n, r) => n + r[what], 0)

/**
 * `nacre import fhir <folder>`: into the only practice here, at its first location.
 * @returns the exit code: 0 when every line was imported, there already, or left out on purpose; 1 when something was broken.
 */
export const importFhir = async (app: { perform: Perform; onlyPractice: () => Promise<string> }, folder: string, say: (line: string) => void): Promise<number> => {
  const actor = operator(await app.onlyPractice(), 'import fhir', GRANTS)
  const { locations } = await app.perform(practiceCard, actor, {})
  const [location] = locations
  if (!location) throw new Error('The practice has no location yet.')
  const started = performance.now()
  const reports = await importFolder({ perform: app.perform, actor, folder, locationId: location.id, say })
  if (reports.length === 0) {
    say('There are no .ndjson or .ndjson.gz files in this folder.')
    return 1
  }
  const problems = problemsIn(reports)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  say(`In all: ${sum(reports, 'read')} read, ${sum(reports, 'imported')} imported, ${sum(reports, 'alreadyThere')} already there, ${problems === 0 ? 'nothing broken' : `${problems} broken`}; ${seconds} s.`)
  return problems === 0 ? 0 : 1
}
