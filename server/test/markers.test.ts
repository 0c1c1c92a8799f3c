import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { generate } from 'otplib'
import pg from 'pg'
import { expect, it } from 'vitest'
import { RECORDS } from '#kernel/record.ts'
import '../src/app.ts'
import { startPostgres } from '#platform/embedded-postgres.ts'
import { passableFolder, startServer } from './processes.ts'
import { liveVisit, signedIn, until, type Login } from './visit.ts'

/**
 * Marked words go into every sealed field through the API; then everything that lies on disk is searched for them. The browser's storage is
 * searched in e2e/visit.spec.ts.
 */
const MARK = 'Zqxmarker'
const BIRTH_DATE = '1931-07-19'
const PHONE = '+13107391846'

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).map((f) => join(f.parentPath, f.name))

/** The word as it is, in hexadecimal and in each alignment of base 64. */
const disguises = (word: string): Buffer[] => {
  const plain = Buffer.from(word)
  const base64 = [0, 1, 2].map((shift) => Buffer.concat([Buffer.alloc(shift, 'x'), plain]).toString('base64').slice(shift === 0 ? 0 : 4, -4))
  return [plain, Buffer.from(word.toLowerCase()), Buffer.from(word.toUpperCase()), Buffer.from(plain.toString('hex')), Buffer.from(word, 'utf16le'), ...base64.map((b) => Buffer.from(b))]
}
const findings = (where: string, bytes: Buffer, words: string[]) =>
  words.flatMap((word) => (disguises(word).some((d) => bytes.includes(d)) ? [`${word} in ${where}`] : []))

const fhirFolder = (folder: string) => {
  mkdirSync(folder)
  const subject = { reference: 'Patient/zq-1' }
  const code = (what: string) => ({ coding: [{ system: 'http://snomed.info/sct', code: `${MARK}code`, display: `${MARK}${what}` }], text: `${MARK}${what}` })
  const encounter = { reference: 'Encounter/e' }
  const note = [{ text: `${MARK}Note` }]
  const period = { start: '2020-01-01T10:00:00Z', end: '2020-01-01T11:00:00Z' }
  const files: Record<string, object> = {
    Patient: { resourceType: 'Patient', id: 'zq-1', name: [{ family: `${MARK}Fhir`, given: [`${MARK}Given`] }], birthDate: BIRTH_DATE, gender: 'female', telecom: [{ system: 'phone', value: PHONE }] },
    Encounter: { resourceType: 'Encounter', id: 'e', status: 'finished', class: { code: 'AMB' }, subject, type: [code('Encounter')], period, reasonCode: [code('Reason')], location: [{ location: { display: `${MARK}Place` } }], participant: [{ individual: { display: `${MARK}Provider` } }] },
    AllergyIntolerance: { resourceType: 'AllergyIntolerance', id: 'a', patient: subject, encounter, type: 'allergy', category: ['medication'], code: code('Allergy'), criticality: 'high', clinicalStatus: { coding: [{ code: 'active' }] }, onsetDateTime: '2019-05-01', recordedDate: '2020-01-01', reaction: [{ manifestation: [{ text: `${MARK}Reaction` }] }], note },
    Condition: { resourceType: 'Condition', id: 'c', subject, encounter, category: [code('Category')], code: code('Condition'), onsetDateTime: '2019-05-01', recordedDate: '2020-01-01', note },
    MedicationRequest: { resourceType: 'MedicationRequest', id: 'm', status: 'active', intent: 'order', subject, encounter, authoredOn: '2020-01-01', medicationCodeableConcept: code('Medication'), dosageInstruction: [{ text: `${MARK}Dosage` }], requester: { display: `${MARK}Prescriber` }, note },
    Immunization: { resourceType: 'Immunization', id: 'i', status: 'completed', patient: subject, encounter, vaccineCode: code('Vaccine'), occurrenceDateTime: '2020-01-01', lotNumber: `${MARK}Lot`, site: code('Site'), note },
    Procedure: { resourceType: 'Procedure', id: 'p', status: 'completed', subject, encounter, code: code('Procedure'), performedPeriod: period, bodySite: [code('Site')], note },
    DocumentReference: { resourceType: 'DocumentReference', id: 'd', status: 'current', subject, type: code('Document'), date: '2020-01-01T10:00:00Z', description: `${MARK}Description`, context: { encounter: [encounter] }, content: [{ attachment: { contentType: 'text/plain', title: `${MARK}Title`, data: Buffer.from(`${MARK}Document body`).toString('base64') } }] },
  }
  for (const [type, resource] of Object.entries(files)) writeFileSync(join(folder, `${type}.ndjson`), `${JSON.stringify(resource)}\n`)
  const pdf = { resourceType: 'DocumentReference', id: 'pdf', status: 'current', subject, type: code('Scan'), date: '2020-01-01T10:00:00Z', content: [{ attachment: { contentType: 'application/pdf', data: Buffer.from(`%PDF-1.4 ${MARK}`).toString('base64') } }] }
  writeFileSync(join(folder, 'Scans.ndjson'), `${JSON.stringify(pdf)}\n`)
}

// @proves 164.312(a)(2)(iv)
it('nothing of a visit lies readable in database files, write-ahead log, dump, objects, queue or logs', async () => {
  const dir = passableFolder('nacre-markers-')
  const dataDir = join(dir, 'data')
  const server = await startServer(dataDir, 'demo', { LOG_LEVEL: 'debug' })
  try {
    const logins = JSON.parse(readFileSync(join(dataDir, 'demo-logins.json'), 'utf8')) as Login[]
    const login = (role: string) => logins.find((l) => l.role === role) as Login
    const [desk, provider, owner] = await Promise.all(['front-desk', 'provider', 'owner'].map((role) => signedIn(server.url, login(role))))
    if (!desk || !provider || !owner) throw new Error('not signed in')
    const words = {
      givenName: `${MARK}Ana`, familyName: `${MARK}Bell`, birthDate: BIRTH_DATE, email: `${MARK.toLowerCase()}@example.test`, phone: PHONE,
      text: (field: string) => `${MARK} ${field}`, photo: readFileSync('server/test/fixtures/photos/camera-metadata.jpg'),
    }
    const { patientId } = await liveVisit(server.url, { desk, provider, owner, providerName: login('provider').name }, words)
    const { id: saleId } = await desk.post('/api/checkouts', { patientId, locationId: (await desk.get('/api/session')).user.locations[0].id })
    await desk.put(`/api/checkouts/${saleId}/lines`, { patientId, lines: [{ description: `${MARK} balm`, quantity: 1, unitCents: 100 }] })
    await desk.post(`/api/checkouts/${saleId}/pay`, { patientId, payments: [{ method: 'cash', amountCents: 100 }] })
    await desk.post(`/api/checkouts/${saleId}/void`, { patientId, reason: `${MARK} reason` })
    const locationIds = (await owner.get('/api/practice')).locations.map((l: { id: string }) => l.id)
    const reason = `${MARK} reason`
    const newcomer = { password: `${MARK}-violet-onion-cliff-77`, totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXA' }
    const who = { email: `${MARK.toLowerCase()}.staff@example.test`, name: `${MARK} Staff`, roles: ['front-desk'], locationIds, reason }
    const { link } = await owner.post('/api/invitations', who)
    const { recoveryCodes } = await owner.post('/api/public/join', { ...newcomer, token: String(link).split('#')[1], totpCode: await generate({ secret: newcomer.totpSecret }) })
    const team = (await owner.get('/api/team')) as { id: string; name: string; roles: string[] }[]
    const idOf = (name: string) => team.find((p) => p.name === name)?.id
    // A second person could confirm now: the raise waits, and is on record with its reason.
    await owner.post(`/api/team/${idOf(login('marketing').name)}`, { name: `${MARK} Jules`, credential: '', roles: ['marketing', 'biller'], locationIds, isProvider: false, reason })
    await owner.post('/api/public/recovery', { email: login('front-desk').email })
    await owner.post('/api/public/recovery', { email: who.email })
    const { token } = await owner.post('/api/tokens', { label: `${MARK} sync`, actions: ['service.list'], locationIds })
    await owner.post(`/api/team/${idOf(who.name)}/offboard`, { reason })
    // Wrong input and words searched for must not end up in a log either.
    await desk.send('POST', '/api/patients', { givenName: `${MARK}Wrong`, birthDate: `${MARK}` })
    await desk.send('GET', `/api/patients/${MARK}/card`)
    fhirFolder(join(dir, 'fhir'))
    const imported = execFileSync(process.execPath, ['server/src/main.ts', 'import', 'fhir', join(dir, 'fhir')], { env: { ...process.env, DATA_DIR: dataDir }, encoding: 'utf8' })
    expect(imported).toMatch(/Patient/)
    await until(async () => (processLogsSettled(server.output()) ? true : undefined))

    const database = await startPostgres({ dataDir })
    const connect = async (name: string) => {
      const client = new pg.Client({ host: database.host, port: database.port, user: database.user, password: database.password, database: name })
      await client.connect()
      return client
    }
    const records = await connect('nacre')
    // Nothing is proved of a field that nobody filled.
    const empty: string[] = []
    for (const rec of [...RECORDS.values()].filter(({ table }) => !NOT_OF_A_VISIT.has(table)))
      for (const field of rec.sealed) {
        const { rows } = await records.query(`select 1 from ${rec.table} where ${rec.columns.get(field)} is not null limit 1`)
        if (rows.length === 0) empty.push(`${rec.table}.${field}`)
      }
    const searched = [MARK, BIRTH_DATE, PHONE.slice(2), '3107391846', 'PLANTED-MARKER-5f3a', newcomer.totpSecret, ...recoveryCodes, String(link).split('#')[1], String(token).split('.')[1]]
    const found: string[] = []
    // What lies in the clear on purpose is found by the same search, so the search works.
    const control: string[] = []
    for (const [name, client] of [['nacre', records], ['nacre_vault', await connect('nacre_vault')]] as const) {
      const { rows: tables } = await client.query(`select format('%I.%I', schemaname, tablename) as t from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`)
      for (const { t } of tables)
        for (const { line } of (await client.query(`select x::text as line from ${t} x`)).rows) {
          found.push(...findings(`dump of ${name} ${t}`, Buffer.from(line), searched))
          control.push(...findings('dump', Buffer.from(line), ['Madison Avenue']))
        }
      await client.query('checkpoint')
      await client.end()
    }

    const files = filesBelow(dataDir)
    expect(files.some((f) => f.includes('pg_wal'))).toBe(true)
    expect(files.some((f) => f.includes('/objects/'))).toBe(true)
    for (const file of files) {
      if (file.endsWith('demo-logins.json')) continue
      const bytes = readFileSync(file)
      found.push(...findings(file.slice(dataDir.length), bytes, searched))
      control.push(...findings(file.includes('pg_wal') ? 'log' : 'files', bytes, ['Madison Avenue']))
      found.push(...searched.filter((word) => file.includes(word)).map((word) => `${word} in the name ${file}`))
      if (file.includes('/objects/')) for (const magic of ['WEBPVP8', 'JFIF', 'Exif', 'RIFF']) if (bytes.includes(magic)) found.push(`${magic} in ${file}`)
    }
    found.push(...findings('the server’s log', Buffer.from(server.output()), searched))
    found.push(...findings('the report of the import', Buffer.from(imported), searched))
    expect(empty.filter((f) => !NOT_IN_THIS_VISIT.includes(f))).toEqual([])
    expect([...new Set(found)]).toEqual([])
    expect([...new Set(control)].toSorted()).toEqual(['Madison Avenue in dump', 'Madison Avenue in files', 'Madison Avenue in log'])
    expect(files.reduce((sum, f) => sum + statSync(f).size, 0)).toBeGreaterThan(10_000_000)
  } finally {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}, 180_000)

const processLogsSettled = (output: string) => output.includes('"event":"request"')
// Content that is too large for a row lies behind a link that documents of this kind do not have.
const NOT_IN_THIS_VISIT: string[] = ['document.url', 'encounter.encounter', 'encounter.note', 'document.note',
  // She signs herself.
  'consent.signedAs']
/** What no visit fills: markers-everywhere.test.ts plants a row of every record there is. */
const NOT_OF_A_VISIT: ReadonlySet<string> = new Set([
  'break_glass', 'review_task', 'person_fact', 'passkey', 'authenticator_change', 'sign_in_notice', 'patient_flag',
  'access_reason', 'sign_in_ask', 'representative', 'representation', 'patient_passkey', 'address_check', 'device', 'device_pin',
  'device_source', 'osquery_node', 'incident_draft', 'suspicion', 'suspicion_mute', 'staff_home', 'campaign_decision',
  'sso_provider', 'sso_try',
])
