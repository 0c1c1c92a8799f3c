import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { useUrlState } from '../../url-state.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { usePeople } from '../team/team-data.ts'
import { PatientPicker } from '../trail/patient-picker.tsx'
import './access.css'

type Explanation = operations['access.explain']['responses'][200]['content']['application/json']
type Line = Explanation['rule'][number]
interface Question {
  action: string
  userId: string
  patientId: string | undefined
  isOwn: boolean
}

const ask = ({ action, userId, patientId, isOwn }: Question): Promise<Explanation> => {
  if (!isOwn) return data(api.POST('/api/access/explain', { body: { userId, action, ...(patientId ? { patientId } : {}) } }))
  return patientId ? data(api.POST('/api/access/why-patient', { body: { action, patientId } })) : data(api.POST('/api/access/why', { body: { action } }))
}

/** For a person, a patient and an action: allowed or not, by which rule, through which role, until when. */
export function ExplainPage() {
  const [url, setUrl] = useUrlState()
  const { user } = useSession()
  const go = useGo()
  const mayAskOfOthers = user.grants.has('access.explain')
  const userId = url.person && mayAskOfOthers ? url.person : user.id
  const isOwn = userId === user.id
  const { action, patient } = url
  const people = usePeople()
  const actions = useQuery({ queryKey: ['actions'], staleTime: Infinity, queryFn: () => data(api.GET('/api/actions')) })
  const told = useQuery({
    queryKey: ['explain', userId, action, patient],
    enabled: action !== undefined,
    gcTime: 0,
    queryFn: () => ask({ action: action ?? '', userId, patientId: patient, isOwn }),
  })
  return (
    <div className="n-access">
      <PageHeader title="Who may do what, and why" subtitle="The same rules that decide, read out part by part. Asking is on record." />
      <div className="n-explain__question" role="search" aria-label="What to explain">
        {mayAskOfOthers && (
          <Select
            label="Person"
            size="md"
            searchable
            data={(people.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={userId}
            onChange={(value) => setUrl({ ...url, person: value ?? undefined })}
          />
        )}
        <Select
          label="Action"
          size="md"
          placeholder="see a chart, take a photo …"
          searchable
          data={(actions.data ?? []).map(({ name, does }) => ({ value: name, label: does }))}
          value={action ?? null}
          onChange={(value) => setUrl({ ...url, action: value ?? undefined })}
        />
        {user.grants.has('patient.find') && <PatientPicker patientId={patient} onChange={(next) => setUrl({ ...url, patient: next })} />}
      </div>
      {!action && <EmptyState icon={IconHelpCircle} title="Choose what you want explained" hint="A patient is only needed for what is about one." />}
      {told.error && <ErrorNotice error={told.error} onRetry={() => void told.refetch()} onFix={go} />}
      {action && told.isFetching && <SkeletonRows rows={4} label="Looking at the rules" />}
      {told.data && !told.isFetching && <Answer told={told.data} />}
    </div>
  )
}

const signs = {
  yes: { icon: IconCircleCheck, word: 'Allowed', colour: 'var(--n-ok)' },
  no: { icon: IconCircleX, word: 'Not allowed', colour: 'var(--n-danger)' },
  depends: { icon: IconHelpCircle, word: 'It depends', colour: 'var(--n-warn)' },
} as const

function Sign({ verdict, sizePixels = 20 }: { verdict: Line['verdict']; sizePixels?: number }) {
  const { icon: IconOf, word, colour } = signs[verdict]
  return <IconOf size={sizePixels} stroke={1.75} color={colour} aria-label={`${word}:`} />
}

function Answer({ told }: { told: Explanation }) {
  const { timeZone } = useLocation()
  const when = (until: string | undefined) => (until ? `until ${formatDateTime(until, { timeZone })}` : '')
  return (
    <section className="n-explain n-panel" aria-label="Answer" aria-live="polite">
      <h2>
        <Sign verdict={told.verdict} sizePixels={28} /> {signs[told.verdict].word}
        {told.until && <span className="n-explain__until"> {when(told.until)}</span>}
      </h2>
      <p>
        {told.who} · {told.does}
      </p>
      <p className="n-explain__why">{told.why}</p>
      {told.asksForProof && <p className="n-explain__why">Asks to show once more that it is she.</p>}
      <dl>
        <div>
          <dt>Role</dt>
          <dd>
            <Sign verdict={told.roles.length > 0 ? 'yes' : 'no'} /> {told.roles.length > 0 ? told.roles.join(', ') : 'No role includes it'}
          </dd>
        </div>
        <div>
          <dt>Training, licence, signatures</dt>
          <dd>
            <Sign verdict={told.standing.verdict} /> {told.standing.why} {when(told.standing.until)}
          </dd>
        </div>
        {told.place.length > 0 && (
          <div>
            <dt>Location</dt>
            <dd>
              <Tree lines={told.place} when={when} />
            </dd>
          </div>
        )}
        <div>
          <dt>Rule</dt>
          <dd>
            <Tree lines={told.rule} when={when} />
          </dd>
        </div>
      </dl>
    </section>
  )
}

const glue = { one: '', any: 'one of these is enough', all: 'all of these' } as const

function Tree({ lines, when }: { lines: readonly Line[]; when: (until: string | undefined) => string }) {
  return (
    <ul className="n-explain__tree">
      {lines.map((line, i) => (
        // The lines are one answer and never change their order.
        <li key={i} style={{ marginInlineStart: line.depth * 20 }}>
          <Sign verdict={line.verdict} />
          <span>
            {line.how === 'one' ? line.words : glue[line.how]}
            {line.until && line.how === 'one' && <span className="n-explain__until"> {when(line.until)}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}
