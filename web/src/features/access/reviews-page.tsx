import { Button, Radio, SegmentedControl, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconBuilding, IconEyeCheck, IconUrgent } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime, formatTime } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { PatientName } from '../../ui/privacy.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip, type Icon, type Tone } from '../../ui/status-chip.tsx'
import { useUrlChoice } from '../../ui/url-choice.ts'
import './access.css'

type Task = operations['review-task.list']['responses'][200]['content']['application/json'][number]

/** How each kind of review is called; one that a later part of the product adds is shown by its name until it has words here. */
const kinds: Record<string, { label: string; tone: Tone; icon: Icon }> = {
  'break-glass': { label: 'Emergency access', tone: 'danger', icon: IconUrgent },
  'cross-location': { label: 'Patient of another location', tone: 'info', icon: IconBuilding },
}
const kindOf = (kind: string) => kinds[kind] ?? { label: kind.replaceAll('-', ' '), tone: 'neutral', icon: IconEyeCheck }

/** What waits for a second pair of eyes: who stepped over a line, why, and what came of it. */
export function ReviewsPage() {
  const [chosen, choose] = useUrlChoice('state')
  const state = chosen === 'closed' ? 'closed' : 'open'
  const go = useGo()
  const { user } = useSession()
  const tasks = useQuery({ queryKey: ['review-tasks', state], queryFn: () => data(api.GET('/api/review-tasks', { params: { query: { state } } })) })
  return (
    <div className="n-access">
      <PageHeader
        title="Reviews"
        subtitle="Somebody stepped over a line and said why. Somebody else looks at it."
        actions={
          <>
            {user.grants.has('access.explain') && (
              <Button variant="default" onClick={() => go('/access/explain')}>
                Who may do what
              </Button>
            )}
            {user.grants.has('access-settings.change') && (
              <Button variant="default" onClick={() => go('/access/gates')}>
                Gates and times
              </Button>
            )}
          </>
        }
      />
      <SegmentedControl
        size="md"
        aria-label="Which reviews"
        style={{ justifySelf: 'start' }}
        data={[{ value: 'open', label: 'To review' }, { value: 'closed', label: 'Reviewed' }]}
        value={state}
        onChange={(value) => choose(value === 'closed' ? 'closed' : undefined)}
      />
      {tasks.error && <ErrorNotice error={tasks.error} onRetry={() => void tasks.refetch()} onFix={go} />}
      {tasks.isPending && <SkeletonRows rows={3} label="Loading reviews" />}
      {tasks.data?.length === 0 && (
        <EmptyState icon={IconEyeCheck} title={state === 'open' ? 'Nothing to review' : 'Nothing was reviewed yet'} hint="Emergency access and patients of other locations appear here, each with the reason that was given." />
      )}
      {tasks.data && tasks.data.length > 0 && (
        <ul className="n-reviews">
          {tasks.data.map((task) => (
            <ReviewCard key={task.id} task={task} />
          ))}
        </ul>
      )}
    </div>
  )
}

function ReviewCard({ task }: { task: Task }) {
  const { timeZone } = useLocation()
  const go = useGo()
  const { label, tone, icon } = kindOf(task.kind)
  const [isClosing, setClosing] = useState(false)
  return (
    <li className="n-panel n-review">
      <div className="n-review__head">
        <StatusChip tone={tone} icon={icon} label={label} />
        <span className="n-figures">{formatDateTime(task.openedAt, { timeZone })}</span>
        {task.verdict && <StatusChip tone={task.verdict === 'justified' ? 'ok' : 'danger'} label={task.verdict === 'justified' ? 'Justified' : 'Not justified'} />}
      </div>
      <p>
        <strong>{task.whoName}</strong>
        {task.patientName && (
          <>
            {' · patient '}
            <PatientName name={task.patientName} />
          </>
        )}
      </p>
      <blockquote>{task.reason}</blockquote>
      {task.note && (
        <p>
          {task.closedByName}: “{task.note}” {task.closedAt && <span className="n-figures">· {formatDateTime(task.closedAt, { timeZone })}</span>}
        </p>
      )}
      {task.glass?.isOpen && <OpenGlass task={task} glass={task.glass} />}
      <div className="n-review__actions">
        {task.patientId && (
          <Button variant="default" onClick={() => go(`/trail?patient=${encodeURIComponent(task.patientId ?? '')}&actor=${encodeURIComponent(task.whoId)}`)}>
            What was opened
          </Button>
        )}
        {!task.closedAt && !task.isOwn && !isClosing && <Button onClick={() => setClosing(true)}>Close the review</Button>}
      </div>
      {!task.closedAt && task.isOwn && <p className="n-review__own">This is about you: somebody else closes it.</p>}
      {isClosing && <CloseForm task={task} />}
    </li>
  )
}

function OpenGlass({ task, glass: { glassId, until } }: { task: Task; glass: NonNullable<Task['glass']> }) {
  const { timeZone } = useLocation()
  const queries = useQueryClient()
  const close = useMutation({
    mutationFn: () => data(api.POST('/api/patients/{patientId}/emergency-access/{glassId}/close', { params: { path: { patientId: task.patientId ?? '', glassId } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['review-tasks'] }),
  })
  return (
    <div className="n-review__open">
      <span>
        Open now, until <span className="n-figures">{formatTime(until, { timeZone })}</span>
      </span>
      <Button variant="light" color="red" loading={close.isPending} onClick={() => close.mutate()}>
        End it now
      </Button>
      {close.isError && <ErrorNotice error={close.error} />}
    </div>
  )
}

function CloseForm({ task }: { task: Task }) {
  const queries = useQueryClient()
  const [verdict, setVerdict] = useState('')
  const [note, setNote] = useState('')
  const close = useMutation({
    mutationFn: (found: 'justified' | 'not-justified') =>
      data(api.POST('/api/review-tasks/{taskId}/close', { params: { path: { taskId: task.id } }, body: { verdict: found, note, ...(task.patientId ? { patientId: task.patientId } : {}) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['review-tasks'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (verdict === 'justified' || verdict === 'not-justified') close.mutate(verdict)
  }
  return (
    <form className="n-review__form" onSubmit={submit}>
      <Radio.Group label="What did you find?" required value={verdict} onChange={setVerdict}>
        <div className="n-review__choices">
          <Radio size="md" value="justified" label="Justified" />
          <Radio size="md" value="not-justified" label="Not justified" />
        </div>
      </Radio.Group>
      <Textarea label="How do you know?" required autosize minRows={2} maxLength={1000} size="md" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      {close.isError && <ErrorNotice error={close.error} />}
      <div>
        <Button type="submit" size="md" loading={close.isPending} disabled={verdict === '' || note.trim().length < 3}>
          Close the review
        </Button>
      </div>
    </form>
  )
}
