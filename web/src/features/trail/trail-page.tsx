import { Button, Select, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconBan, IconFingerprint, IconPointFilled } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, data } from '../../client.ts'
import { useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { Timeline, type TimelineEntry } from '../../ui/timeline.tsx'
import { PatientPicker } from './patient-picker.tsx'
import { ReviewBar } from './review-bar.tsx'
import { questionOf, useTrailFilters, type TrailFilters } from './trail-filters.ts'
import { outcomeWord, tell, type TrailLine } from './trail-words.ts'
import { VerifyPanel } from './verify-panel.tsx'
import './trail.css'

interface FilterProps {
  filters: TrailFilters
  onChange: (next: TrailFilters) => void
}

/** Who did what to whose record, in plain words; what was refused; and whether the record of it is whole. */
export function TrailPage() {
  const { timeZone } = useLocation()
  const [filters, setFilters] = useTrailFilters()
  return (
    <div className="n-trail">
      <PageHeader title="Audit trail" subtitle="Everything that was done, refused or failed. Reading it is recorded too." />
      <VerifyPanel timeZone={timeZone} />
      <Filters filters={filters} onChange={setFilters} />
      {filters.outcome === 'denied' && <ReviewBar subject="refusals" what="Look through what was refused." timeZone={timeZone} />}
      <Lines filters={filters} onChange={setFilters} />
    </div>
  )
}

function Filters({ filters, onChange }: FilterProps) {
  const people = useQuery({ queryKey: ['users'], queryFn: () => data(api.GET('/api/users')) })
  const actions = useQuery({ queryKey: ['trail', 'actions'], staleTime: Infinity, queryFn: () => data(api.GET('/api/trail/actions')) })
  const pick = (name: 'actor' | 'action' | 'from' | 'to') => (value: string | null) => {
    const { [name]: _, ...rest } = filters
    onChange(value ? { ...rest, [name]: value } : rest)
  }
  const isKnown = people.data?.some(({ id }) => id === filters.actor) ?? true
  const persons = [...(people.data ?? []).map(({ id, name }) => ({ value: id, label: name })), ...(filters.actor && !isKnown ? [{ value: filters.actor, label: filters.actor }] : [])]
  return (
    <div className="n-trail__filters" role="search" aria-label="Filter the trail">
      <PatientPicker
        patientId={filters.patient}
        onChange={(patient) => {
          const { patient: _, ...rest } = filters
          onChange(patient ? { ...rest, patient } : rest)
        }}
      />
      <Select label="Person" placeholder="Anybody" searchable clearable clearButtonProps={{ 'aria-label': 'Any person' }} data={persons} value={filters.actor ?? null} onChange={pick('actor')} />
      <Select
        label="What"
        placeholder="Anything"
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Anything' }}
        comboboxProps={{ width: 420, position: 'bottom-start' }}
        data={(actions.data ?? []).map(({ action, does }) => ({ value: action, label: does }))}
        value={filters.action ?? null}
        onChange={pick('action')}
      />
      <Select
        label="Outcome"
        placeholder="Any"
        clearable
        clearButtonProps={{ 'aria-label': 'Any outcome' }}
        data={(['done', 'denied', 'failed'] as const).map((value) => ({ value, label: outcomeWord(value) }))}
        value={filters.outcome ?? null}
        onChange={(value) => {
          const { outcome: _, ...rest } = filters
          onChange(value ? { ...rest, outcome: value } : rest)
        }}
      />
      <TextInput type="date" label="From" value={filters.from ?? ''} max={filters.to} onChange={(event) => pick('from')(event.currentTarget.value)} />
      <TextInput type="date" label="Up to" value={filters.to ?? ''} min={filters.from} onChange={(event) => pick('to')(event.currentTarget.value)} />
    </div>
  )
}

function Lines({ filters, onChange }: FilterProps) {
  const { timeZone } = useLocation()
  const pages = useInfiniteQuery({
    queryKey: ['trail', 'lines', filters],
    initialPageParam: '',
    staleTime: 0,
    queryFn: ({ pageParam }) => data(api.GET('/api/trail', { params: { query: { ...questionOf(filters, timeZone), ...(pageParam && { before: pageParam }) } } })),
    getNextPageParam: ({ next }) => next,
  })
  const lines = pages.data?.pages.flatMap((page) => page.lines)
  if (pages.error) return <ErrorNotice error={pages.error} onRetry={() => void pages.refetch()} />
  if (!lines) return <SkeletonRows rows={8} label="Loading the trail" />
  if (lines.length === 0)
    return (
      <EmptyState
        icon={IconFingerprint}
        title={filters.outcome === 'denied' ? 'Nothing was refused' : 'No event fits'}
        hint="No event of the trail fits these filters."
        action={{ label: 'Show everything', onClick: () => onChange({}) }}
      />
    )
  return (
    <>
      <div className="n-trail__list n-panel">
        <Timeline label="Audit trail" timeZone={timeZone} entries={lines.map((line) => entryOf(line, filters, onChange))} />
      </div>
      {pages.hasNextPage && (
        <div className="n-trail__end">
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            Show earlier
          </Button>
        </div>
      )}
    </>
  )
}

const TONES = { done: 'neutral', denied: 'danger', failed: 'warn' } as const
const SIGNS = { done: IconPointFilled, denied: IconBan, failed: IconAlertTriangle } as const

function entryOf(line: TrailLine, filters: TrailFilters, onChange: (next: TrailFilters) => void): TimelineEntry {
  const { actor, did, facts, patientId } = tell(line, filters.patient)
  return {
    id: line.id,
    at: line.at,
    actor,
    did: patientId && patientId !== filters.patient ? (
      <>
        {did}{' '}
        <Button component="button" variant="subtle" size="compact-sm" onClick={() => onChange({ ...filters, patient: patientId })}>
          Whose record?
        </Button>
      </>
    ) : did,
    facts,
    tone: TONES[line.outcome],
    icon: SIGNS[line.outcome],
    aside: (
      <span className="n-trail__aside">
        {line.outcome !== 'done' && <StatusChip tone={TONES[line.outcome]} label={outcomeWord(line.outcome)} />}
        <span className="n-trail__seq">{line.seq === undefined ? 'being sealed' : `#${line.seq}`}</span>
      </span>
    ),
  }
}
