import { IconClipboardText, IconFileCheck, IconFileX } from '@tabler/icons-react'
import { useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatDate, formatDateTime } from '../../ui/format.ts'
import { StatusChip, type Tone } from '../../ui/status-chip.tsx'
import type { Chart, ChartConsent, ChartVisit } from './chart-queries.ts'
import { HistoryPanel } from './history-panel.tsx'
import { CareTeam } from '../access/care-team.tsx'
import { NoteCard } from './note-card.tsx'
import { PhotoStrip } from './photo-strip.tsx'
import { lookOf } from './visit-states.ts'

interface ChartOverviewProps {
  patientId: string
  chart: Chart
  userId: string
  onNote: (noteId: string) => void
}

/** Notes at the left; visits, consents and photos at the right. */
export function ChartOverview({ patientId, chart, userId, onNote }: ChartOverviewProps) {
  const { timeZone } = useLocation()
  return (
    <div className="n-overview">
      <section aria-label="Treatment notes">
        <h2>Notes</h2>
        {chart.notes.length === 0 ? (
          <div className="n-panel">
            <EmptyState
              icon={IconClipboardText}
              title="No notes yet"
              hint="What was found and done at each visit stands here, signed and locked."
            />
          </div>
        ) : (
          <ul className="n-notes">
            {chart.notes.map((note) => (
              <NoteCard
                key={note.id}
                note={note}
                timeZone={timeZone}
                isOwn={note.authorId === userId}
                onOpen={() => onNote(note.id)}
              />
            ))}
          </ul>
        )}
        <HistoryPanel patientId={patientId} />
      </section>
      <aside className="n-overview__side">
        <h2>Consents</h2>
        <ul className="n-panel n-facts">
          {chart.consents.map((consent) => (
            <Consent key={consent.kind} consent={consent} timeZone={timeZone} />
          ))}
        </ul>
        <CareTeam patientId={patientId} />
        <h2>Visits</h2>
        <ul className="n-panel n-facts">
          {chart.visits.map((visit) => (
            <Visit key={visit.id} visit={visit} timeZone={timeZone} />
          ))}
        </ul>
        <h2>Photos</h2>
        <PhotoStrip patientId={patientId} most={6} />
      </aside>
    </div>
  )
}

const consentNames: Record<ChartConsent['kind'], string> = {
  treatment: 'Treatment',
  'clinical-photography': 'Clinical photos',
  'marketing-photos': 'Photos in public',
}
const consentLooks: Record<ChartConsent['state'], { label: string; tone: Tone }> = {
  holds: { label: 'Signed', tone: 'ok' },
  declined: { label: 'Declined', tone: 'neutral' },
  revoked: { label: 'Taken back', tone: 'warn' },
  expired: { label: 'Expired', tone: 'warn' },
  missing: { label: 'Not asked', tone: 'neutral' },
}

function Consent({ consent: { kind, state, signedAt }, timeZone }: { consent: ChartConsent; timeZone: string }) {
  // Without the first two nothing may begin; the third is hers to refuse.
  const isNeeded = kind !== 'marketing-photos' && state !== 'holds'
  const { label, tone } = consentLooks[state]
  return (
    <li>
      <span>
        <strong>{consentNames[kind]}</strong>
        {signedAt && <span>{formatDate(signedAt, { timeZone })}</span>}
      </span>
      <StatusChip
        tone={isNeeded ? 'warn' : tone}
        label={state === 'missing' && isNeeded ? 'Missing' : label}
        icon={state === 'holds' ? IconFileCheck : IconFileX}
      />
    </li>
  )
}

function Visit({ visit, timeZone }: { visit: ChartVisit; timeZone: string }) {
  const { label, tone, icon } = lookOf(visit.state)
  return (
    <li>
      <span>
        <strong>{visit.serviceName}</strong>
        <span>
          {formatDateTime(visit.startsAt, { timeZone })} · {visit.providerName}
        </span>
      </span>
      <StatusChip tone={tone} label={label} icon={icon} />
    </li>
  )
}
