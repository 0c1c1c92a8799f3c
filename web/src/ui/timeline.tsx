import type { ReactNode } from 'react'
import { formatDate, formatTime } from './format.ts'
import type { Icon, Tone } from './status-chip.tsx'
import './timeline.css'

export interface TimelineEntry {
  id: string
  /** instant */
  at: string
  /** who, as called; with role: "Dana Whitfield, front desk" */
  actor: string
  /** what, as the rest of the sentence: "opened the chart" */
  did: ReactNode
  /** purpose of use, fields disclosed, device … in small */
  facts?: readonly string[]
  /** `danger` marks a refused attempt */
  tone?: Tone
  icon?: Icon
  /** at the right: StatusChip, sequence number, button */
  aside?: ReactNode
}

export interface TimelineProps {
  entries: readonly TimelineEntry[]
  timeZone: string
  /** names the list for screen readers */
  label: string
}

/** Who did what when, newest first as given, by day. */
export function Timeline({ entries, timeZone, label }: TimelineProps) {
  const days = new Map<string, TimelineEntry[]>()
  for (const entry of entries) {
    const day = formatDate(entry.at, { timeZone, style: 'day' })
    days.set(day, [...(days.get(day) ?? []), entry])
  }
  return (
    <div className="n-timeline" role="group" aria-label={label}>
      {[...days].map(([day, ofDay]) => (
        <section key={day}>
          <h2>{day}</h2>
          <ol>
            {ofDay.map((entry) => (
              <Entry key={entry.id} entry={entry} timeZone={timeZone} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  )
}

function Entry({ entry, timeZone }: { entry: TimelineEntry; timeZone: string }) {
  const { icon: IconOf, tone = 'neutral' } = entry
  return (
    <li className={`n-moment n-moment--${tone}`}>
      <time dateTime={entry.at}>{formatTime(entry.at, { timeZone })}</time>
      <span className="n-moment__sign" aria-hidden="true">
        {IconOf ? <IconOf size={16} stroke={1.75} /> : null}
      </span>
      <div className="n-moment__body">
        <p>
          <strong>{entry.actor}</strong> {entry.did}
        </p>
        {entry.facts && entry.facts.length > 0 && <p className="n-moment__facts">{entry.facts.join(' · ')}</p>}
      </div>
      {entry.aside && <div className="n-moment__aside">{entry.aside}</div>}
    </li>
  )
}
