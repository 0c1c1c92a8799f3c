import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { operations } from '../../api.gen'
import { api, data } from '../../client'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatPlainDate } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { useUrlChoice } from '../../ui/url-choice.ts'

type Kind = operations['history.list']['parameters']['query']['kind']
type Line = operations['history.list']['responses']['200']['content']['application/json']['lines'][number]

const kindNames: Record<Kind, string> = {
  allergy: 'Allergies',
  condition: 'Conditions',
  medication: 'Medications',
  immunization: 'Immunizations',
  procedure: 'Procedures',
  encounter: 'Encounters',
  document: 'Documents',
}
const isKind = (value: string | undefined): value is Kind => value !== undefined && value in kindNames
const kinds = Object.keys(kindNames).filter(isKind)

/** What a patient brings along from elsewhere. A kind is opened when it is asked for: what is not opened is not disclosed. */
export function HistoryPanel({ patientId }: { patientId: string }) {
  const [chosen, choose] = useUrlChoice('history')
  const kind = isKind(chosen) ? chosen : undefined
  return (
    <section className="n-history" aria-label="Medical history">
      <h2>Medical history</h2>
      <div className="n-history__kinds" role="group" aria-label="Kind of history">
        {kinds.map((name) => (
          <button
            key={name}
            type="button"
            className="n-plain"
            aria-pressed={name === kind}
            onClick={() => choose(name === kind ? undefined : name)}
          >
            {kindNames[name]}
          </button>
        ))}
      </div>
      {kind && <Lines key={kind} patientId={patientId} kind={kind} />}
    </section>
  )
}

function Lines({ patientId, kind }: { patientId: string; kind: Kind }) {
  const go = useGo()
  const pages = useInfiniteQuery({
    queryKey: ['history', patientId, kind],
    queryFn: ({ pageParam: skip }) =>
      data(api.GET('/api/patients/{patientId}/history', { params: { path: { patientId }, query: { kind, skip } } })),
    initialPageParam: 0,
    getNextPageParam: ({ total }, all) => {
      const shown = all.reduce((sum, { lines }) => sum + lines.length, 0)
      return shown < total ? shown : undefined
    },
  })
  if (pages.isPending) return <SkeletonRows rows={3} label="Opening the history" />
  if (pages.error) return <ErrorNotice error={pages.error} onRetry={() => void pages.refetch()} onFix={go} />
  const lines = pages.data.pages.flatMap((page) => page.lines)
  if (lines.length === 0) return <p className="n-last__none">Nothing of this kind is on record.</p>
  return (
    <>
      <ul className="n-panel n-facts">
        {lines.map((line) => (
          <HistoryLine key={line.id} line={line} />
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button variant="subtle" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  )
}

/** As exactly as it is known: a year, a month or a day. */
const dateOf = (moment: string | undefined): string => {
  if (moment === undefined) return ''
  return moment.length >= 10 ? formatPlainDate(moment.slice(0, 10)) : moment
}

function HistoryLine({ line: { name, occurred, status, details } }: { line: Line }) {
  const when = [
    dateOf(occurred?.start),
    occurred?.end && occurred.end.slice(0, 10) !== occurred.start?.slice(0, 10) ? dateOf(occurred.end) : '',
  ]
    .filter(Boolean)
    .join(' – ')
  return (
    <li>
      <span>
        <strong>{name}</strong>
        <span>{[when, ...details].filter(Boolean).join(' · ')}</span>
      </span>
      <span className="n-history__status">{status}</span>
    </li>
  )
}
