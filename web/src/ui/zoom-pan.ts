/** A picture in a frame: `scale` 1 fills it; x and y are the shift of the picture's centre, in parts of the frame. */
export interface View {
  scale: number
  x: number
  y: number
}

export const wholeView: View = { scale: 1, x: 0, y: 0 }
export const maxScale = 8

/** A point of the frame, from its centre, in parts of the frame: the corners are ±0.5. */
export interface FramePoint {
  x: number
  y: number
}

/** Keeps the picture over the frame: no further than its own edge. */
export function clampView({ scale, x, y }: View): View {
  const kept = Math.min(maxScale, Math.max(1, scale))
  const reach = (kept - 1) / 2
  return { scale: kept, x: Math.min(reach, Math.max(-reach, x)), y: Math.min(reach, Math.max(-reach, y)) }
}

/** Zooms so that what lies under `at` stays there. */
export function zoomAt(view: View, factor: number, at: FramePoint): View {
  const scale = Math.min(maxScale, Math.max(1, view.scale * factor))
  const kept = scale / view.scale
  return clampView({ scale, x: at.x - (at.x - view.x) * kept, y: at.y - (at.y - view.y) * kept })
}

export const panBy = (view: View, dx: number, dy: number): View =>
  clampView({ ...view, x: view.x + dx, y: view.y + dy })

/** Two fingers from one pair of points to another: moves with their middle, zooms with their distance. */
export function pinch(
  view: View,
  from: readonly [FramePoint, FramePoint],
  to: readonly [FramePoint, FramePoint],
): View {
  const middle = ([a, b]: readonly [FramePoint, FramePoint]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })
  const distance = ([a, b]: readonly [FramePoint, FramePoint]) => Math.hypot(a.x - b.x, a.y - b.y)
  const before = middle(from)
  const after = middle(to)
  const moved = { ...view, x: view.x + after.x - before.x, y: view.y + after.y - before.y }
  return zoomAt(moved, distance(to) / Math.max(distance(from), 0.001), after)
}

export const transformOf = ({ scale, x, y }: View): string =>
  `translate(${(x * 100).toFixed(3)}%, ${(y * 100).toFixed(3)}%) scale(${scale.toFixed(4)})`
