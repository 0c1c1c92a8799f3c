import pg from 'pg'
import { openDatabases } from '../server/src/platform/databases.ts'
import { allAre, load } from './load.ts'
import { personName } from './people.ts'
import { configOf, SLOT_MINUTES, type Practice } from './practice.ts'
import { CONNECTIONS, figuresOf, rateAndCpu, type Bench, type Row } from './row.ts'

const AIM_PER_SECOND = 1000
const PER_SECOND_AT_MOST = 2500
/** Below the 20 a minute that one address may book: each request comes from an address that may. */
const ANSWERS_PER_ADDRESS = 18
const DAY_MS = 86_400_000
/** 15:00 to 01:00 UTC are within 6 to 22 o'clock in New York, all year round. */
const FIRST_HOUR = 15
const HOURS = 10
const SLOTS_A_DAY = (HOURS * 60) / SLOT_MINUTES
/** The first days are left to the other rows, and to the race. */
const FIRST_DAY = 20
const RACE_DAY = 10

const startOf = (day: number, slot: number): string => {
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS
  return new Date(midnight + day * DAY_MS + FIRST_HOUR * 3_600_000 + slot * SLOT_MINUTES * 60_000).toISOString()
}

const booking = ({ locationId, serviceId }: Practice, providerId: string, startsAt: string, n: number) => {
  const { given, family } = personName(900_000 + n)
  const body = {
    serviceId, locationId, providerId, startsAt, givenName: given, familyName: family, birthDate: '1991-06-07', email: `guest${n}@bench.test`,
    phone: `+1212${String(2_000_000 + (n % 7_000_000))}`,
  }
  return { method: 'POST', path: '/api/public/bookings', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

export const measureRate = async ({ server, practice, seconds }: Bench): Promise<Row> => {
  const { providerIds } = practice
  const free = Array.from({ length: PER_SECOND_AT_MOST * (seconds + 1) }, (_, n) => {
    const provider = providerIds[n % providerIds.length] ?? ''
    const rest = Math.floor(n / providerIds.length)
    // A different day each time, as people ask: few visits stand on each.
    const days = 150
    return booking(practice, provider, startOf(FIRST_DAY + (rest % days), Math.floor(rest / days) % SLOTS_A_DAY), n)
  })
  const measured = await load(
    { port: server.port, connections: CONNECTIONS, warmUpSeconds: 1, seconds, requests: free, inTurn: 'once', answersPerAddress: ANSWERS_PER_ADDRESS }, server,
  )
  allAre(200, measured)
  return {
    work: 'book (rules, exclusion, audit, outbox)',
    field: 'Medplum 168/s with neither, duplicates accepted',
    aim: '≥ 1,000/s',
    result: rateAndCpu(measured),
    isMet: measured.perSecond >= AIM_PER_SECOND,
    figures: figuresOf(measured),
  }
}

const overlaps = async (dataDir: string): Promise<number> => {
  const owner = new pg.Client((await openDatabases(configOf(dataDir))).owner)
  await owner.connect()
  try {
    const { rows } = await owner.query<{ n: number }>(
      `select count(*)::int as n from appointment a join appointment b on a.practice_id = b.practice_id and a.provider_id = b.provider_id and a.id < b.id
       and a.starts_at < b.ends_at and b.starts_at < a.ends_at where a.state <> 'cancelled' and b.state <> 'cancelled'`,
    )
    return rows[0]?.n ?? 0
  } finally {
    await owner.end()
  }
}

const CLIENTS = 64
const TRIES = 10_000
const SLOTS = 100

const measureRace = async ({ server, practice }: Bench): Promise<Row> => {
  const { providerIds } = practice
  const requests = Array.from({ length: TRIES }, (_, n) => {
    // Clients that ask at the same moment ask for the same slot.
    const slot = Math.floor(n / (TRIES / SLOTS))
    return booking(practice, providerIds[slot % providerIds.length] ?? '', startOf(RACE_DAY, Math.floor(slot / providerIds.length)), 100_000 + n)
  })
  const measured = await load({ port: server.port, connections: CLIENTS, warmUpSeconds: 0, requests, inTurn: 'once', answersPerAddress: ANSWERS_PER_ADDRESS }, server)
  const { 200: booked = 0, 409: refused = 0 } = measured.statuses
  const duplicates = Math.max(booked - SLOTS, 0) + (await overlaps(server.dataDir))
  return {
    work: `${TRIES.toLocaleString('en')} tries by ${CLIENTS} clients on ${SLOTS} slots`,
    field: 'Medplum accepts duplicates',
    aim: '0 duplicates',
    result: `${duplicates} duplicates · ${booked} booked, ${refused} clearly refused, ${measured.answers - booked - refused} else · ${Math.round(measured.perSecond)}/s`,
    isMet: duplicates === 0 && booked === SLOTS && booked + refused === TRIES,
    figures: { duplicates, booked, refused, perSecond: measured.perSecond },
  }
}

export const measureBooking = async (bench: Bench): Promise<Row[]> => [await measureRate(bench), await measureRace(bench)]
