import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toCsv } from './csv.ts'
import { around, linkOf, type Standing, type Traces } from './links.ts'
import { quarterOf, stageOf } from './quarter.ts'
import { isNamed, isSameHouse, surnameOf } from './resemblance.ts'
import { reviewerOf, type Member } from './reviewers.ts'
import { saidOf } from './words.ts'
import { isUnusual, usualOf } from './volume.ts'

const days = fc.array(fc.nat(200), { maxLength: 60 })

it('never calls fewer than twenty patients unusual, whatever her days were', () => {
  fc.assert(fc.property(days, fc.nat(19), (usual, today) => !isUnusual(today, usual)))
})
it('never calls a day unusual that is no more than one of the last thirty repeated', () => {
  fc.assert(fc.property(fc.nat(500), fc.integer({ min: 5, max: 30 }), (n, length) => !isUnusual(n, Array.from({ length }, () => n))))
})
it('more patients are never less unusual', () => {
  fc.assert(fc.property(days, fc.nat(500), fc.nat(500), (usual, a, b) => !isUnusual(Math.min(a, b), usual) || isUnusual(Math.max(a, b), usual)))
})
it('compares with the last thirty working days only', () => {
  fc.assert(fc.property(days, fc.array(fc.nat(200), { minLength: 30, maxLength: 30 }), (old, last) => usualOf([...old, ...last]).most === usualOf(last).most))
})
it('draws the line at mean and three deviations, and lets a newcomer open sixty', () => {
  expect(usualOf([8, 12, 8, 12, 10, 10])).toEqual({ mean: 10, most: 19 })
  expect([isUnusual(19, [8, 12, 8, 12, 10]), isUnusual(20, [8, 12, 8, 12, 10])]).toEqual([false, true])
  expect([isUnusual(60, []), isUnusual(61, [])]).toEqual([false, true])
  expect(isUnusual(45, [30, 40, 30, 40, 35, 35])).toBe(false)
  expect(isUnusual(50, [30, 40, 30, 40, 35, 35])).toBe(true)
})

it('knows a family name in any case, with accents or without, also as half of a double name', () => {
  expect(surnameOf('Nina GARCÍA')).toBe('garcia')
  expect([isNamed('García-Vale', 'vale'), isNamed('Garcia', 'garcia'), isNamed('Garcias', 'garcia'), isNamed('Garcia', '')]).toEqual([true, true, false, false])
  fc.assert(fc.property(fc.stringMatching(/^[A-Za-zÀ-ÿ]{2,12}$/), (name) => isNamed(name.toUpperCase(), surnameOf(`Ana ${name.toLowerCase()}`)) || surnameOf(name) === ''))
})

it('knows the same house, whether written out, shortened or with an apartment', () => {
  const elm = '12 Elm Street, Springfield, NY 10001'
  for (const same of ['12 elm st', '12 Elm St Apt 3, Springfield NY 10001-1234', '12 ELM STREET # 4\nSpringfield NY']) expect(isSameHouse(elm, same), same).toBe(true)
  for (const not of ['14 Elm Street, Springfield, NY 10001', '12 Elm Street, Shelbyville, NY 10009', '12 Oak Street', 'Elm Street', '', 'PO Box']) expect(isSameHouse(elm, not), not).toBe(false)
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => isSameHouse(a, b) === isSameHouse(b, a)))
})

const nothing: Traces = { appointments: [], notes: [], messages: [], sales: [], payments: [], ownActs: [], care: [], patientSince: undefined }
const DESK: Standing = { office: true, clinical: false, director: false }
const NURSE: Standing = { office: false, clinical: true, director: false }
const DIRECTOR: Standing = { office: false, clinical: true, director: true }
const NOW = '2026-11-22T15:00:00.000Z'
const daysFrom = (n: number) => new Date(Date.parse(NOW) + n * 86_400_000).toISOString()

it('finds no link where nothing is on record, for nobody', () => {
  for (const who of [DESK, NURSE, DIRECTOR]) expect(linkOf('usr_a', who, NOW, nothing)).toBeUndefined()
})
it('links a provider to her own appointments of 30 days around, the desk and the director to all of them', () => {
  const of = (providerId: string, startsIn: number) => ({ ...nothing, appointments: [{ providerId, startsAt: daysFrom(startsIn), createdAt: daysFrom(-200), state: 'done' }] })
  fc.assert(fc.property(fc.integer({ min: -120, max: 120 }), (n) => {
    const near = Math.abs(n) <= 30
    expect(linkOf('usr_a', NURSE, NOW, of('usr_a', n)) !== undefined).toBe(near)
    expect(linkOf('usr_a', NURSE, NOW, of('usr_b', n))).toBeUndefined()
    for (const who of [DESK, DIRECTOR]) expect(linkOf('usr_a', who, NOW, of('usr_b', n)) !== undefined).toBe(near)
  }))
})
it('links by own notes, payments taken, own work, care, and the desk by what was booked, sold, sent or made just now', () => {
  const cases: [Standing, Partial<Traces>, string | undefined][] = [
    [NURSE, { notes: [{ authorId: 'usr_a', state: 'draft', startedAt: daysFrom(-300) }] }, 'note'],
    [NURSE, { notes: [{ authorId: 'usr_a', state: 'signed', startedAt: daysFrom(-300), signedAt: daysFrom(-80) }] }, 'note'],
    [NURSE, { notes: [{ authorId: 'usr_b', state: 'signed', startedAt: NOW, signedAt: NOW }] }, undefined],
    [DIRECTOR, { notes: [{ authorId: 'usr_b', state: 'signed', startedAt: NOW, signedAt: NOW }] }, 'note'],
    [NURSE, { payments: [{ takenBy: 'usr_a', at: daysFrom(-3) }] }, 'payment'],
    [NURSE, { ownActs: [{ at: daysFrom(-3) }] }, 'own work'],
    [NURSE, { care: [{ from: daysFrom(-1), until: daysFrom(1) }] }, 'care'],
    [NURSE, { care: [{ from: daysFrom(-9), until: daysFrom(-1) }] }, undefined],
    [DESK, { appointments: [{ providerId: 'usr_b', startsAt: daysFrom(90), createdAt: daysFrom(-1), state: 'booked' }] }, 'appointment'],
    [NURSE, { appointments: [{ providerId: 'usr_a', startsAt: daysFrom(1), createdAt: daysFrom(-1), state: 'cancelled' }] }, undefined],
    [DESK, { sales: [{ createdAt: daysFrom(-5) }] }, 'sale or message'],
    [DESK, { messages: [{ createdAt: daysFrom(-5) }] }, 'sale or message'],
    [NURSE, { messages: [{ createdAt: daysFrom(-5) }] }, undefined],
    [DESK, { patientSince: daysFrom(-0.5) }, 'new patient'],
    [DESK, { patientSince: daysFrom(-3) }, undefined],
  ]
  for (const [who, traces, link] of cases) expect(linkOf('usr_a', who, NOW, { ...nothing, ...traces }), JSON.stringify(traces)).toBe(link)
  expect(around(NOW)).toEqual({ from: daysFrom(-30), to: daysFrom(30) })
})

it('says in one sentence what somebody did', () => {
  expect(saidOf({ kinds: ['no-link', 'same-surname', 'vip'], clinical: true })).toBe(
    'opened the chart of a patient with the same surname and who is marked as well known, without appointment, task, message or payment',
  )
  expect(saidOf({ kinds: ['volume'], clinical: false, patientsThatDay: 40, usualPatients: 9 })).toBe('opened the record of a patient; 40 patients that day, usually 9')
})

const member = fc.record({ id: fc.constantFrom('usr_a', 'usr_b', 'usr_c', 'usr_d'), isOwner: fc.boolean(), isComplianceOfficer: fc.boolean() })
it('lets nobody decide on herself, and finds somebody whenever there is somebody who may', () => {
  fc.assert(fc.property(fc.uniqueArray(member, { selector: (m) => m.id, minLength: 1 }), fc.constantFrom('usr_a', 'usr_b', undefined), (people, managerId) => {
    const team = people as unknown as Member[]
    for (const who of team) {
      const reviewer = reviewerOf(who, team, managerId as Member['id'] | undefined)
      expect(reviewer).not.toBe(who.id)
      if (team.some((m) => m.id !== who.id && (m.isOwner || m.isComplianceOfficer))) expect(reviewer).toBeDefined()
    }
  }))
})

it('counts quarters and days of a review', () => {
  expect(['2026-01-01', '2026-03-31', '2026-04-01', '2026-12-31'].map((d) => quarterOf(`${d}T12:00:00.000Z`))).toEqual(['2026-Q1', '2026-Q1', '2026-Q2', '2026-Q4'])
  expect([0, 13, 14, 20, 21, 29, 30, 400].map((n) => stageOf(NOW, daysFrom(n)))).toEqual(['open', 'open', 'remind', 'remind', 'escalate', 'escalate', 'overdue', 'overdue'])
})

it('writes tables that a spreadsheet reads and never runs', () => {
  expect(toCsv([['a,b', 'say "hi"', '=1+1', '+1', '-x', '@y', 'two\nlines']])).toBe(`"a,b","say ""hi""",'=1+1,'+1,'-x,'@y,"two\nlines"\r\n`)
})
