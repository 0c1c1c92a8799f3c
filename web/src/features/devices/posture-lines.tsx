import { formatRelative } from './when.ts'
import { StatusChip, type Tone } from '../../ui/status-chip.tsx'
import type { FactLine } from './device-queries.ts'

export const STATES: Record<FactLine['state'], { tone: Tone; label: string }> = {
  good: { tone: 'ok', label: 'As it must be' },
  bad: { tone: 'danger', label: 'Must be fixed' },
  unknown: { tone: 'neutral', label: 'Unknown' },
  stale: { tone: 'warn', label: 'Reported too long ago' },
}
const SOURCES = { osquery: 'osquery agent', webhook: 'management console', csv: 'list of a console', browser: 'this browser', seen: 'seen by an administrator' } as const

/** Fact by fact: what is asked, what is known, who says so and when. */
export function PostureLines({ lines }: { lines: readonly FactLine[] }) {
  return (
    <ul className="n-facts">
      {lines.map((line) => (
        <li key={line.fact}>
          <div>
            <strong>{line.title}</strong>
            <p>{line.says}</p>
            <p className="n-facts__source">
              {line.source && line.at ? `${SOURCES[line.source]}, ${formatRelative(line.at)} · ` : ''}Wanted: {line.wants}
            </p>
          </div>
          <StatusChip {...STATES[line.state]} />
        </li>
      ))}
    </ul>
  )
}
