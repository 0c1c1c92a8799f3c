import { afterAll, beforeAll, expect, it } from 'vitest'
import { Temporal } from 'temporal-polyfill'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { addLocation, changeHours, changeService } from '#modules/practices'

const ZONE = 'America/New_York'
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]

let s: Spa
let desk: TestPerson
let nurse: TestPerson
let second: TestPerson
let owner: TestPerson
let serviceId: string
let elsewhere: { id: string }
let deskElsewhere: TestPerson

/** A wall-clock time some days from today at the practice. */
const at = (days: number, hour: number, minute = 0) =>
  Temporal.Now.zonedDateTimeISO(ZONE).add({ days }).with({ hour, minute, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 }).toInstant().toString({ smallestUnit: 'millisecond' })
const dateOf = (days: number) => Temporal.Now.plainDateISO(ZONE).add({ days }).toString()

beforeAll(async () => {
  s = await spa()
  desk = await s.person(['front-desk'])
  owner = await s.person(['owner'])
  nurse = await s.person(['provider'], { isProvider: true, name: 'Noor Haddad' })
  second = await s.person(['provider'], { isProvider: true, name: 'Mika Lindqvist' })
  const hours = WEEKDAYS.map((weekday) => ({ locationId: s.locationId, weekday, fromMinute: 540, toMinute: 1080 }))
  for (const { id } of [nurse, second]) await s.perform(changeHours, s.setUp, { userId: id, hours })
  const made = await s.perform(changeService, s.setUp, {
    name: 'Neurotoxin treatment', minutes: 30, priceCents: 42_000, onlineBooking: true, active: true, providerIds: [nurse.id, second.id],
  })
  serviceId = made.id
  elsewhere = await s.perform(addLocation, s.setUp, { name: 'Uptown', address: '', timeZone: ZONE })
  deskElsewhere = await s.person(['front-desk'], { places: [elsewhere.id] })
})
afterAll(() => s.close())

let guests = 0
const guest = (more: object = {}) => {
  const n = ++guests
  return {
    serviceId, locationId: s.locationId, providerId: 'any', startsAt: at(3, 9), givenName: 'Grace', familyName: `Guest${n}`, birthDate: '1991-11-19',
    email: `grace${n}@example.test`, phone: `212-555-${String(3000 + n)}`, ...more,
  }
}
let addresses = 0
/** From an address of its own: the limit on tries is by address. */
const book = (payload: object) => {
  const n = ++addresses
  return s.server.inject({ method: 'POST', url: '/api/public/bookings', payload, remoteAddress: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` })
}
const slots = async (query: Record<string, string>) => {
  const asked = new URLSearchParams({ serviceId, locationId: s.locationId, ...query })
  return s.as().get(`/api/public/slots?${asked.toString()}`)
}
const timesOn = async (days: number, query: Record<string, string> = {}): Promise<string[]> =>
  (await slots({ from: dateOf(days), days: '1', ...query })).json().days[0].times
const atDesk = (patientId: string, startsAt: string, more: object = {}) =>
  s.as(desk).post('/api/appointments', { patientId, locationId: s.locationId, providerId: nurse.id, serviceId, startsAt, ...more })
const step = (who: TestPerson, visit: { id: string }, patientId: string, what: string, more: object = {}) =>
  s.as(who).post(`/api/appointments/${visit.id}/${what}`, { patientId, ...more })
const patientsNamed = async (q: string): Promise<{ id: string }[]> => (await s.as(desk).post('/api/patients/find', { q })).json()

it('shows anybody what can be booked, and of the team only names', async () => {
  const shown = await s.as().get('/api/public/catalogue')
  expect(shown.statusCode).toBe(200)
  expect(shown.json()).toEqual({
    practice: { name: 'Pearl Aesthetics', phone: '+12125550100' },
    locations: [expect.objectContaining({ name: 'Downtown' }), expect.objectContaining({ name: 'Uptown' })],
    services: [{ id: serviceId, name: 'Neurotoxin treatment', minutes: 30, providerIds: expect.arrayContaining([nurse.id, second.id]) }],
    providers: [
      { id: second.id, name: 'Mika Lindqvist', locationIds: [s.locationId] },
      { id: nurse.id, name: 'Noor Haddad', locationIds: [s.locationId] },
    ],
  })
})

it('does not offer online what is not for online booking, nor a provider who does not perform it', async () => {
  const quiet = await s.perform(changeService, s.setUp, { name: 'Consultation', minutes: 15, priceCents: 0, onlineBooking: false, active: true, providerIds: [nurse.id] })
  expect((await s.as().get('/api/public/catalogue')).json().services).toHaveLength(1)
  expect((await slots({ serviceId: quiet.id })).statusCode).toBe(422)
  expect((await book(guest({ serviceId: quiet.id }))).json().errors).toEqual([{ path: 'serviceId', message: 'This service cannot be booked online.' }])
  const stranger = await s.person(['provider'], { isProvider: true })
  expect((await book(guest({ providerId: stranger.id }))).json().errors[0].path).toBe('providerId')
})

it('offers the free times of two weeks without opening anybody’s record, and the trail says that it looked across patients', async () => {
  const answer = await slots({ from: dateOf(1) })
  expect(answer.json()).toMatchObject({ timeZone: ZONE, minutes: 30 })
  expect(answer.json().days).toHaveLength(14)
  expect(answer.json().days[0].times).toContain(at(1, 9))
  expect(answer.json().days[0].times).not.toContain(at(1, 8, 45))
  expect(answer.json().days[0].times).not.toContain(at(1, 17, 45))
  expect((await s.trailOf()).filter((e) => e.action === 'booking.slots').at(-1)).toMatchObject({ actor: 'public', patientId: '*', outcome: 'done', opened: [] })
})

it('books for somebody new: a patient, a visit, a reference; the time is then gone, and the trail says so', async () => {
  const startsAt = at(2, 10)
  const answer = await book(guest({ startsAt, providerId: nurse.id, familyName: 'Oyelaran', language: 'es' }))
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toEqual({
    reference: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/), startsAt, endsAt: at(2, 10, 30), timeZone: ZONE,
    practice: { name: 'Pearl Aesthetics', phone: '+12125550100' }, location: { name: 'Downtown', address: '1 Main St' },
  })
  expect(await timesOn(2, { providerId: nurse.id })).not.toContain(startsAt)
  expect(await timesOn(2)).toContain(startsAt)
  const [made] = await patientsNamed('oyelaran')
  const card = (await s.as(desk).get(`/api/patients/${made?.id}/card`)).json()
  expect(card).toMatchObject({ givenName: 'Grace', language: 'es', phone: expect.stringMatching(/^\+1212555\d{4}$/) })
  const visits = (await s.as(desk).get(`/api/patients/${made?.id}/visits`)).json()
  expect(visits).toEqual([expect.objectContaining({ state: 'booked', source: 'online', serviceName: 'Neurotoxin treatment', providerName: 'Noor Haddad', reference: answer.json().reference })])
  expect((await s.trailOf()).filter((e) => e.action === 'booking.book').at(-1)).toMatchObject({ actor: 'public', outcome: 'done' })
})

it('knows a patient again by e-mail or phone with birth date and name, and answers exactly as for somebody new', async () => {
  const ana = await s.patient({ givenName: 'Ana', familyName: 'Gómez', birthDate: '1985-05-05', email: 'ana.gomez@example.test', phone: '+12125558800' })
  const known = { givenName: 'ana', familyName: 'Gomez', birthDate: '1985-05-05' }
  const byMail = await book(guest({ ...known, startsAt: at(4, 9), email: 'Ana.Gomez@example.test', phone: '646-555-0111' }))
  const byPhone = await book(guest({ ...known, startsAt: at(4, 10), email: 'other@example.test', phone: '(212) 555-8800' }))
  const fresh = await book(guest({ startsAt: at(4, 11) }))
  expect([byMail.statusCode, byPhone.statusCode, fresh.statusCode]).toEqual([200, 200, 200])
  expect(Object.keys(byMail.json())).toEqual(Object.keys(fresh.json()))
  expect((await s.as(desk).get(`/api/patients/${ana.id}/visits`)).json()).toHaveLength(2)
  expect(await patientsNamed('gomez ana')).toHaveLength(1)
  // What is on record is not changed by somebody who has shown nothing.
  expect((await s.as(desk).get(`/api/patients/${ana.id}/card`)).json()).toMatchObject({ email: 'ana.gomez@example.test', phone: '+12125558800' })
  expect((await s.trailOf(ana.id)).filter((e) => e.action === 'booking.book')).toHaveLength(2)
})

it('keeps two people apart who share an e-mail address and a birth date', async () => {
  await s.patient({ givenName: 'Rita', familyName: 'Twin', birthDate: '2001-01-01', email: 'twins@example.test' })
  await book(guest({ startsAt: at(4, 13), givenName: 'Bea', familyName: 'Twin', birthDate: '2001-01-01', email: 'twins@example.test' }))
  expect(await patientsNamed('twin')).toHaveLength(2)
})

it('refuses a time that is not offered: outside hours, off the grid, too soon, past, or half taken', async () => {
  await book(guest({ startsAt: at(5, 10), providerId: nurse.id }))
  for (const startsAt of [at(5, 8), at(5, 17, 45), at(5, 9, 7), at(-1, 10), at(5, 10, 15), at(5, 9, 45), at(400, 10)]) {
    const refused = await book(guest({ startsAt, providerId: nurse.id, familyName: 'Nowhere' }))
    expect(refused.statusCode, startsAt).toBe(409)
    expect(refused.json().detail).toBe('That time was just taken. Nothing was booked; choose another.')
  }
  expect(await patientsNamed('nowhere')).toEqual([])
})

it('says which field is wrong, and books nothing', async () => {
  const bad = await book(guest({ email: 'nobody', givenName: ' ', birthDate: '19/11/1991', startsAt: 'tomorrow' }))
  expect(bad.statusCode).toBe(422)
  expect(bad.json().errors.map((e: { path: string }) => e.path).toSorted()).toEqual(['birthDate', 'email', 'givenName', 'startsAt'])
  const unlikely = await book(guest({ phone: '123-456-7890', birthDate: '2999-01-01' }))
  expect(unlikely.json().errors.map((e: { path: string }) => e.path)).toEqual(['phone', 'birthDate'])
  expect((await s.as().get(`/api/public/slots?serviceId=${serviceId}`)).json().errors[0].path).toBe('locationId')
})

it('gives one slot to one person: of 200 who want it at once, one is booked and 199 are told so clearly', async () => {
  const startsAt = at(6, 14)
  const answers = await Promise.all(Array.from({ length: 200 }, () => book(guest({ startsAt, providerId: nurse.id, familyName: 'Crowd' }))))
  const refused = answers.filter((a) => a.statusCode === 409)
  expect(answers.filter((a) => a.statusCode === 200)).toHaveLength(1)
  expect(refused).toHaveLength(199)
  expect(new Set(refused.map((a) => a.json().detail))).toEqual(new Set(['That time was just taken. Nothing was booked; choose another.']))
  const { rows } = await s.owner.query(`select count(*)::int as n from appointment where starts_at = $1 and provider_id = $2`, [startsAt, nurse.id])
  expect(rows[0].n).toBe(1)
  // Nobody who lost left a record behind.
  expect(await patientsNamed('crowd')).toHaveLength(1)
})

it('never books two visits that overlap, whoever asks for whichever quarter hour', async () => {
  const starts = [0, 15, 30, 45, 60].map((minute) => at(7, 14 + Math.floor(minute / 60), minute % 60))
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => book(guest({ startsAt: starts[i % starts.length], providerId: nurse.id }))))
  expect(new Set(answers.map((a) => a.statusCode))).toEqual(new Set([200, 409]))
  const { rows } = await s.owner.query(
    `select count(*)::int as n from appointment a join appointment b on a.provider_id = b.provider_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at where a.state = 'booked' and b.state = 'booked'`,
  )
  expect(rows[0].n).toBe(0)
})

it('finds a free provider for those who do not mind, and spreads the visits', async () => {
  const startsAt = at(8, 11)
  expect((await book(guest({ startsAt }))).statusCode).toBe(200)
  expect((await book(guest({ startsAt }))).statusCode).toBe(200)
  expect((await book(guest({ startsAt }))).statusCode).toBe(409)
  const { rows } = await s.owner.query('select provider_id from appointment where starts_at = $1', [startsAt])
  expect(new Set(rows.map((r) => r.provider_id))).toEqual(new Set([nurse.id, second.id]))
})

it('slows down whoever tries to book again and again', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 22; i++)
    statuses.push((await s.server.inject({ method: 'POST', url: '/api/public/bookings', payload: {}, remoteAddress: '192.0.2.9' })).statusCode)
  expect(statuses.slice(0, 20).every((status) => status === 422)).toBe(true)
  expect(statuses.slice(20)).toEqual([429, 429])
})

it('shows the desk a day with names and services, opens no birth date, and the trail says whose names', async () => {
  const ana = await s.patient({ givenName: 'Hannah', familyName: 'Day' })
  const visit = (await atDesk(ana.id, at(20, 9))).json()
  const day = await s.as(desk).get(`/api/calendar/day?locationId=${s.locationId}&date=${dateOf(20)}`)
  expect(day.json()).toEqual({
    timeZone: ZONE,
    providers: expect.arrayContaining([expect.objectContaining({ id: nurse.id, name: 'Noor Haddad', hours: [{ fromMinute: 540, toMinute: 1080 }] })]),
    visits: [
      {
        id: visit.id, patientId: ana.id, providerId: nurse.id, serviceId, serviceName: 'Neurotoxin treatment', patientName: 'Hannah Day', startsAt: at(20, 9),
        endsAt: at(20, 9, 30), state: 'booked', reference: expect.any(String), needsProvider: false,
      },
    ],
  })
  const line = (await s.trailOf(ana.id)).at(-1)
  expect(line).toMatchObject({ actor: desk.id, action: 'calendar.day' })
  expect(line?.opened.filter((o) => o.record === 'patient')).toEqual([{ record: 'patient', patientId: ana.id, rows: [ana.id], fields: ['calledName', 'familyName', 'givenName'] }])
})

it('refuses a day at a place where she does not work, says why, and records it', async () => {
  const refused = await s.as(deskElsewhere).get(`/api/calendar/day?locationId=${s.locationId}&date=${dateOf(20)}`)
  expect(refused.statusCode).toBe(403)
  expect(refused.json().refusal).toMatchObject({ rule: 'works-here', whoCanFix: expect.any(String), fix: expect.any(Object) })
  expect((await s.trailOf()).at(-1)).toMatchObject({ actor: deskElsewhere.id, action: 'calendar.day', outcome: 'denied', rule: 'works-here' })
})

it('refuses the calendar to those whose role does not include it', async () => {
  const it_ = await s.person(['it-support'])
  const refused = await s.as(it_).get(`/api/calendar/day?locationId=${s.locationId}&date=${dateOf(20)}`)
  expect(refused.json()).toMatchObject({ status: 403, refusal: { rule: 'role' } })
  expect((await s.trailOf()).at(-1)).toMatchObject({ actor: it_.id, outcome: 'denied', rule: 'role' })
})

it('does not book with somebody who does not perform the service, nor over another visit, nor for a patient who is not hers to see', async () => {
  const ana = await s.patient()
  const stranger = await s.person(['provider'], { isProvider: true })
  expect((await atDesk(ana.id, at(21, 9), { providerId: stranger.id })).json().errors[0].path).toBe('providerId')
  expect((await atDesk(ana.id, at(21, 9))).statusCode).toBe(200)
  const clash = await atDesk((await s.patient()).id, at(21, 9, 15))
  expect(clash.statusCode).toBe(409)
  expect(clash.json().detail).toBe('That time overlaps another visit of this provider. Nothing was changed; choose another time.')
  const eve = await s.patient({ locationId: elsewhere.id })
  expect((await atDesk(eve.id, at(21, 11))).statusCode).toBe(404)
  expect((await s.as(deskElsewhere).post('/api/appointments', { patientId: ana.id, locationId: s.locationId, providerId: nurse.id, serviceId, startsAt: at(21, 12) })).json().refusal.rule).toBe('works-here')
})

it('checks in with one tap, once; takes it back; and tells the trail', async () => {
  const ana = await s.patient()
  const visit = (await atDesk(ana.id, at(22, 9))).json()
  expect((await step(desk, visit, ana.id, 'check-in')).json()).toMatchObject({ id: visit.id, state: 'checked-in' })
  const again = await step(desk, visit, ana.id, 'check-in')
  expect([again.statusCode, again.json().detail]).toEqual([409, 'This visit is checked in. Nothing was changed; look again.'])
  expect((await step(desk, visit, ana.id, 'reopen')).json().state).toBe('booked')
  expect((await s.trailOf(ana.id)).map((e) => [e.action, e.outcome])).toEqual([
    ['appointment.book', 'done'], ['appointment.check-in', 'done'], ['appointment.check-in', 'failed'], ['appointment.reopen', 'done'],
  ])
})

it('moves a visit to another time and provider, but not onto another visit', async () => {
  const [ana, eva] = [await s.patient(), await s.patient()]
  const visit = (await atDesk(ana.id, at(23, 9))).json()
  await atDesk(eva.id, at(23, 12))
  expect((await step(desk, visit, ana.id, 'move', { providerId: nurse.id, startsAt: at(23, 12, 15) })).statusCode).toBe(409)
  const moved = await step(desk, visit, ana.id, 'move', { providerId: second.id, startsAt: at(23, 12, 15) })
  expect(moved.json()).toMatchObject({ providerId: second.id, startsAt: at(23, 12, 15), endsAt: at(23, 12, 45) })
})

it('gives the time of a cancelled visit and of a no-show to others', async () => {
  const [ana, eva] = [await s.patient(), await s.patient()]
  const first = (await atDesk(ana.id, at(24, 9))).json()
  expect((await step(desk, first, ana.id, 'cancel')).json().state).toBe('cancelled')
  const then = (await atDesk(eva.id, at(24, 9))).json()
  expect((await step(desk, first, ana.id, 'reopen')).statusCode).toBe(409)
  expect((await step(desk, then, eva.id, 'no-show')).json().state).toBe('no-show')
  expect((await step(desk, first, ana.id, 'reopen')).statusCode).toBe(200)
})

it('lets only her own provider begin and end a visit', async () => {
  const ana = await s.patient()
  const visit = (await atDesk(ana.id, at(25, 9))).json()
  const refused = await step(second, visit, ana.id, 'start')
  expect(refused.json()).toMatchObject({ status: 403, refusal: { rule: 'own-visit', why: 'This visit is not with you.' } })
  expect((await step(desk, visit, ana.id, 'start')).json().refusal.rule).toBe('role')
  expect((await step(nurse, visit, ana.id, 'start')).json().state).toBe('in-treatment')
  expect((await step(nurse, visit, ana.id, 'finish')).json().state).toBe('done')
  expect((await s.trailOf(ana.id)).map((e) => [e.actor, e.action, e.outcome]).slice(1)).toEqual([
    [second.id, 'appointment.start', 'denied'], [desk.id, 'appointment.start', 'denied'], [nurse.id, 'appointment.start', 'done'], [nurse.id, 'appointment.finish', 'done'],
  ])
})

it('does not reach a visit by another patient’s name, nor from another location', async () => {
  const [ana, eva] = [await s.patient(), await s.patient()]
  const visit = (await atDesk(ana.id, at(26, 9))).json()
  expect((await step(desk, visit, eva.id, 'cancel')).statusCode).toBe(404)
  expect((await step(deskElsewhere, visit, ana.id, 'cancel')).statusCode).toBe(404)
  expect((await s.as(deskElsewhere).get(`/api/patients/${ana.id}/visits`)).statusCode).toBe(404)
  expect((await s.as(desk).get('/api/patients/pat_00000000000000000000000000/visits')).statusCode).toBe(404)
})

it('shows a provider her own day, with two identifiers, and no one else’s', async () => {
  const [ana, eva] = [await s.patient({ familyName: 'Mine' }), await s.patient({ familyName: 'Theirs' })]
  await atDesk(ana.id, at(27, 9))
  await atDesk(eva.id, at(27, 9), { providerId: second.id })
  const mine = await s.as(nurse).get(`/api/my-day?locationId=${s.locationId}&date=${dateOf(27)}`)
  expect(mine.json().visits).toEqual([expect.objectContaining({ patientId: ana.id, patientName: 'Ana Mine', birthDate: '1990-02-14', serviceName: 'Neurotoxin treatment' })])
  expect((await s.as(desk).get(`/api/my-day?locationId=${s.locationId}&date=${dateOf(27)}`)).statusCode).toBe(403)
})

it('finds a patient in two keystrokes, those expected today first, each with her next visit', async () => {
  const later = await s.patient({ givenName: 'Xenia', familyName: 'Later' })
  const today = await s.patient({ givenName: 'Xandra', familyName: 'Today' })
  const never = await s.patient({ givenName: 'Ximena', familyName: 'Never' })
  await atDesk(later.id, at(30, 9))
  await atDesk(today.id, at(0, 23))
  const found = await s.as(desk).post('/api/desk/find', { q: 'X', locationId: s.locationId })
  expect(found.statusCode).toBe(422)
  const names = (await s.as(desk).post('/api/desk/find', { q: 'xa', locationId: s.locationId })).json()
  expect(names).toEqual([{ id: today.id, name: 'Xandra Today', birthDate: '1990-02-14', nextVisitAt: at(0, 23) }])
  const all = (await s.as(desk).post('/api/desk/find', { q: '1990-02-14', locationId: s.locationId })).json()
  expect(all[0].id).toBe(today.id)
  const next = async (id: string) => (await s.as(desk).get(`/api/patients/${id}/next-visit`)).json()
  expect([await next(later.id), await next(never.id)]).toEqual([{ startsAt: at(30, 9) }, {}])
})

it('lets the owner look at the calendar but not change it', async () => {
  expect((await s.as(owner).get(`/api/calendar/day?locationId=${s.locationId}&date=${dateOf(20)}`)).statusCode).toBe(200)
  const ana = await s.patient()
  const visit = (await atDesk(ana.id, at(28, 9))).json()
  expect((await step(owner, visit, ana.id, 'cancel')).json().refusal.rule).toBe('role')
})

it('keeps the names and birth dates of those who book out of the appointment table', async () => {
  const { rows } = await s.owner.query(`select column_name from information_schema.columns where table_name = 'appointment' order by 1`)
  expect(rows.map((r) => r.column_name)).toEqual([
    'checked_in_at', 'created_at', 'ends_at', 'id', 'location_id', 'paid_at', 'patient_id', 'practice_id', 'provider_id', 'service_id', 'source', 'starts_at', 'state',
  ])
})
