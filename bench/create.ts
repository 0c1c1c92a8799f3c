import { allAre, load } from './load.ts'
import { personName } from './people.ts'
import { CONNECTIONS, figuresOf, rateAndCpu, type Bench, type Row } from './row.ts'

const AIM_PER_SECOND = 1000
/** More than can be made in the time. */
const PER_SECOND_AT_MOST = 4000

export const measureCreate = async ({ server, practice, desk, seconds }: Bench): Promise<Row> => {
  const requests = Array.from({ length: PER_SECOND_AT_MOST * (seconds + 1) }, (_, n) => {
    const { given, family } = personName(500_000 + n)
    const body = { givenName: given, familyName: family, birthDate: '1988-04-05', phone: `+1646${String(2_000_000 + n)}`, email: `new${n}@bench.test`, locationId: practice.locationId }
    return { method: 'POST', path: '/api/patients', headers: { cookie: desk, 'content-type': 'application/json' }, body: JSON.stringify(body) }
  })
  const measured = await load({ port: server.port, connections: CONNECTIONS, warmUpSeconds: 1, seconds, requests, inTurn: 'once' }, server)
  allAre(200, measured)
  return {
    work: 'create a patient (sealed, blind-indexed, audited)',
    field: 'Medplum 80/s with stored audit',
    aim: '≥ 1,000/s',
    result: rateAndCpu(measured),
    isMet: measured.perSecond >= AIM_PER_SECOND,
    figures: figuresOf(measured),
  }
}
