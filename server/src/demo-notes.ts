import { z } from 'zod'
import type { Temporal } from 'temporal-polyfill'
import type { Actor } from '#kernel/policy.ts'
import { Anything, does, type DemoPractice } from './demo-hands.ts'

/** Points on the drawing of the face, 400 × 500; a point's dose is in the product's unit. */
const FACE_WIDTH = 400
const FACE_HEIGHT = 500
type Spot = readonly [x: number, y: number]
const toTheOtherSide = (spots: readonly Spot[]): Spot[] => spots.map(([x, y]) => [FACE_WIDTH - x, y])

const GLABELLA: Spot[] = [[200, 188], [187, 178], [213, 178], [182, 165], [218, 165]]
const FOREHEAD: Spot[] = [[140, 130], [170, 116], [200, 112], [230, 116], [260, 130]]
const CROWS_FEET_LEFT: Spot[] = [[296, 190], [306, 205], [298, 222]]
const LIPS: Spot[] = [[176, 334], [200, 328], [224, 334], [184, 355], [216, 355]]

export interface DemoLot {
  product: string
  lot: string
  /** From today. */
  expiresInDays: number
}
export const BOTOX: DemoLot = { product: 'Botox Cosmetic', lot: 'C7218C3', expiresInDays: 410 }
const DYSPORT: DemoLot = { product: 'Dysport', lot: 'K04417', expiresInDays: 268 }
const KYSSE: DemoLot = { product: 'Restylane Kysse', lot: '19482-2', expiresInDays: 512 }
/** On the shelf today. The second lot of Botox runs out this week. */
export const SHELF: readonly DemoLot[] = [
  BOTOX,
  { product: 'Botox Cosmetic', lot: 'C6904C1', expiresInDays: 4 },
  DYSPORT,
  KYSSE,
  { product: 'Belotero Balance', lot: 'B250318', expiresInDays: 330 },
  { product: 'Hylenex', lot: '0093471', expiresInDays: 201 },
]

interface Points {
  zone: string
  spots: readonly Spot[]
  /** At each of them. */
  dose: number
  from: DemoLot
  unit: 'units' | 'mL'
  technique: string
}
const injectionsOf = (all: readonly Points[], today: Temporal.PlainDate) =>
  all
    .flatMap(({ zone, spots, dose, from: { product, lot, expiresInDays }, unit, technique }) =>
      spots.map(([x, y]) => ({
        view: 'front', x: x / FACE_WIDTH, y: y / FACE_HEIGHT, zone, product, unit, units: dose, lot, technique, expiresOn: today.add({ days: expiresInDays }).toString(),
      })),
    )
    .map((point, i) => ({ id: `p${i + 1}`, ...point }))

export interface DemoNote {
  complaint: string
  assessment: string
  plan: string
  aftercare: string
  points?: readonly Points[]
}

const intramuscular = { unit: 'units', technique: 'Intramuscular' } as const
const superficial = { unit: 'units', technique: 'Superficial' } as const
const TOXIN_AFTERCARE = 'Upright for 4 hours, no rubbing, no exercise until tomorrow. Written instructions given. Check in 2 weeks.'

export const ELENAS_TREATMENT: DemoNote = {
  complaint: 'Looks tired and stern in photos. Wants to keep her expressions.',
  assessment: 'Dynamic lines of glabella and forehead, crow’s feet at rest. Brows level, no ptosis. Takes aspirin: told that bruises are more likely.',
  plan: 'Glabella 20 units in 5 points, forehead 10 units, crow’s feet 24 units. Consent holds, photos taken before. No immediate reaction.',
  aftercare: TOXIN_AFTERCARE,
  points: [
    { zone: 'glabella', spots: GLABELLA, dose: 4, from: BOTOX, ...intramuscular },
    { zone: 'forehead', spots: FOREHEAD, dose: 2, from: BOTOX, ...superficial },
    { zone: 'crows-feet-left', spots: CROWS_FEET_LEFT, dose: 4, from: BOTOX, ...superficial },
    { zone: 'crows-feet-right', spots: toTheOtherSide(CROWS_FEET_LEFT), dose: 4, from: BOTOX, ...superficial },
  ],
}
export const GRACES_TREATMENT: DemoNote = {
  complaint: 'Lines between the brows and beside the eyes, deeper in the last year.',
  assessment: 'Strong corrugators. Tends to keloids: fine needle, few points.',
  plan: 'Glabella 50 units of Dysport in 5 points, forehead 30 units, crow’s feet 60 units. No immediate reaction.',
  aftercare: TOXIN_AFTERCARE,
  points: [
    { zone: 'glabella', spots: GLABELLA, dose: 10, from: DYSPORT, ...intramuscular },
    { zone: 'forehead', spots: FOREHEAD, dose: 6, from: DYSPORT, ...superficial },
    { zone: 'crows-feet-left', spots: CROWS_FEET_LEFT, dose: 10, from: DYSPORT, ...superficial },
    { zone: 'crows-feet-right', spots: toTheOtherSide(CROWS_FEET_LEFT), dose: 10, from: DYSPORT, ...superficial },
  ],
}
export const HANNAHS_CONSULTATION: DemoNote = {
  complaint: 'Wants softer folds beside the nose. Reacted to lidocaine at the dentist.',
  assessment: 'Moderate nasolabial folds, good skin. Most fillers here contain lidocaine; Belotero Balance does not.',
  plan: 'Filler without lidocaine, 1 mL, ice instead of numbing cream. Allergist’s letter asked for.',
  aftercare: '',
}
export const ZOES_TREATMENT: DemoNote = {
  complaint: 'Lips thinner than they were. Wants shape, not size.',
  assessment: 'Even lips, dry vermilion. Stopped fish oil ten days ago.',
  plan: 'Restylane Kysse 1 mL in 5 points, linear threads. Capillary refill normal throughout. No bruising.',
  aftercare: 'Ice on and off today, no exercise or heat until tomorrow. Call at once if pain, blanching or mottling appears.',
  points: [{ zone: 'lips', spots: LIPS, dose: 0.2, from: KYSSE, unit: 'mL', technique: 'Linear thread' }],
}
export const GRACES_DRAFT: DemoNote = {
  complaint: 'Happy with the last result; it wore off three weeks ago.',
  assessment: '',
  plan: '',
  aftercare: '',
}

const Draft = z.object({ noteId: z.string(), revision: z.number() })

/** Writes a note for a visit. `paperOf`: of a visit before Nacre, which the note says, since it is signed today. */
export const writeNote = async (
  { app, today }: DemoPractice,
  author: Actor,
  { patientId, appointmentId, note, end, paperOf }: { patientId: string; appointmentId: string; note: DemoNote; end: 'signed' | 'draft'; paperOf?: Temporal.PlainDate },
) => {
  const { points = [], ...words } = note
  const seen = paperOf ? { assessment: `Visit of ${paperOf.toLocaleString('en-US', { dateStyle: 'long' })}. ${words.assessment}` } : {}
  const sections = paperOf ? [{ title: 'Entered later', text: 'From the paper chart, when the practice moved to Nacre.' }] : []
  const { noteId, revision } = await does(app, author, 'note.start', { patientId, appointmentId }, Draft)
  const saved = await does(app, author, 'note.save', { patientId, noteId, revision, body: { ...words, ...seen, sections }, injections: injectionsOf(points, today) }, Draft)
  if (end === 'signed') await does(app, author, 'note.sign', { patientId, noteId, revision: saved.revision }, Anything)
}
