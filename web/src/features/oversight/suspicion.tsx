import { Button, Radio, Select, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate, formatDateTime, formatTime } from '../../ui/format.ts'
import { PatientName } from '../../ui/privacy.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { KINDS, STATES, type Kind, type Line, type Verdict } from './words.ts'

const VERDICTS: readonly { value: Verdict; label: string; description: string }[] = [
  { value: 'justified', label: 'Justified', description: 'There was a reason, and it is a good one.' },
  { value: 'false-alarm', label: 'False alarm', description: 'Nothing was odd here. It is counted, so that alarms get better.' },
  { value: 'incident', label: 'Incident', description: 'There was no reason. The breach assessment begins.' },
]

/** One opening with the patient's name, what was done, and the judgement. */
export function Suspicion({ line, onDone }: { line: Line; onDone: () => void }) {
  const { timeZone } = useLocation()
  const go = useGo()
  const of = { patientId: line.patientId, suspicionId: line.id }
  const view = useQuery({
    queryKey: ['suspicion', line.id],
    gcTime: 0,
    staleTime: 0,
    queryFn: () => data(api.GET('/api/patients/{patientId}/suspicions/{suspicionId}', { params: { path: of } })),
  })
  if (view.error) return <ErrorNotice error={view.error} onRetry={() => void view.refetch()} onFix={go} />
  if (!view.data) return <SkeletonCard lines={5} label="Opening" />
  const { who, said, patientName, events, reasons, mutes, note, closedByName, state, closedAt } = view.data
  return (
    <div className="n-form">
      <p className="n-oversight__said">
        <strong>{who}</strong> {said}.
      </p>
      <dl className="n-oversight__facts">
        <dt>Patient</dt>
        <dd>
          <strong>
            <PatientName name={patientName} />
          </strong>
        </dd>
        {events.length > 0 && <dt>What was done</dt>}
        {events.length > 0 && (
          <dd>
            <ul>
              {events.map(({ at, does }) => (
                <li key={`${at} ${does}`}>
                  <time dateTime={at}>{formatTime(at, { timeZone })}</time> {does}
                </li>
              ))}
            </ul>
          </dd>
        )}
        {reasons.length > 0 && <dt>Her reason</dt>}
        {reasons.map(({ at, reason }) => (
          <dd key={at}>
            “{reason}” <span className="n-oversight__small">{formatTime(at, { timeZone })}, before it opened</span>
          </dd>
        ))}
      </dl>
      {closedAt ? (
        <p>
          {STATES[state].label}, by {closedByName} on {formatDateTime(closedAt, { timeZone })}: “{note}”
        </p>
      ) : (
        <Judge line={line} onDone={onDone} />
      )}
      <Silence line={line} mutes={mutes} />
      <p className="n-oversight__small">That you looked at this is in the patient’s trail.</p>
    </div>
  )
}

function Judge({ line: { id, patientId }, onDone }: { line: Line; onDone: () => void }) {
  const queries = useQueryClient()
  const [verdict, setVerdict] = useState<Verdict>()
  const [note, setNote] = useState('')
  const close = useMutation({
    mutationFn: async () => {
      if (verdict) await data(api.POST('/api/patients/{patientId}/suspicions/{suspicionId}/close', { params: { path: { patientId, suspicionId: id } }, body: { verdict, note } }))
    },
    onSuccess: async () => {
      onDone()
      await queries.invalidateQueries({ queryKey: ['oversight'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    close.mutate()
  }
  return (
    <form className="n-form" onSubmit={submit}>
      {close.error && <ErrorNotice error={close.error} />}
      <Radio.Group label="Your judgement" required value={verdict ?? null} onChange={(value) => setVerdict(VERDICTS.find((v) => v.value === value)?.value)}>
        <div className="n-oversight__choices">
          {VERDICTS.map(({ value, label, description }) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </div>
      </Radio.Group>
      <Textarea label="Why" description="What you asked and what you were told" required autosize minRows={2} maxLength={1000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      <div>
        <Button type="submit" loading={close.isPending} disabled={!verdict || note.trim().length < 3}>
          Record the judgement
        </Button>
      </div>
    </form>
  )
}

const SPANS = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
]
interface Mute {
  id: string
  kind: Kind
  until: string
  reason: string
}

/** A nurse treats her sister with permission: one cause stays silent for this pair. */
function Silence({ line: { id, patientId, userId, kinds, who }, mutes }: { line: Line; mutes: readonly Mute[] }) {
  const { timeZone } = useLocation()
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['suspicion', id] })
  const [open, setOpen] = useState(false)
  const left = kinds.filter((kind) => !mutes.some((m) => m.kind === kind))
  const [kind, setKind] = useState<Kind | undefined>(left[0])
  const [days, setDays] = useState('90')
  const [reason, setReason] = useState('')
  const mute = useMutation({
    mutationFn: async () => {
      if (kind) await data(api.POST('/api/patients/{patientId}/mutes', { params: { path: { patientId } }, body: { userId, kind, reason, days: Number(days) } }))
    },
    onSuccess: async () => {
      setOpen(false)
      await refresh()
    },
  })
  const end = useMutation({
    mutationFn: (muteId: string) => data(api.POST('/api/patients/{patientId}/mutes/{muteId}/end', { params: { path: { patientId, muteId } } })),
    onSuccess: refresh,
  })
  const error = mute.error ?? end.error
  return (
    <section className="n-oversight__silence">
      {error && <ErrorNotice error={error} />}
      {mutes.map((m) => (
        <div key={m.id} className="n-oversight__muted">
          <p>
            “{KINDS[m.kind]}” is silent for these two until {formatDate(m.until, { timeZone })}: “{m.reason}”
          </p>
          <Button variant="default" size="xs" mih={44} loading={end.isPending} onClick={() => end.mutate(m.id)}>
            End it
          </Button>
        </div>
      ))}
      {!open && left.length > 0 && (
        <Button variant="subtle" onClick={() => setOpen(true)}>
          Do not raise this again for these two
        </Button>
      )}
      {open && (
        <form
          className="n-form"
          onSubmit={(event) => {
            event.preventDefault()
            mute.mutate()
          }}
        >
          <div className="n-form__pair">
            <Select label="Which cause" data={left.map((value) => ({ value, label: KINDS[value] }))} value={kind ?? null} allowDeselect={false} onChange={(value) => setKind(left.find((k) => k === value))} />
            <Select label="For how long" data={SPANS} value={days} allowDeselect={false} onChange={(value) => setDays(value ?? '90')} />
          </div>
          <Textarea label={`Why ${who} may`} required autosize minRows={2} maxLength={1000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <div>
            <Button type="submit" variant="light" loading={mute.isPending} disabled={reason.trim().length < 3}>
              Keep it silent
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}
