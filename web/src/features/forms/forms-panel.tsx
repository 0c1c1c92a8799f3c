import { Button, Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconMailForward, IconQrcode } from '@tabler/icons-react'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { formsLooks } from '../../ui/visit-status.ts'
import { QrCode } from '../../ui/qr-code.tsx'
import './forms-panel.css'

const load = (patientId: string) =>
  data(api.GET('/api/patients/{patientId}/forms', { params: { path: { patientId } } }))
type Forms = Awaited<ReturnType<typeof load>>
type FormsState = Forms['visits'][number]['state']
type Link = Forms['links'][number]

const looks: Record<
  FormsState,
  { label: string; tone: (typeof formsLooks)['none']['tone']; icon: (typeof formsLooks)['none']['icon'] }
> = {
  none: { ...formsLooks.missing, label: 'No link sent' },
  sent: { ...formsLooks.missing, tone: 'warn', label: 'Link sent' },
  started: formsLooks.started,
  done: formsLooks.complete,
}

const linkWords: Record<Link['state'], string> = {
  waiting: 'not opened yet',
  opened: 'opened',
  expired: 'ran out unopened',
  closed: 'closed: replaced, or too many wrong birth dates',
}

export interface FormsPanelProps {
  patientId: string
  /** only this visit's forms; all coming visits when left out */
  appointmentId?: string
}

/** How far a patient's forms are, and the ways to get them filled in. It shows states and times, never answers. */
export function FormsPanel({ patientId, appointmentId }: FormsPanelProps) {
  const { data: forms, error, refetch } = useQuery({ queryKey: ['forms', patientId], queryFn: () => load(patientId) })
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!forms) return <SkeletonRows rows={2} />
  const visits = forms.visits.filter((visit) => !appointmentId || visit.appointmentId === appointmentId)
  return (
    <section className="f-panel" aria-label="Forms">
      {visits.length === 0 && (
        <EmptyState title="No visit is coming up" hint="Forms belong to a visit. You can still send them now." />
      )}
      {visits.map((visit) => (
        <VisitForms
          key={visit.appointmentId}
          patientId={patientId}
          visit={visit}
          links={forms.links.filter((link) => link.appointmentId === visit.appointmentId)}
        />
      ))}
      {visits.length === 0 && <SendForms patientId={patientId} />}
    </section>
  )
}

interface VisitFormsProps {
  patientId: string
  visit: Forms['visits'][number]
  links: readonly Link[]
}

function VisitForms({ patientId, visit, links }: VisitFormsProps) {
  const { timeZone, startsAt, state, appointmentId } = visit
  return (
    <div className="f-visit n-panel">
      <div className="f-visit__head">
        <time dateTime={startsAt}>{formatDateTime(startsAt, { timeZone })}</time>
        <StatusChip {...looks[state]} />
      </div>
      {links.length > 0 && (
        <ul className="f-visit__links">
          {links.slice(0, 3).map((link) => (
            <li key={link.id}>
              {link.sentBy === 'email' ? 'Link by e-mail' : 'Code at the desk'},{' '}
              {formatDateTime(link.createdAt, { timeZone })}: {linkWords[link.state]}
            </li>
          ))}
        </ul>
      )}
      {/* Offered when all is done, too: she may change an answer or take a consent back. */}
      <SendForms patientId={patientId} appointmentId={appointmentId} />
    </div>
  )
}

function SendForms({ patientId, appointmentId }: FormsPanelProps) {
  const { user } = useSession()
  const queries = useQueryClient()
  const [code, setCode] = useState<{ url: string; expiresAt: string }>()
  const sending = useMutation({
    mutationFn: (sentBy: 'email' | 'hand-over') =>
      data(
        api.POST('/api/patients/{patientId}/forms-link', {
          params: { path: { patientId } },
          body: { sentBy, ...(appointmentId && { appointmentId }) },
        }),
      ),
    onSuccess: async ({ url, expiresAt }) => {
      // Without a public address of its own the server is reached where this screen reaches it.
      if (url) setCode({ url: new URL(url, window.location.origin).href, expiresAt })
      await queries.invalidateQueries({ queryKey: ['forms', patientId] })
    },
  })
  const timeZone = user.locations[0]?.timeZone ?? 'UTC'
  const busy = (sentBy: 'email' | 'hand-over') => sending.isPending && sending.variables === sentBy
  return (
    <>
      <div className="f-actions">
        <Button
          variant="light"
          leftSection={<IconMailForward size={18} stroke={1.75} />}
          loading={busy('email')}
          onClick={() => sending.mutate('email')}
        >
          Send by e-mail
        </Button>
        <Button
          variant="default"
          leftSection={<IconQrcode size={18} stroke={1.75} />}
          loading={busy('hand-over')}
          onClick={() => sending.mutate('hand-over')}
        >
          Show code to scan
        </Button>
        {sending.isSuccess && sending.data.sentBy === 'email' && (
          <span role="status" className="f-sent">
            A new link is on its way. Older ones no longer work.
          </span>
        )}
      </div>
      {sending.error && <ErrorNotice error={sending.error} />}
      <Modal
        opened={code !== undefined}
        onClose={() => setCode(undefined)}
        title="Scan to open the forms"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {code && (
          <div className="f-code">
            <QrCode text={code.url} label="Code that opens the forms" sizePixels={240} />
            <p>
              For the patient’s own phone, or a practice tablet on which <strong>nobody is signed in</strong>. It asks
              for the birth date, works once, and until {formatDateTime(code.expiresAt, { timeZone })}.
            </p>
          </div>
        )}
      </Modal>
    </>
  )
}
