import { allAre, load, type LoadOrder } from './load.ts'
import { CONNECTIONS, figuresOf, type Bench, type Row } from './row.ts'

const SLOT_QUESTIONS_PER_ADDRESS = 100
const DAYS = 14

const latencies = async (bench: Bench, requests: LoadOrder['requests'], more: Partial<LoadOrder> = {}) => {
  const { server, seconds } = bench
  const order: LoadOrder = { port: server.port, connections: CONNECTIONS, warmUpSeconds: 1, seconds, requests, inTurn: 'again and again', ...more }
  const together = await load(order, server)
  const alone = await load({ ...order, connections: 1, seconds: Math.min(seconds, 3) }, server)
  allAre(200, together)
  allAre(200, alone)
  return { together, alone }
}

const row = (work: string, aimMs: number, { together, alone }: Awaited<ReturnType<typeof latencies>>): Row => ({
  work,
  field: '–',
  aim: `p50 ≤ ${aimMs} ms`,
  result: `p50 ${together.p50Ms.toFixed(1)} ms with ${CONNECTIONS} at once (${Math.round(together.perSecond)}/s), ${alone.p50Ms.toFixed(1)} ms alone · ${(together.serverMsEach + together.databaseMsEach).toFixed(2)} ms CPU`,
  isMet: together.p50Ms <= aimMs,
  figures: { ...figuresOf(together), aloneP50Ms: alone.p50Ms },
})

export const measureChart = async (bench: Bench): Promise<Row> =>
  row('open a chart with 50 sealed records', 15, await latencies(bench, [{ method: 'GET', path: `/api/patients/${bench.practice.chartPatientId}/chart`, headers: { cookie: bench.director } }]))

export const measureSlots = async (bench: Bench): Promise<Row> => {
  const { serviceId, locationId, providerIds } = bench.practice
  const path = `/api/public/slots?serviceId=${serviceId}&locationId=${locationId}&providerId=any&days=${DAYS}`
  return row(`${DAYS}-day slot search, ${providerIds.length} providers`, 30, await latencies(bench, [{ method: 'GET', path }], { answersPerAddress: SLOT_QUESTIONS_PER_ADDRESS }))
}
