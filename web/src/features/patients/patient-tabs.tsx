import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconNotes, IconPhoto } from '@tabler/icons-react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client'
import { useGo, useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { RefusalNotice } from '../../ui/refusal-notice.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'

/** The server's no in full: why, the rule, who can help. Anything else that failed says so. */
function Closed({ error, heading, onRetry }: { error: unknown; heading: string; onRetry: () => void }) {
  const go = useGo()
  if (error instanceof Problem && error.refusal) return <RefusalNotice refusal={error.refusal} heading={heading} onFix={go} />
  return <ErrorNotice error={error} onRetry={onRetry} onFix={go} />
}

/** Asks the server as everybody does; who may not read notes sees why. */
export function NotesTab({ patientId }: { patientId: string }) {
  const { timeZone } = useLocation()
  const go = useGo()
  const notes = useQuery({
    queryKey: ['patient-notes', patientId],
    queryFn: () => data(api.GET('/api/patients/{patientId}/notes', { params: { path: { patientId } } })),
  })
  const chart = { label: 'Open the chart', onClick: () => go(`/patients/${encodeURIComponent(patientId)}/chart`) }
  if (notes.error) return <Closed error={notes.error} heading="Treatment notes are closed to you." onRetry={() => void notes.refetch()} />
  if (!notes.data) return <SkeletonRows rows={3} label="Loading notes" />
  if (notes.data.length === 0) return <EmptyState icon={IconNotes} title="No notes yet" hint="Notes are written in the chart." action={chart} />
  return (
    <section className="n-visits" aria-label="Notes">
      <ul>
        {notes.data.map((note) => (
          <li key={note.id} className="n-visits__line">
            <span className="n-visits__when n-figures">
              <strong>{formatDateTime(note.startedAt, { timeZone })}</strong>
            </span>
            <span className="n-visits__what">
              <strong>{note.authorName}</strong>
              <span>{note.excerpt}</span>
            </span>
            <StatusChip tone={note.state === 'signed' ? 'ok' : 'warn'} label={note.state === 'signed' ? 'Signed' : 'Draft'} />
          </li>
        ))}
      </ul>
      <Button variant="light" onClick={chart.onClick}>
        {chart.label}
      </Button>
    </section>
  )
}

export function PhotosTab({ patientId }: { patientId: string }) {
  const go = useGo()
  const photos = useQuery({
    queryKey: ['patient-photo-list', patientId],
    queryFn: () => data(api.GET('/api/patients/{patientId}/photos', { params: { path: { patientId } } })),
  })
  const gallery = { label: 'Open the photos', onClick: () => go(`/patients/${encodeURIComponent(patientId)}/photos`) }
  if (photos.error) return <Closed error={photos.error} heading="Clinical photos are closed to you." onRetry={() => void photos.refetch()} />
  if (!photos.data) return <SkeletonRows rows={2} label="Loading photos" />
  const ready = photos.data.filter(({ state }) => state === 'ready').length
  return (
    <EmptyState
      icon={IconPhoto}
      title={ready === 0 ? 'No photos yet' : ready === 1 ? '1 photo' : `${ready} photos`}
      hint="Photos are taken, looked at and compared on a page of their own."
      action={gallery}
    />
  )
}
