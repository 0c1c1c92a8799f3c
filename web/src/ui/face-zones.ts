/**
 * The face, front view, as named zones. Coordinates are those of the drawing (400 × 500); stored points are relative
 * (0 to 1 in each direction). Left and right are the patient's: the patient's left is at the right of the picture.
 */
export const faceWidth = 400
export const faceHeight = 500

export const faceZoneNames = {
  forehead: 'Forehead',
  glabella: 'Glabella',
  'bunny-lines': 'Bunny lines',
  lips: 'Lips',
  chin: 'Chin',
  neck: 'Neck',
  'crows-feet-right': 'Crow’s feet, right',
  'crows-feet-left': 'Crow’s feet, left',
  'cheek-right': 'Cheek, right',
  'cheek-left': 'Cheek, left',
  'nasolabial-right': 'Nasolabial fold, right',
  'nasolabial-left': 'Nasolabial fold, left',
  'marionette-right': 'Marionette line, right',
  'marionette-left': 'Marionette line, left',
  'masseter-right': 'Masseter, right',
  'masseter-left': 'Masseter, left',
} as const

/** `other`: on the picture, outside every named zone. */
export type FaceZone = keyof typeof faceZoneNames | 'other'

export const zoneName = (zone: FaceZone): string => (zone === 'other' ? 'Elsewhere' : faceZoneNames[zone])

type Corner = readonly [x: number, y: number]

const mirrored = (corners: readonly Corner[]): Corner[] => corners.map(([x, y]) => [faceWidth - x, y])

const crowsFeetLeft: Corner[] = [
  [289, 182],
  [304, 180],
  [316, 196],
  [314, 222],
  [298, 232],
  [286, 222],
]
const nasolabialLeft: Corner[] = [
  [230, 272],
  [246, 282],
  [258, 302],
  [260, 330],
  [247, 332],
  [238, 306],
  [228, 290],
]
const marionetteLeft: Corner[] = [
  [243, 346],
  [259, 340],
  [264, 362],
  [256, 384],
  [242, 386],
  [240, 366],
]
const masseterLeft: Corner[] = [
  [280, 288],
  [302, 281],
  [297, 314],
  [281, 344],
  [267, 354],
  [263, 326],
]
const cheekLeft: Corner[] = [
  [232, 238],
  [264, 232],
  [306, 240],
  [308, 268],
  [284, 286],
  [264, 300],
  [246, 276],
]

/** In the order in which a point is looked up: small zones before the large ones that surround them. */
export const faceZones: readonly { zone: keyof typeof faceZoneNames; corners: readonly Corner[] }[] = [
  {
    zone: 'glabella',
    corners: [
      [178, 156],
      [222, 156],
      [226, 178],
      [216, 198],
      [184, 198],
      [174, 178],
    ],
  },
  {
    zone: 'bunny-lines',
    corners: [
      [184, 202],
      [216, 202],
      [222, 228],
      [218, 248],
      [182, 248],
      [178, 228],
    ],
  },
  { zone: 'crows-feet-left', corners: crowsFeetLeft },
  { zone: 'crows-feet-right', corners: mirrored(crowsFeetLeft) },
  {
    zone: 'lips',
    corners: [
      [156, 340],
      [178, 320],
      [200, 317],
      [222, 320],
      [244, 340],
      [226, 362],
      [200, 369],
      [174, 362],
    ],
  },
  { zone: 'nasolabial-left', corners: nasolabialLeft },
  { zone: 'nasolabial-right', corners: mirrored(nasolabialLeft) },
  { zone: 'marionette-left', corners: marionetteLeft },
  { zone: 'marionette-right', corners: mirrored(marionetteLeft) },
  {
    zone: 'chin',
    corners: [
      [172, 374],
      [200, 372],
      [228, 374],
      [232, 392],
      [218, 408],
      [200, 412],
      [182, 408],
      [168, 392],
    ],
  },
  { zone: 'masseter-left', corners: masseterLeft },
  { zone: 'masseter-right', corners: mirrored(masseterLeft) },
  { zone: 'cheek-left', corners: cheekLeft },
  { zone: 'cheek-right', corners: mirrored(cheekLeft) },
  {
    zone: 'forehead',
    corners: [
      [106, 132],
      [136, 102],
      [168, 90],
      [200, 87],
      [232, 90],
      [264, 102],
      [294, 132],
      [298, 158],
      [262, 154],
      [224, 150],
      [176, 150],
      [138, 154],
      [102, 158],
    ],
  },
  {
    zone: 'neck',
    corners: [
      [152, 424],
      [200, 434],
      [248, 424],
      [252, 452],
      [262, 474],
      [200, 486],
      [138, 474],
      [148, 452],
    ],
  },
]

function contains(corners: readonly Corner[], x: number, y: number): boolean {
  let inside = false
  let previous = corners.at(-1)
  for (const corner of corners) {
    if (previous && corner[1] > y !== previous[1] > y) {
      const crossing = ((previous[0] - corner[0]) * (y - corner[1])) / (previous[1] - corner[1]) + corner[0]
      if (x < crossing) inside = !inside
    }
    previous = corner
  }
  return inside
}

export interface RelativePoint {
  /** 0 to 1 */
  x: number
  y: number
}

/** The zone under a relative point. */
export function zoneAt({ x, y }: RelativePoint): FaceZone {
  const hit = faceZones.find(({ corners }) => contains(corners, x * faceWidth, y * faceHeight))
  return hit?.zone ?? 'other'
}

/** The middle of a zone, for adding a point without a pointer. */
export function centreOf(zone: FaceZone): RelativePoint {
  const corners = faceZones.find((candidate) => candidate.zone === zone)?.corners ?? [[faceWidth / 2, faceHeight / 2]]
  const sum = corners.reduce(([sx, sy], [x, y]) => [sx + x, sy + y] as const, [0, 0] as const)
  return { x: sum[0] / corners.length / faceWidth, y: sum[1] / corners.length / faceHeight }
}

/** A closed smooth outline through the corners (Catmull-Rom as cubic Béziers), as SVG path data. */
export function outlineOf(corners: readonly Corner[]): string {
  const at = (index: number): Corner => corners[(index + corners.length) % corners.length] ?? [0, 0]
  const round = (value: number) => Math.round(value * 10) / 10
  const curves = corners.map((_, index) => {
    const [p0, p1, p2, p3] = [at(index - 1), at(index), at(index + 1), at(index + 2)]
    const first = [p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6].map(round)
    const second = [p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6].map(round)
    return `C${first.join(' ')} ${second.join(' ')} ${p2[0]} ${p2[1]}`
  })
  return `M${at(0)[0]} ${at(0)[1]}${curves.join('')}Z`
}
