import { Button, CopyButton } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconClipboardOff, IconMailForward, IconNotes, IconPhoto, IconQrcode } from '@tabler/icons-react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client'
import { useGo, useLocation } from '../../staff-zone.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { RefusalNotice } from '../../ui/refusal-notice.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { formsLooks, type FormsState } from '../../ui/visit-status.ts'

/** The server's no in full: why, the rule, who can help. Anything else that failed says so. */
function Closed({ error, heading, onRetry }: { error: unknown; heading: string; onRetry: () => void }) {
  const go = useGo()
  if (error instanceof Problem && error.refusal) return <RefusalNotice refusal={error.refusal} heading={heading} onFix={go} />
  return <ErrorNotice error={error} onRetry={onRetry} onFix={go} />
}

const looks: Record<'none' | 'sent' | 'started' | 'done', { state: FormsState; label: string }> = {
  none: { state: 'missing', label: 'Not sent yet' },
  sent: { state: 'missing', label: 'Sent, not opened' },
  started: { state: 'started', label: 'Started' },
  done: { state: 'complete', label: 'Complete' },
}

interface FormsTabProps {
  patientId: string
  mayWork: boolean
  hasEmail: boolean
}

/** How far the forms of each visit are, never what they say. */
export function FormsTab({ patientId, mayWork, hasEmail }: FormsTabProps) {
  const { timeZone } = useLocation()
  const forms = useQuery({
    queryKey: ['patient-forms', patientId],
    queryFn: () => data(api.GET('/api/patients/{patientId}/forms', { params: { path: { patientId } } })),
  })
  if (forms.error) return <Closed error={forms.error} heading="The state of the forms is closed to you." onRetry={() => void forms.refetch()} />
  if (!forms.data) return <SkeletonRows rows={3} label="Loading forms" />
  const { visits, submittedAt } = forms.data
  return (
    <section className="n-forms">
      {visits.length === 0 && <EmptyState icon={IconClipboardOff} title="No visit needs forms" hint="Once a visit is booked, its forms are sent and followed here." />}
      <ul>
        {visits.map((visit) => {
          const { state, label } = looks[visit.state]
          const look = formsLooks[state]
          return (
            <li key={visit.appointmentId} className="n-forms__line">
              <span className="n-figures">Visit of {formatDateTime(visit.startsAt, { timeZone: visit.timeZone })}</span>
              <StatusChip tone={look.tone} label={label} icon={look.icon} />
              {mayWork && visit.state !== 'done' && <SendForms patientId={patientId} appointmentId={visit.appointmentId} hasEmail={hasEmail} />}
            </li>
          )
        })}
      </ul>
      {submittedAt && <p className="n-forms__last">Last filled in {formatDateTime(submittedAt, { timeZone })}. What was answered is for those who treat.</p>}
    </section>
  )
}

function SendForms({ patientId, appointmentId, hasEmail }: { patientId: string; appointmentId: string; hasEmail: boolean }) {
  const queries = useQueryClient()
  const send = useMutation({
    mutationFn: (sentBy: 'email' | 'hand-over') =>
      data(api.POST('/api/patients/{patientId}/forms-link', { params: { path: { patientId } }, body: { appointmentId, sentBy } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['patient-forms', patientId] }),
  })
  const url = send.data?.url
  return (
    <span className="n-forms__send">
      {hasEmail && (
        <Button variant="default" size="sm" loading={send.isPending} leftSection={<IconMailForward size={16} stroke={1.75} />} onClick={() => send.mutate('email')}>
          E-mail a link
        </Button>
      )}
      <Button variant="default" size="sm" loading={send.isPending} leftSection={<IconQrcode size={16} stroke={1.75} />} onClick={() => send.mutate('hand-over')}>
        Link for a tablet here
      </Button>
      {send.data?.sentBy === 'email' && <span role="status">Sent. The link works once.</span>}
      {url && (
        <span role="status" className="n-forms__link">
          Open this on the tablet; it works once:
          <code>{url}</code>
          <CopyButton value={url}>
            {({ copied, copy }) => (
              <Button variant="subtle" size="sm" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </span>
      )}
      {send.error && <ErrorNotice error={send.error} />}
    </span>
  )
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
