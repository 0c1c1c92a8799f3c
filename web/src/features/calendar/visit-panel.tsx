import { Button, CloseButton } from '@mantine/core'
import { IconCash, IconClipboardList, IconDoorEnter, IconNotes, IconUser } from '@tabler/icons-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useGo } from '../../place.ts'
import { formatTimeRange } from '../../ui/format.ts'
import { PatientName } from '../../ui/privacy.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { formsLooks, visitLooks, type FormsState } from '../../ui/visit-status.ts'
import { FormsPanel } from '../forms/forms-panel.tsx'
import type { Visit } from './calendar-day.ts'
import { useVisitStep, type VisitStep } from './visit-actions.ts'
import { statusOf } from './visit-look.ts'

export interface VisitPanelProps {
  visit: Visit
  providerName: string
  forms: FormsState
  timeZone: string
  /** the desk changes visits, providers open charts, everybody else looks */
  role: 'desk' | 'provider' | 'onlooker'
  onClose: () => void
}

/** One visit beside the calendar: who, when, how far, and the next thing to do as the biggest button. */
export function VisitPanel({ visit, providerName, forms, timeZone, role, onClose }: VisitPanelProps) {
  const go = useGo()
  const status = visitLooks[statusOf(visit)]
  const form = formsLooks[forms]
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    panel.current?.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true })
  }, [visit.id])
  const page = `/patients/${encodeURIComponent(visit.patientId)}`
  return (
    <section
      className="n-visit"
      aria-label="Visit"
      ref={panel}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <header className="n-visit__head">
        <h2>
          <PatientName name={visit.patientName} />
        </h2>
        <CloseButton aria-label="Close the visit" onClick={onClose} />
      </header>
      <div className="n-visit__chips">
        <StatusChip tone={status.tone} label={status.label} icon={status.icon} />
        {visit.needsProvider && <StatusChip tone="warn" label="Needs a provider" />}
        {forms !== 'none' && <StatusChip tone={form.tone} label={form.label} icon={form.icon} />}
      </div>
      <dl className="n-visit__facts">
        <Fact term="Time">
          <span className="n-figures">{formatTimeRange(visit.startsAt, visit.endsAt, { timeZone })}</span>
        </Fact>
        <Fact term="Service">{visit.serviceName}</Fact>
        <Fact term="With">{providerName}</Fact>
        <Fact term="Reference">
          <span className="n-figures">{visit.reference}</span>
        </Fact>
      </dl>
      {role === 'desk' && <DeskButtons visit={visit} />}
      {role === 'desk' && forms !== 'none' && forms !== 'complete' && <FormsHere key={`forms ${visit.id}`} visit={visit} />}
      {role === 'provider' && (
        <Button data-first size="md" leftSection={<IconNotes size={18} stroke={1.75} />} onClick={() => go(`${page}/chart`)}>
          Open the chart
        </Button>
      )}
      <Button {...(role === 'onlooker' && { 'data-first': true })} variant="default" size="md" leftSection={<IconUser size={18} stroke={1.75} />} onClick={() => go(page)}>
        Open the patient’s page
      </Button>
      {role === 'desk' && <Endings key={`${visit.id} ${visit.state}`} visit={visit} />}
    </section>
  )
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Opens on demand: looking at how far somebody's forms are is on record, too. */
function FormsHere({ visit }: { visit: Visit }) {
  const [opened, setOpened] = useState(false)
  if (opened) return <FormsPanel patientId={visit.patientId} appointmentId={visit.id} />
  return (
    <Button variant="default" size="md" leftSection={<IconClipboardList size={18} stroke={1.75} />} onClick={() => setOpened(true)}>
      Forms
    </Button>
  )
}

function DeskButtons({ visit }: { visit: Visit }) {
  const go = useGo()
  const step = useVisitStep()
  const act = (what: VisitStep) => () => step.mutate({ visit, what })
  if (visit.state === 'booked')
    return (
      <Button data-first size="lg" loading={step.isPending} leftSection={<IconDoorEnter size={20} stroke={1.75} />} onClick={act('check-in')}>
        Check in
      </Button>
    )
  if (visit.state === 'checked-in' || visit.state === 'no-show')
    return (
      <Button data-first variant="light" size="md" loading={step.isPending} onClick={act('reopen')}>
        {visit.state === 'no-show' ? 'Take back the no-show' : 'Take back the check-in'}
      </Button>
    )
  return (
    <Button data-first size="lg" leftSection={<IconCash size={20} stroke={1.75} />} onClick={() => go(`/checkout/${encodeURIComponent(visit.id)}?patient=${encodeURIComponent(visit.patientId)}`)}>
      {visit.paidAt ? 'Receipt' : 'Check out'}
    </Button>
  )
}

const endings = {
  cancel: { ask: 'Cancel this visit? Its time becomes free for others.', yes: 'Cancel the visit', no: 'Keep it' },
  'no-show': { ask: 'Mark as no-show? Its time becomes free for others.', yes: 'Did not come', no: 'Not yet' },
} as const

/** What ends a visit before it began: asked once more, and still to be undone afterwards. */
function Endings({ visit }: { visit: Visit }) {
  const [asking, setAsking] = useState<keyof typeof endings>()
  const step = useVisitStep()
  if (visit.state !== 'booked' && visit.state !== 'checked-in') return null
  if (!asking)
    return (
      <div className="n-visit__endings">
        {visit.state === 'booked' && (
          <Button variant="subtle" color="gray" size="md" onClick={() => setAsking('no-show')}>
            No-show
          </Button>
        )}
        <Button variant="subtle" color="red" size="md" onClick={() => setAsking('cancel')}>
          Cancel the visit
        </Button>
      </div>
    )
  const { ask, yes, no } = endings[asking]
  return (
    <div className="n-visit__confirm" role="alertdialog" aria-label={ask}>
      <p>{ask}</p>
      <div>
        <Button color="red" loading={step.isPending} onClick={() => step.mutate({ visit, what: asking })}>
          {yes}
        </Button>
        <Button variant="default" autoFocus onClick={() => setAsking(undefined)}>
          {no}
        </Button>
      </div>
    </div>
  )
}
