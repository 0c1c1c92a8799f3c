import { rmSync, existsSync } from 'node:fs'
import { newId } from '#kernel/id.ts'
import { operator } from '#kernel/roles.ts'
import { createPractice } from '#modules/practices'
import { readConfig } from '../server/src/config.ts'
import { startSystem } from '../server/src/start.ts'
import { importFolder } from '../server/src/import-fhir.ts'
import { importPatients, importRecords } from '#modules/fhir'
import { writePeople } from './people.ts'
import { readFileSync, readdirSync } from 'node:fs'
import { execSync } from 'node:child_process'
const n = Number(process.argv[2] ?? 20000)
const folder = `/tmp/fhirperf/people-${n}`
if (!existsSync(folder)) await writePeople(folder, n)
rmSync('/tmp/fhirperf/data', { recursive: true, force: true })
const config = readConfig({ DATA_DIR: '/tmp/fhirperf/data', PORT: '0', LOG_LEVEL: 'warn' })
const system = await startSystem(config)
try {
const practiceId = newId('prc')
const { locationId } = await system.app.perform(createPractice, operator(practiceId, 'bench', ['practice.create']), { practice: { name: 'X', phone: '' }, location: { name: 'L', address: '', timeZone: 'America/New_York' } })
const actor = operator(practiceId, 'import', ['fhir.import-patients', 'fhir.import-records'])
const pgcpu = () => { const pm = readFileSync('/proc/self/stat') && Number(execSync('find /tmp/fhirperf/data -name postmaster.pid | xargs head -1').toString()); let sum = 0; for (const p of readdirSync('/proc')) { if (!/^\d+$/.test(p)) continue; try { const st = readFileSync(`/proc/${p}/stat`, 'utf8').split(') ')[1]!.split(' '); if (Number(p) === pm || Number(st[1]) === pm) sum += Number(st[11]) + Number(st[12]) + Number(st[13]) + Number(st[14]) } catch {} } return sum / 100 }
const pg0 = pgcpu()
const cpu0 = process.cpuUsage(); const t = performance.now()
await importFolder({ perform: system.app.perform, actor, folder: process.argv[3] ?? folder, locationId, say: console.log })
const s = (performance.now() - t) / 1000; const cpu = process.cpuUsage(cpu0)
console.log(`${n} in ${s.toFixed(2)} s = ${Math.round(n / s)}/s; pg cpu ${(pgcpu() - pg0).toFixed(2)}; node cpu ${((cpu.user + cpu.system) / 1e6).toFixed(2)} s; load ${readFileSync('/proc/loadavg', 'utf8')}`)
} finally { await system.stop('and its database') }
process.exit(0)
