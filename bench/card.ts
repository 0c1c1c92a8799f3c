import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { allAre, load, type Measured } from './load.ts'
import { profileIn, shareOf, topOf } from './profile.ts'
import { CONNECTIONS, figuresOf, rateAndCpu, type Bench, type Row } from './row.ts'
import { startServer } from './server.ts'
import { withoutAudit } from './unaudited.ts'

const cards = ({ practice, desk, server, seconds }: Bench, more: { seconds?: number; connections?: number } = {}) =>
  load(
    {
      port: server.port, connections: CONNECTIONS, warmUpSeconds: 1, seconds, inTurn: 'again and again',
      requests: practice.patientIds.map((id) => ({ method: 'GET', path: `/api/patients/${id}/card`, headers: { cookie: desk } })), ...more,
    },
    server,
  )

const PROFILED_SECONDS = 3
/** Which part of the server's processor time goes into opening sealed values, by a profile of a server started for it. */
const profiled = async (bench: Bench) => {
  const folder = mkdtempSync(join(tmpdir(), 'nacre-profile-'))
  const { dataDir, port } = bench.server
  try {
    const server = await startServer({ dataDir, port, nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${folder}`] })
    allAre(200, await cards({ ...bench, server }, { seconds: PROFILED_SECONDS }))
    await server.stop()
    const profile = profileIn(folder)
    return { sealing: shareOf(profile, ['openValue']), top: topOf(profile, 12) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const AIM = { perSecond: 2000, cpuMs: 0.7, ofLimit: 0.45, audit: 0.35, sealing: 0.1 }

export const measureCard = async (bench: Bench, limit: Measured): Promise<Row[]> => {
  const measured = await cards(bench)
  allAre(200, measured)
  const cpu = measured.serverMsEach + measured.databaseMsEach
  const ofLimit = measured.perSecond / limit.perSecond
  return [
    {
      work: "one patient's card: decided, decrypted, audit committed",
      field: 'Medplum 173/s, 7 ms CPU with stored audit; 884/s without',
      aim: '≥ 2,000/s, ≤ 0.7 ms CPU, ≥ 0.45× the limit',
      result: `${rateAndCpu(measured)} · ${ofLimit.toFixed(2)}× the limit`,
      isMet: measured.perSecond >= AIM.perSecond && cpu <= AIM.cpuMs && ofLimit >= AIM.ofLimit,
      figures: { ...figuresOf(measured), ofLimit, ofLimitByCpu: (limit.serverMsEach + limit.databaseMsEach) / cpu },
    },
    {
      work: 'the limit: bare Fastify, one audit row, one read, commit, 1 KB opened',
      field: '4,500/s, 0.31 ms CPU on a quiet machine',
      aim: '–',
      result: rateAndCpu(limit),
      isMet: true,
      figures: figuresOf(limit),
    },
  ]
}

/** The server must not be running with anything that matters: it is stopped for the profile and `restart` brings it back. */
export const measureCardParts = async (bench: Bench, restart: () => Promise<void>): Promise<{ rows: Row[]; top: string[] }> => {
  const unaudited = await withoutAudit(bench.server.dataDir, () => cards(bench))
  allAre(200, unaudited)
  const audited = await cards(bench)
  const audit = 1 - audited.perSecond / unaudited.perSecond
  const cpu = (m: Measured) => m.serverMsEach + m.databaseMsEach
  const auditCpu = 1 - cpu(unaudited) / cpu(audited)
  await bench.server.stop()
  const { sealing: ofServer, top } = await profiled(bench)
  await restart()
  await sleep(500)
  const sealing = (ofServer * audited.serverMsEach) / cpu(audited)
  return {
    top,
    rows: [
      {
        work: '… of which the stored audit',
        field: 'Medplum 80 %',
        aim: '≤ 35 %',
        result: `${Math.round(audit * 100)} % of the rate (${Math.round(unaudited.perSecond)}/s without it), ${Math.round(auditCpu * 100)} % of the CPU`,
        isMet: audit <= AIM.audit,
        figures: { audit, auditCpu, perSecondWithout: unaudited.perSecond, perSecondWith: audited.perSecond },
      },
      {
        work: '… of which opening sealed fields',
        field: '–',
        aim: '≤ 10 %',
        result: `${(sealing * 100).toFixed(1)} % of the CPU (by profile)`,
        isMet: sealing <= AIM.sealing,
        figures: { sealing },
      },
    ],
  }
}
