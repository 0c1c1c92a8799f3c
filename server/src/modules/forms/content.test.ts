import { expect, it } from 'vitest'
import fc from 'fast-check'
import published from '../../../../content/consents/published.json' with { type: 'json' }
import { alertsOf } from './alerts.ts'
import { consentContents, consentOn, healthForm, healthFormOn } from './content.ts'
import { hashOf, plainText, textFor } from './consent-text.ts'
import { newToken } from '#kernel/token.ts'
import { ageInYears } from '#modules/patients'
import { neutralName } from '#modules/practices'
import { expiryOf, linkAddress } from './link-token.ts'
import { neutralPlace, whenOf } from './message.ts'
import { isDone, stepsOf } from './progress.ts'
import { askedItems, misfits, missing, relevantAnswers, takenOver } from './questionnaire.ts'
import type { Answers, AskedItem, QuestionItem } from './schema.ts'

const form = healthFormOn('2026-11-22')
const LANGUAGES = ['en', 'es'] as const
const questions = form.items.flatMap((item): AskedItem[] => (item.type === 'group' ? item.items : [item]))

// Consent texts.

it('never changes a consent text that was published: a new wording is a new version', async () => {
  const now: Record<string, string> = {}
  for (const { kind, versions } of consentContents)
    for (const version of versions)
      for (const language of LANGUAGES)
        now[`${kind} ${version.version} ${language}`] = await hashOf(plainText(version, language, '{practice}'))
  expect(now).toEqual(published.texts)
})

it('has the elements and statements of 45 CFR 164.508(c) in the authorization, each in both languages, each once', () => {
  const version = consentOn('marketing-photos', '2026-11-22')
  for (const language of LANGUAGES) {
    const elements = version[language].sections.map((section) => section.element)
    expect(elements).toEqual(['c1i', 'c1ii', 'c1iii', 'c1iv', 'a3ii', 'c1v', 'c2i', 'c2ii', 'c2iii', 'c4'])
  }
  expect(version.validForDays).toBeLessThanOrEqual(730)
})

it('keeps the authorization a document of its own (45 CFR 164.508(b)(3))', () => {
  for (const { kind, versions } of consentContents)
    for (const version of versions) {
      expect(version.uses.length > 0).toBe(kind === 'marketing-photos')
      for (const language of LANGUAGES)
        expect(version[language].sections.some((s) => s.element !== undefined)).toBe(kind === 'marketing-photos')
    }
})

it('names the rules and the law that each text carries out', () => {
  for (const file of [...consentContents, healthForm]) {
    expect(file.citation).toMatch(/45 CFR 164|45 CFR 160/)
    expect(file.rules.length).toBeGreaterThan(0)
  }
})

it('hashes all that is shown: another practice, language or word is another hash', async () => {
  const version = consentOn('treatment', '2026-11-22')
  const hashes = await Promise.all([
    hashOf(plainText(version, 'en', 'Pearl')),
    hashOf(plainText(version, 'en', 'Perl')),
    hashOf(plainText(version, 'es', 'Pearl')),
    hashOf(plainText({ ...version, en: { ...version.en, statement: `${version.en.statement} ` } }, 'en', 'Pearl')),
  ])
  expect(new Set(hashes).size).toBe(4)
  expect(JSON.stringify(textFor(version, 'en', 'Pearl'))).not.toContain('{practice}')
})

// The questionnaire.

it('asks about what can make a treatment dangerous', () => {
  const raised = form.alerts.map((a) => `${a.question}=${String(a.answer)}`)
  for (const must of [
    'allergies=lidocaine',
    'allergies=latex',
    'allergies=egg-albumin',
    'allergies=antibiotics',
    'pregnancy=pregnant',
    'pregnancy=breastfeeding',
    'blood-thinners=warfarin',
    'blood-thinners=aspirin',
    'blood-thinners=nsaid',
    'blood-thinners=supplements',
    'neuromuscular=myasthenia-gravis',
    'neuromuscular=lambert-eaton',
    'neuromuscular=als',
    'conditions=autoimmune',
    'conditions=diabetes',
    'conditions=heart',
    'skin=cold-sores',
    'skin=keloids',
    'skin=photosensitivity',
    'implants=pacemaker',
    'isotretinoin=now',
    'recent=vaccination',
    'medicines=true',
    'prior-reaction=true',
  ])
    expect(raised).toContain(must)
  expect(questions.map((q) => q.linkId)).toEqual(
    expect.arrayContaining(['emergency-name', 'emergency-phone', 'prior', 'medicines-list']),
  )
})

it('refers only to questions and answers that exist, and asks nothing before what it depends on', () => {
  const order = questions.map((q) => q.linkId)
  expect(new Set(order).size).toBe(order.length)
  const answersOf = (linkId: string) => {
    const item = questions.find((q) => q.linkId === linkId)
    if (item?.type === 'boolean') return [true, false]
    return item && 'options' in item ? item.options.map((o) => o.code) : []
  }
  for (const { question, answer, detail } of form.alerts) {
    expect(answersOf(question)).toContain(answer)
    if (detail) expect(order).toContain(detail)
  }
  for (const item of form.items)
    for (const { question, answer } of item.enableWhen ?? []) {
      expect(order.indexOf(question), item.linkId).toBeGreaterThanOrEqual(0)
      expect(order.indexOf(question)).toBeLessThan(order.indexOf(item.linkId))
      expect(answersOf(question)).toContain(answer)
    }
})

const answerTo = (item: AskedItem): fc.Arbitrary<unknown> => {
  if (item.type === 'boolean') return fc.boolean()
  if (item.type === 'choice') return fc.constantFrom(...item.options.map((o) => o.code))
  if (item.type !== 'multi-choice') return fc.string({ minLength: 1, maxLength: 30 })
  const alone = item.options.filter((o) => o.exclusive).map((o) => [o.code])
  return fc.oneof(
    fc.constantFrom(...alone),
    fc.uniqueArray(fc.constantFrom(...item.options.filter((o) => !o.exclusive).map((o) => o.code)), { minLength: 1 }),
  )
}
const someAnswers: fc.Arbitrary<Answers> = fc
  .record(Object.fromEntries(questions.map((q) => [q.linkId, answerTo(q)])), { requiredKeys: [] })
  .map((made) => made as Answers)

it('accepts whatever can be answered on the screen, and keeps only what was asked', () => {
  fc.assert(
    fc.property(someAnswers, (answers) => {
      expect(misfits(form.items, answers)).toEqual([])
      const kept = relevantAnswers(form.items, answers)
      const asked = new Set(askedItems(form.items, kept).map((q) => q.linkId))
      expect(Object.keys(kept).every((linkId) => asked.has(linkId))).toBe(true)
      expect(relevantAnswers(form.items, kept)).toEqual(kept)
    }),
  )
})

it('finds nothing missing exactly when each required question that is asked has an answer', () => {
  fc.assert(
    fc.property(someAnswers, (answers) => {
      const open = askedItems(form.items, answers).filter(
        (q) => q.required && (answers[q.linkId] === undefined || String(answers[q.linkId]).trim() === ''),
      )
      expect(missing(form.items, answers).map((e) => e.path)).toEqual(open.map((q) => `answers.${q.linkId}`))
    }),
  )
})

it('takes over from last time only what fits and need not be asked again', () => {
  fc.assert(
    fc.property(someAnswers, (answers) => {
      const over = takenOver(form.items, { ...answers, gone: 'x', faints: 'not a yes or no' })
      expect(misfits(form.items, over)).toEqual([])
      expect(Object.keys(over)).not.toEqual(expect.arrayContaining(['pregnancy']))
    }),
  )
})

it('raises the same alerts in any order of answers, the worst first, and none from answers that are all no', () => {
  const rank = { stop: 0, caution: 1, note: 2 }
  fc.assert(
    fc.property(someAnswers, (answers) => {
      const alerts = alertsOf(answers, '2026-11-22')
      expect(alertsOf(Object.fromEntries(Object.entries(answers).toReversed()))).toEqual(alerts)
      expect(alerts.map((a) => rank[a.severity])).toEqual(alerts.map((a) => rank[a.severity]).toSorted((a, b) => a - b))
    }),
  )
  expect(
    alertsOf({ allergies: ['none'], pregnancy: 'no', 'blood-thinners': ['none'], faints: false, medicines: false }),
  ).toEqual([])
  expect(alertsOf({ allergies: ['other'], 'allergies-other': ' peanuts ' })).toEqual([
    { kind: 'allergy', severity: 'caution', text: 'Allergy: peanuts', linkId: 'allergies' },
  ])
})

it('reads a date, a number and a group as it should', () => {
  const text = { en: 'x', es: 'x' }
  const items: QuestionItem[] = [
    { linkId: 'when', type: 'date', text },
    { linkId: 'many', type: 'number', text, required: true },
    {
      linkId: 'both',
      type: 'group',
      text,
      enableWhen: [{ question: 'many', operator: 'exists', answer: true }],
      items: [{ linkId: 'inner', type: 'text', required: true, text }],
    },
  ]
  expect(misfits(items, { when: '2026-02-30T', many: '3', inner: 4 }).map((e) => e.path)).toEqual([
    'answers.when',
    'answers.many',
    'answers.inner',
  ])
  expect(missing(items, {}).map((e) => e.path)).toEqual(['answers.many'])
  expect(missing(items, { many: 3 }).map((e) => e.path)).toEqual(['answers.inner'])
})

// Links and messages.

it('makes tokens of 160 bits in 32 letters, each another', () => {
  const made = Array.from({ length: 500 }, newToken)
  expect(made.every((token) => /^[a-z2-7]{32}$/.test(token))).toBe(true)
  expect(new Set(made).size).toBe(500)
  expect(linkAddress('https://x.test', 'abc')).toBe('https://x.test/visit#abc')
})

it('lets a link wait 72 hours or until 12 hours after the visit begins, whichever is later; a code at the desk 30 minutes', () => {
  const now = '2026-11-22T10:00:00.000Z'
  expect(expiryOf(now, 'email')).toBe('2026-11-25T10:00:00.000Z')
  expect(expiryOf(now, 'email', '2026-11-22T12:00:00.000Z')).toBe('2026-11-25T10:00:00.000Z')
  expect(expiryOf(now, 'email', '2026-12-24T12:00:00.000Z')).toBe('2026-12-25T00:00:00.000Z')
  expect(expiryOf(now, 'hand-over', '2026-12-24T12:00:00.000Z')).toBe('2026-11-22T10:30:00.000Z')
})

it('says day and time as the clock at the location shows them, in her language', () => {
  expect(whenOf('2026-11-22T02:30:00.000Z', 'America/New_York', 'en')).toEqual({
    day: 'Saturday, November 21',
    time: '9:30 PM',
  })
  expect(whenOf('2026-11-22T02:30:00.000Z', 'America/Denver', 'es')).toEqual({
    day: 'sábado, 21 de noviembre',
    time: '7:30 p.m.',
  })
})

it('does not let the name of the practice or the place tell what is done there', () => {
  expect(neutralName('Pearl Aesthetics', 'en')).toBe('Pearl Aesthetics')
  expect(neutralName('Skin & Laser Clinic', 'en')).toBe('our practice')
  expect(neutralName('Clínica Láser Luz', 'es')).toBe('nuestra clínica')
  expect(neutralPlace('Laser Center', '1 Main St')).toBe('1 Main St')
})

it('counts years as a birthday does, and is done without marketing, but not without the rest', () => {
  expect([ageInYears('2008-11-23', '2026-11-22'), ageInYears('2008-11-22', '2026-11-22')]).toEqual([17, 18])
  const now = '2026-11-22T10:00:00.000Z'
  const decided = (kind: 'treatment' | 'clinical-photography' | 'marketing-photos') => ({
    kind,
    decision: 'declined' as const,
    expiresAt: '2027-01-01T00:00:00.000Z',
  })
  const responses = [{ appointmentId: 'apt_1', state: 'submitted' as const, submittedAt: now }]
  const done = (appointmentId: string | undefined, ...kinds: Parameters<typeof decided>[0][]) =>
    isDone(stepsOf({ now, appointmentId, responses, consents: kinds.map(decided) }))
  expect(done('apt_1', 'treatment', 'clinical-photography')).toBe(true)
  expect(done('apt_1', 'treatment', 'marketing-photos')).toBe(false)
  expect(done('apt_2', 'treatment', 'clinical-photography')).toBe(false)
  expect(done(undefined, 'treatment', 'clinical-photography')).toBe(false)
})
