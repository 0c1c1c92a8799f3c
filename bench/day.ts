import { allAre, load } from './load.ts'
import { CONNECTIONS, figuresOf, rateAndCpu, type Bench, type Row } from './row.ts'

const AIM_PER_SECOND = 1000

export const measureDay = async ({ server, practice, desk, seconds }: Bench): Promise<Row> => {
  const path = `/api/calendar/day?locationId=${practice.locationId}&date=${practice.day}`
  const measured = await load(
    { port: server.port, connections: CONNECTIONS, warmUpSeconds: 1, seconds, requests: [{ method: 'GET', path, headers: { cookie: desk } }], inTurn: 'again and again' }, server,
  )
  allAre(200, measured)
  return {
    work: `one day's appointments of a location (${practice.visits} visits, ${practice.providerIds.length} providers)`,
    field: 'Medplum 238/s',
    aim: '≥ 1,000/s',
    result: rateAndCpu(measured),
    isMet: measured.perSecond >= AIM_PER_SECOND,
    figures: figuresOf(measured),
  }
}
