import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clampView, maxScale, panBy, pinch, wholeView, zoomAt, type View } from './zoom-pan.ts'

const part = fc.double({ min: -0.5, max: 0.5, noNaN: true })
const view = fc
  .record({ scale: fc.double({ min: 1, max: maxScale, noNaN: true }), x: part, y: part })
  .map((view): View => clampView(view))

it('the picture never leaves its frame', () => {
  fc.assert(
    fc.property(view, fc.double({ min: 0.1, max: 10, noNaN: true }), part, part, (from, factor, x, y) => {
      for (const { scale, x: dx, y: dy } of [zoomAt(from, factor, { x, y }), panBy(from, x, y)]) {
        expect(scale).toBeGreaterThanOrEqual(1)
        expect(scale).toBeLessThanOrEqual(maxScale)
        expect(Math.abs(dx)).toBeLessThanOrEqual((scale - 1) / 2 + 1e-9)
        expect(Math.abs(dy)).toBeLessThanOrEqual((scale - 1) / 2 + 1e-9)
      }
    }),
  )
})

it('what lies under the fingers stays there while zooming in', () => {
  fc.assert(
    fc.property(view, fc.double({ min: 1, max: 3, noNaN: true }), part, part, (from, factor, x, y) => {
      const to = zoomAt(from, factor, { x, y })
      expect((x - to.x) / to.scale).toBeCloseTo((x - from.x) / from.scale, 6)
      expect((y - to.y) / to.scale).toBeCloseTo((y - from.y) / from.scale, 6)
    }),
  )
})

it('two fingers that part by half zoom by half', () => {
  const from = [
    { x: -0.1, y: 0 },
    { x: 0.1, y: 0 },
  ] as const
  const to = [
    { x: -0.15, y: 0 },
    { x: 0.15, y: 0 },
  ] as const
  expect(pinch(wholeView, from, to)).toEqual({ scale: expect.closeTo(1.5), x: expect.closeTo(0), y: expect.closeTo(0) })
})
