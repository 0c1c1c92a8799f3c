import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { importFhir, importFolder } from '../../import-fhir.ts'
import { importPatients, importRecords } from './index.ts'
import type { FileReport } from './report.ts'

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/fhir-bulk-10', import.meta.url))
interface Resource {
  id: string
  resourceType: string
  [field: string]: unknown
}
const resources = (type: string): Resource[] =>
  gunzipSync(readFileSync(join(FIXTURES, `${type}.000.ndjson.gz`))).toString().trim().split('\n').map((line) => JSON.parse(line))
const ndjson = (lines: readonly (object | string)[]) => lines.map((l) => (typeof l === 'string' ? l : JSON.stringify(l))).join('\n')

const folders: string[] = []
/** A folder with these files. */
const folder = (files: Record<string, string | Buffer>) => {
  const path = mkdtempSync(join(tmpdir(), 'nacre-fhir-'))
  folders.push(path)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
  return path
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true })
})

const operator = (s: Spa) => ({ ...s.setUp, id: 'operator:import fhir' })
const bring = async (s: Spa, path: string) => {
  const said: string[] = []
  const reports = await importFolder({ perform: s.perform, actor: operator(s), folder: path, locationId: s.locationId, say: (line) => said.push(line) })
  return { reports, said, of: (file: string) => reports.find((r) => r.file === file) }
}
const left = (report: FileReport | undefined) => [...(report?.leftOut.values() ?? [])].map((l) => [l.how, l.reason, l.lines])

const linesLeftOut = (report: FileReport | undefined) => [...(report?.leftOut.values() ?? [])].flatMap((l) => l.lines).length

const HISTORY_FILES = {
  allergy: 'AllergyIntolerance', condition: 'Condition', medication: 'MedicationRequest', immunization: 'Immunization',
  procedure: 'Procedure', encounter: 'Encounter', document: 'DocumentReference',
}
const subjectOf = (r: Resource) => (r['patient'] ?? r['subject']) as { reference: string }

let s: Spa
let director: TestPerson
let said: string[]
const patientIds = new Map<string, string>()
beforeAll(async () => {
  s = await spa()
  director = await s.person(['medical-director'])
  said = []
  const exit = await importFhir(s, FIXTURES, (line) => said.push(line))
  expect(exit).toBe(0)
  for (const p of resources('Patient')) {
    const [name] = p['name'] as { family: string; given: string[] }[]
    const found = await s.as(director).post('/api/patients/find', { q: `${name?.given[0]} ${name?.family}` })
    patientIds.set(p.id, found.json()[0].id)
  }
}, 120_000)
afterAll(() => s.close())

it('imports thirteen people with their whole history, and reports file by file what was taken and what was not', () => {
  const text = said.join('\n')
  expect(said[0]).toBe('Patient.000.ndjson.gz: 13 read, 13 imported')
  for (const [file, n] of Object.entries({ AllergyIntolerance: 11, Condition: 555, MedicationRequest: 1745, Immunization: 161, Encounter: 1215, Procedure: 2056, DocumentReference: 1215 }))
    expect(text).toContain(`${file}.000.ndjson.gz: ${n} read, ${n} imported`)
  expect(text).toContain('Device.000.ndjson.gz: 16 read, 0 imported, 16 skipped\n  skipped: Device: implants and other devices are not kept yet (lines 1, 2, 3')
  expect(text).toContain('Practitioner.000.ndjson.gz: 43 read, 0 imported, 43 skipped\n  skipped: Practitioner: is no part of a patient record')
  expect(said.at(-1)).toMatch(/^In all: 7160 read, 6971 imported, 0 already there, nothing broken; /)
})

it('shows the medical director every chart as the files say: names, birth dates, and the number of records of each kind', async () => {
  for (const p of resources('Patient')) {
    const id = patientIds.get(p.id)
    const [name] = p['name'] as { family: string; given: string[] }[]
    const card = (await s.as(director).get(`/api/patients/${id}/card`)).json()
    expect(card).toMatchObject({ givenName: name?.given.join(' '), familyName: name?.family, birthDate: p['birthDate'] })
    for (const [kind, file] of Object.entries(HISTORY_FILES)) {
      const theirs = resources(file).filter((r) => subjectOf(r).reference === `Patient/${p.id}`)
      const page = (await s.as(director).get(`/api/patients/${id}/history?kind=${kind}`)).json()
      expect([kind, page.total, page.lines.length]).toEqual([kind, theirs.length, Math.min(theirs.length, 50)])
    }
  }
}, 60_000)

it('shows allergies with what they do, medications with their dosage, and pages through the rest newest first', async () => {
  const allergic = String(subjectOf(resources('AllergyIntolerance').find((r) => JSON.stringify(r).includes('Aspirin')) ?? { id: '', resourceType: '' }).reference).slice(8)
  const id = patientIds.get(allergic)
  const page = async (query: string) => (await s.as(director).get(`/api/patients/${id}/history?${query}`)).json()
  const aspirin = (await page('kind=allergy')).lines.find((l: { name: string }) => l.name === 'Aspirin')
  expect(aspirin).toMatchObject({ name: 'Aspirin', status: 'active', occurred: { start: '1996-12-27T04:21:52-05:00' } })
  expect(aspirin.details[0]).toBe('low criticality')
  const starts: string[] = []
  for (let skip = 0; ; skip += 50) {
    const { total, lines } = await page(`kind=procedure&skip=${skip}`)
    starts.push(...lines.map((l: { occurred: { start: string } }) => l.occurred.start))
    if (starts.length >= total) break
  }
  const theirs = resources('Procedure').filter((r) => subjectOf(r).reference === `Patient/${allergic}`).map((r) => (r['performedPeriod'] as { start: string }).start)
  expect(starts.map((t) => Date.parse(t))).toEqual(theirs.map((t) => Date.parse(t)).toSorted((a, b) => b - a))
})

it('opens a document word for word, and notes in the trail that it was read', async () => {
  const [original] = resources('DocumentReference')
  const content = original?.['content'] as { attachment: { data: string } }[]
  const words = Buffer.from(content[0]?.attachment.data ?? '', 'base64').toString()
  const id = patientIds.get(subjectOf(original ?? { id: '', resourceType: '' }).reference.slice(8))
  const texts: string[] = []
  for (let skip = 0; texts.length === skip; skip += 50)
    for (const line of (await s.as(director).get(`/api/patients/${id}/history?kind=document&skip=${skip}`)).json().lines)
      texts.push((await s.as(director).get(`/api/patients/${id}/documents/${line.id}`)).json().text)
  expect(texts).toContain(words)
  expect((await s.trailOf(id)).at(-1)).toMatchObject({ actor: director.id, action: 'history.document', outcome: 'done', opened: [{ record: 'document', fields: expect.arrayContaining(['text']) }] })
}, 60_000)

it('keeps the history from those who do not treat the patient, says why, and records the refusal', async () => {
  const [id] = patientIds.values()
  const stranger = await s.person(['provider'], { isProvider: true })
  const refused = await s.as(stranger).get(`/api/patients/${id}/history?kind=allergy`)
  expect(refused.statusCode).toBe(403)
  expect(refused.json().refusal).toMatchObject({ why: expect.stringContaining('appointment'), whoCanFix: expect.any(String) })
  const desk = await s.person(['front-desk'])
  expect((await s.as(desk).get(`/api/patients/${id}/history?kind=allergy`)).json().refusal.rule).toBe('role')
  const refusals = (await s.trailOf(id)).filter((e) => e.outcome === 'denied')
  expect(refusals.map((e) => [e.actor, e.action, e.opened])).toEqual([[stranger.id, 'history.list', []], [desk.id, 'history.list', []]])
})

it('answers that there is no such patient, document or kind of history, and names the field', async () => {
  const [id] = patientIds.values()
  expect((await s.as(director).get('/api/patients/pat_00000000000000000000000000/history?kind=allergy')).statusCode).toBe(403)
  expect((await s.as(director).get(`/api/patients/${id}/documents/doc_00000000000000000000000000`)).statusCode).toBe(404)
  const wrong = await s.as(director).get(`/api/patients/${id}/history?kind=secrets`)
  expect([wrong.statusCode, wrong.json().errors[0].path]).toEqual([422, 'kind'])
})

it('imports nothing a second time', async () => {
  const again = await bring(s, FIXTURES)
  expect(again.reports.reduce((n, r) => n + r.imported, 0)).toBe(0)
  expect(again.said[0]).toBe('Patient.000.ndjson.gz: 13 read, 0 imported, 13 already there')
  expect(again.of('Procedure.000.ndjson.gz')).toMatchObject({ read: 2056, imported: 0, alreadyThere: 2056 })
}, 60_000)

it('records in the trail who imported', async () => {
  const { rows } = await s.owner.query(`select distinct actor, action, outcome, purpose from audit.event where action like 'fhir.%' order by 2`)
  expect(rows).toEqual([
    { actor: 'operator:import fhir', action: 'fhir.import-patients', outcome: 'done', purpose: 'operations' },
    { actor: 'operator:import fhir', action: 'fhir.import-records', outcome: 'done', purpose: 'operations' },
  ])
})

it('can be done by an operator only', async () => {
  for (const [action, input] of [[importPatients, { locationId: s.locationId, entries: [] }], [importRecords, { resourceType: 'Condition', entries: [], medications: new Map(), strangers: new Set() }]] as const)
    await expect(s.perform(action as typeof importPatients, s.staff(director.id, ['medical-director']), input)).rejects.toMatchObject({ status: 403 })
})

it('reads plain files, reports a broken line, an unknown patient and what is missing by file and line, and loses nothing else', async () => {
  const other = await spa()
  try {
    const people = resources('Patient')
    const conditions = resources('Condition').slice(0, 40)
    const [a, b, c, d] = conditions
    const { code: _, ...nameless } = { ...c }
    const result = await bring(other, folder({
      'a-conditions.ndjson': ndjson([
        { ...a, id: 'x1' }, '{"resourceType":"Condition","id":"x2",', { ...b, id: 'x3', subject: { reference: 'Patient/nobody' } }, '', nameless,
        { ...d, id: 'x5', subject: { reference: `urn:uuid:${subjectOf(d ?? { id: '', resourceType: '' }).reference.slice(8)}` } },
        { ...d, id: 'x6', verificationStatus: { coding: [{ code: 'entered-in-error' }] } }, '[1]', 'null', '"Condition"', { ...a, id: 'x1' }, ...conditions,
      ]),
      'z-people.ndjson': `\uFEFF${ndjson(people).replaceAll('\n', '\r\n')}\r\n`,
      'notes.txt': 'not read',
    }))
    expect(result.of('z-people.ndjson')).toMatchObject({ read: 13, imported: 13 })
    expect(result.of('a-conditions.ndjson')).toMatchObject({ read: 50, imported: 42, alreadyThere: 1 })
    expect(left(result.of('a-conditions.ndjson'))).toEqual([
      ['bad', 'is not JSON', [2]],
      ['bad', 'is not a FHIR resource: resourceType is missing', [8, 9, 10]],
      ['bad', 'code is missing', [5]],
      ['skipped', 'was entered in error, as it says itself', [7]],
      ['bad', 'its patient is neither in these files nor here already', [3]],
    ])
    expect(result.said.join('\n')).toContain('  bad: is not JSON (line 2)')
  } finally {
    await other.close()
  }
})

it('takes every whole line of a gzip file that ends too early or is corrupt, and says after which line it is damaged', async () => {
  const other = await spa()
  try {
    const people = gzipSync(ndjson(resources('Patient')))
    const procedures = resources('Procedure')
    const whole = gzipSync(ndjson(procedures))
    const corrupt = Buffer.from(whole)
    const half = Math.floor(whole.length / 2)
    corrupt.fill(0xaa, half, half + 64)
    const result = await bring(other, folder({ 'Patient.ndjson.gz': people, 'cut.ndjson.gz': whole.subarray(0, Math.floor(whole.length * 0.6)), 'unsound.ndjson.gz': corrupt }))
    const cut = result.of('cut.ndjson.gz')
    expect(cut?.broken).toEqual({ why: 'the gzip file ends too early', afterLine: cut?.read })
    expect(cut?.read).toBeGreaterThan(procedures.length * 0.5)
    expect(cut?.imported).toBe(cut?.read)
    const unsound = result.of('unsound.ndjson.gz')
    expect(unsound?.broken?.why).toBe('the gzip file is corrupt')
    expect((unsound?.imported ?? 0) + (unsound?.alreadyThere ?? 0) + linesLeftOut(unsound)).toBe(unsound?.read)
    expect(result.said.join('\n')).toContain(`  damaged: the gzip file ends too early after line ${cut?.read}; what follows could not be read`)
  } finally {
    await other.close()
  }
})

it('never gives the record of one person to another who has the same id in a second system', async () => {
  const [person] = resources('Patient')
  const condition = resources('Condition').find((r) => subjectOf(r).reference === `Patient/${person?.id}`)
  const second = { ...person, birthDate: '1999-09-09', name: [{ family: 'Other', given: ['Somebody'] }] }
  const result = await bring(s, folder({ 'Patient.ndjson': ndjson([second]), 'Condition.ndjson': ndjson([{ ...condition, id: 'of-the-other' }]) }))
  expect(left(result.of('Patient.ndjson'))).toEqual([['skipped', expect.stringContaining('another person is here already under this FHIR id'), [1]]])
  expect(left(result.of('Condition.ndjson'))).toEqual([['skipped', expect.stringContaining('its patient was left out'), [1]]])
  expect(result.reports.map((r) => r.imported)).toEqual([0, 0])
})

it('tells FHIR ids apart that differ in capital letters only', async () => {
  const [person] = resources('Patient')
  const result = await bring(s, folder({ 'Patient.ndjson': ndjson(['aB', 'Ab', 'ab', 'AB'].map((id) => ({ ...person, id }))) }))
  expect(result.of('Patient.ndjson')).toMatchObject({ imported: 4, alreadyThere: 0 })
})

it('resolves medications that a request only points at', async () => {
  const [person] = resources('Patient')
  const request = { ...resources('MedicationRequest')[0], medicationCodeableConcept: undefined, subject: { reference: `Patient/${person?.id}` } }
  const result = await bring(s, folder({
    'A.ndjson': ndjson([
      { ...request, id: 'by-file', medicationReference: { reference: 'Medication/m1' } },
      { ...request, id: 'contained', medicationReference: { reference: '#m' }, contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'Lidocaine' } }] },
      { ...request, id: 'nowhere', medicationReference: { reference: 'Medication/m9' } },
    ]),
    'M.ndjson': ndjson([{ resourceType: 'Medication', id: 'm1', code: { text: 'Hyaluronidase' } }]),
  }))
  expect(result.of('A.ndjson')).toMatchObject({ imported: 2 })
  expect(left(result.of('A.ndjson'))).toEqual([['bad', 'the medication is named neither here nor in a Medication resource', [3]]])
  const names = (await s.as(director).get(`/api/patients/${patientIds.get(person?.id ?? '')}/history?kind=medication`)).json()
  expect(names.total).toBe(resources('MedicationRequest').filter((r) => subjectOf(r).reference === `Patient/${person?.id}`).length + 2)
})

it('says nothing about a person in its report', async () => {
  const [person] = resources('Patient')
  const odd = { ...person, id: 'odd', birthDate: 'SECRET-BIRTHDAY', name: [{ family: 'SECRET-FAMILY'.repeat(20), given: ['SECRET-GIVEN'] }], 'SECRET-KEY': 1 }
  const result = await bring(s, folder({ 'Patient.ndjson': ndjson([odd, '{"SECRET', { resourceType: 'SECRET-TYPE' }, { ...odd, birthDate: { 'SECRET-INNER': 1 } }]) }))
  expect(result.reports[0]).toMatchObject({ read: 4, imported: 0 })
  expect(result.said.join('\n')).not.toContain('SECRET')
})

it('leaves no readable word of the imported history in the database', async () => {
  const words = ['Aspirin', 'Sepsis', 'lisinopril', 'Medhurst46', 'Sumiko254', '1927-05-21', '1996-12-27T04:21:52', 'NEWMAN MEMORIAL']
  const { rows } = await s.owner.query(`select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and relkind = 'r'`)
  for (const { name } of rows) {
    const { rows: found } = await s.owner.query(`select w from unnest($1::text[]) w where exists (select from "${name}" t where encode(convert_to(t::text, 'UTF8'), 'escape') like '%' || w || '%' or t::text like '%' || encode(convert_to(w, 'UTF8'), 'hex') || '%')`, [words])
    expect([name, found]).toEqual([name, []])
  }
  expect(readdirSync(FIXTURES).length).toBeGreaterThan(13)
}, 60_000)
