import fc from 'fast-check'
import { expect, it } from 'vitest'
import { overlapLanes, type Span } from './overlap-lanes.ts'

const spans = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 1, max: 20 }))
    .map(([start, length]): Span => ({ startMinute: start * 15, endMinute: (start + length) * 15 })),
  { maxLength: 24 },
)
const overlap = (a: Span, b: Span) => a.startMinute < b.endMinute && b.startMinute < a.endMinute

it('visits that touch keep the full width', () => {
  const day = [
    { startMinute: 540, endMinute: 600 },
    { startMinute: 600, endMinute: 630 },
  ]
  expect(overlapLanes(day)).toEqual([
    { lane: 0, lanes: 1 },
    { lane: 0, lanes: 1 },
  ])
})

it('a chain of overlapping visits shares the width', () => {
  const day = [
    { startMinute: 660, endMinute: 690 },
    { startMinute: 675, endMinute: 720 },
    { startMinute: 690, endMinute: 735 },
  ]
  expect(overlapLanes(day)).toEqual([
    { lane: 0, lanes: 2 },
    { lane: 1, lanes: 2 },
    { lane: 0, lanes: 2 },
  ])
})

it('no two visits are ever drawn over each other', () => {
  fc.assert(
    fc.property(spans, (day) => {
      const placed = overlapLanes(day)
      day.forEach((a, i) =>
        day.forEach((b, j) => {
          if (i >= j || !overlap(a, b)) return
          expect(placed[i]?.lanes).toBe(placed[j]?.lanes)
          expect(placed[i]?.lane).not.toBe(placed[j]?.lane)
        }),
      )
      for (const { lane, lanes } of placed) expect(lane).toBeLessThan(lanes)
    }),
  )
})
