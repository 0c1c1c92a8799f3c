import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dosesOf } from './doses.ts'
import { excerptOf } from './excerpt.ts'
import { alertsFromHistory, ranked } from './history-alerts.ts'
import { missingToSign, PRODUCTS } from './products.ts'
import { emptyBody, type Injection } from './schema.ts'
import { hashOfSigned } from './signed-content.ts'

const point = (of: Partial<Injection> = {}): Injection => ({
  id: 'p1',
  view: 'front',
  x: 0.5,
  y: 0.4,
  zone: 'glabella',
  product: 'Botox Cosmetic',
  unit: 'units',
  units: 4,
  lot: 'C1234',
  ...of,
})
const points = fc.array(
  fc
    .record({
      product: fc.constantFrom('Botox Cosmetic', 'Juvéderm Voluma XC', 'Lidocaine 1 %'),
      lot: fc.constantFrom('', 'A1', 'B2'),
      unit: fc.constantFrom('units' as const, 'mL' as const),
      units: fc.integer({ min: 0, max: 5000 }).map((n) => n / 100),
    })
    .map((of) => point(of)),
  { maxLength: 60 },
)

it('adds up doses by product and lot without losing a hundredth', () => {
  fc.assert(
    fc.property(points, (injections) => {
      const doses = dosesOf(injections)
      const hundredths = (list: readonly { amount: number }[]) =>
        list.reduce((sum, { amount }) => sum + Math.round(amount * 100), 0)
      expect(hundredths(doses.map((d) => ({ amount: d.total })))).toBe(
        hundredths(injections.map((i) => ({ amount: i.units }))),
      )
      expect(new Set(doses.map((d) => `${d.product}|${d.lot}|${d.unit}`)).size).toBe(doses.length)
    }),
  )
  expect(dosesOf([point({ units: 0.1 }), point({ units: 0.2 })])).toEqual([
    { product: 'Botox Cosmetic', lot: 'C1234', unit: 'units', total: 0.3 },
  ])
})

it('cuts an excerpt at a word, never longer than a list can show', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 1000 }), (assessment) => {
      const excerpt = excerptOf({ ...emptyBody, assessment })
      expect(excerpt.length).toBeLessThanOrEqual(161)
      expect(excerpt).not.toMatch(/\s\s/)
    }),
  )
  expect(excerptOf({ ...emptyBody, plan: 'Return in two weeks.' })).toBe('Return in two weeks.')
  expect(excerptOf(emptyBody)).toBe('')
})

it('gives another fingerprint to every other content, and the same to the same', async () => {
  const content = {
    noteId: 'nte_1',
    patientId: 'pat_1',
    authorId: 'usr_1',
    signedAt: '2026-11-22T10:00:00.000Z',
    body: { ...emptyBody, assessment: 'Mild.' },
    injections: [point()],
  }
  const others = [
    { ...content, patientId: 'pat_2' },
    { ...content, authorId: 'usr_2' },
    { ...content, signedAt: '2026-11-22T10:00:00.001Z' },
    { ...content, appointmentId: 'apt_1' },
    { ...content, body: { ...content.body, assessment: 'Mild!' } },
    { ...content, injections: [point({ units: 4.01 })] },
    { ...content, injections: [point({ lot: 'C1235' })] },
    { ...content, injections: [] },
  ]
  const hashes = await Promise.all([content, ...others].map(hashOfSigned))
  expect(new Set(hashes).size).toBe(hashes.length)
  expect(await hashOfSigned({ ...content, body: { ...content.body } })).toBe(hashes[0])
  // As the database writes the same instant.
  expect(await hashOfSigned({ ...content, signedAt: '2026-11-22T10:00:00Z' })).toBe(hashes[0])
})

it('names every point that lacks its lot or dose, and lets a local anaesthetic go without a lot', () => {
  expect(missingToSign({ body: emptyBody, injections: [] })).toEqual([
    { path: 'body', message: expect.stringContaining('empty') },
  ])
  expect(missingToSign({ body: { ...emptyBody, plan: 'x' }, injections: [] })).toEqual([])
  const missing = missingToSign({
    body: emptyBody,
    injections: [
      point(),
      point({ lot: ' ' }),
      point({ product: 'Lidocaine 1 %', lot: '' }),
      point({ product: 'Unheard of', lot: '' }),
      point({ units: 0 }),
    ],
  })
  expect(missing.map((m) => m.path)).toEqual(['injections.1.lot', 'injections.3.lot', 'injections.4.units'])
})

it('demands the lot of every toxin and filler', () => {
  const without = PRODUCTS.filter((p) => (p.kind === 'toxin' || p.kind === 'filler') && !p.lotRequired)
  expect(without).toEqual([])
  expect(new Set(PRODUCTS.map((p) => p.name)).size).toBe(PRODUCTS.length)
})

const coded = (display: string) => ({ display })
it('raises allergies that stand, pregnancy and blood thinners from an imported history, the worst first', () => {
  const alerts = ranked(
    alertsFromHistory({
      allergies: [
        {
          code: coded('Lidocaine'),
          status: 'active',
          verification: 'confirmed',
          criticality: 'high',
          reactions: [{ manifestations: ['Hives', 'Hives'] }],
        },
        { code: coded('Penicillin'), status: 'resolved', verification: 'confirmed', reactions: [] },
        { code: coded('Latex'), status: 'active', verification: 'refuted', reactions: [] },
      ],
      medications: [
        { code: coded('Warfarin Sodium 5 MG Oral Tablet'), status: 'active' },
        { code: coded('Apixaban 5 MG'), status: 'stopped' },
        { code: coded('Ibuprofen 200 MG'), status: 'active' },
        { code: coded('Loratadine 10 MG'), status: 'active' },
      ],
      conditions: [
        {
          code: coded('Normal pregnancy (finding)'),
          status: 'active',
          verification: 'confirmed',
          occurred: { start: '2026-08-01' },
        },
        {
          code: coded('Normal pregnancy (finding)'),
          status: 'active',
          verification: 'confirmed',
          occurred: { start: '2019-01-01', end: '2019-09-01' },
        },
        { code: coded('Myasthenia gravis'), status: 'remission', verification: 'confirmed' },
      ],
    }),
  )
  expect(alerts).toEqual([
    { kind: 'allergy', severity: 'stop', text: 'Allergy: Lidocaine', detail: 'Hives', source: 'history' },
    {
      kind: 'pregnancy',
      severity: 'stop',
      text: 'Normal pregnancy (finding)',
      detail: 'since 2026-08-01',
      source: 'history',
    },
    {
      kind: 'bleeding',
      severity: 'caution',
      text: 'Warfarin Sodium 5 MG Oral Tablet',
      detail: 'anticoagulant',
      source: 'history',
    },
    { kind: 'bleeding', severity: 'note', text: 'Ibuprofen 200 MG', detail: 'NSAID', source: 'history' },
  ])
})
