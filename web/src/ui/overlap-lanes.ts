export interface Span {
  startMinute: number
  endMinute: number
}

export interface Lane {
  /** 0 is the leftmost */
  lane: number
  /** how many lanes share the width where this span lies */
  lanes: number
}

/**
 * Places spans side by side where they overlap. Spans that touch do not overlap; each connected group shares the width
 * equally. The answer has the order of the input.
 */
export function overlapLanes(spans: readonly Span[]): Lane[] {
  const placed = spans.map((): Lane => ({ lane: 0, lanes: 1 }))
  const order = spans
    .map((span, index) => ({ ...span, index }))
    .sort((a, b) => a.startMinute - b.startMinute || b.endMinute - a.endMinute)
  let group: { index: number; lane: number }[] = []
  let laneEnds: number[] = []
  let groupEnd = -Infinity

  const closeGroup = () => {
    for (const { index, lane } of group) placed[index] = { lane, lanes: laneEnds.length }
    group = []
    laneEnds = []
  }

  for (const span of order) {
    if (span.startMinute >= groupEnd) closeGroup()
    const free = laneEnds.findIndex((end) => end <= span.startMinute)
    const lane = free === -1 ? laneEnds.length : free
    laneEnds[lane] = span.endMinute
    group.push({ index: span.index, lane })
    groupEnd = laneEnds.length === 1 && group.length === 1 ? span.endMinute : Math.max(groupEnd, span.endMinute)
  }
  closeGroup()
  return placed
}
