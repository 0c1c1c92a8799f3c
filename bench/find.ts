import { allAre, load } from './load.ts'
import { personName } from './people.ts'
import { CONNECTIONS, figuresOf, rateAndCpu, type Bench, type Row } from './row.ts'

const AIM_PER_SECOND = 1000
const TYPED = 500
const PREFIX = 3

/** As a desk types: the first three letters of two names. */
const typed = (n: number): string => {
  const { given, family } = personName(n * 37)
  return `${family.slice(0, PREFIX)} ${given.slice(0, PREFIX)}`
}
const oneName = (n: number): string => personName(n * 37).family.slice(0, PREFIX + 1)

export const measureFind = async ({ server, practice, desk, seconds }: Bench): Promise<Row> => {
  const requests = Array.from({ length: TYPED }, (_, n) => ({
    method: 'POST', path: '/api/patients/find', headers: { cookie: desk, 'content-type': 'application/json' }, body: JSON.stringify({ q: n % 2 ? typed(n) : oneName(n) }),
  }))
  const measured = await load({ port: server.port, connections: CONNECTIONS, warmUpSeconds: 1, seconds, requests, inTurn: 'again and again' }, server)
  allAre(200, measured)
  return {
    work: `find by name prefix among ${practice.imported.people.toLocaleString('en')} sealed patients`,
    field: 'Medplum 235/s on 50,000 in clear',
    aim: '≥ 1,000/s',
    result: rateAndCpu(measured),
    isMet: measured.perSecond >= AIM_PER_SECOND,
    figures: figuresOf(measured),
  }
}
