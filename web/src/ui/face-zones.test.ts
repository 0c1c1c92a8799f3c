import { expect, it } from 'vitest'
import { centreOf, faceZones, zoneAt, zoneName } from './face-zones.ts'

it('the middle of every zone lies in that zone', () => {
  expect(faceZones.map(({ zone }) => zoneAt(centreOf(zone)))).toEqual(faceZones.map(({ zone }) => zone))
})

it('left and right are the patient’s', () => {
  expect(zoneAt({ x: 0.75, y: 0.41 })).toBe('crows-feet-left')
  expect(zoneAt({ x: 0.25, y: 0.41 })).toBe('crows-feet-right')
})

it('a tap beside the face is kept, and named as such', () => {
  expect(zoneAt({ x: 0.02, y: 0.02 })).toBe('other')
  expect(zoneName('other')).toBe('Elsewhere')
})
