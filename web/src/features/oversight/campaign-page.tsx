import { Button } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { api, data } from '../../client.ts'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate, formatDateTime } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { DECISIONS, people, REVIEW_STATES, type Report } from './words.ts'
import './oversight.css'

/** Hands a text to the browser as a file. It names a quarter, no person. */
const download = (fileName: string, text: string) => {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  URL.revokeObjectURL(url)
}

/** The evidence of one review: who decided what on whom, and when. Made to be printed. */
export function CampaignPage() {
  const { campaignId = '' } = useParams({ strict: false })
  const { timeZone } = useLocation()
  const go = useGo()
  const path = { params: { path: { campaignId } } }
  const report = useQuery({ queryKey: ['access-reviews', campaignId], queryFn: () => data(api.GET('/api/access-reviews/{campaignId}', path)) })
  const table = useMutation({
    mutationFn: () => data(api.GET('/api/access-reviews/{campaignId}/table', path)),
    onSuccess: ({ fileName, csv }) => download(fileName, csv),
  })
  if (report.error) return <ErrorNotice error={report.error} onRetry={() => void report.refetch()} onFix={go} />
  if (!report.data) return <SkeletonPage label="Opening the review" />
  const { quarter, openedAt, openedByName, closedAt, dueAt, people: all, done, removed, state, items } = report.data
  return (
    <div className="n-oversight">
      <PageHeader
        title={`Access review ${quarter.replace('-', ' ')}`}
        subtitle={`Begun ${formatDate(openedAt, { timeZone })} by ${openedByName} · ${closedAt ? `finished ${formatDate(closedAt, { timeZone })}` : `due ${formatDate(dueAt, { timeZone })}`}`}
        actions={
          <>
            <Button variant="default" leftSection={<IconPrinter size={18} stroke={1.75} aria-hidden />} onClick={() => window.print()}>
              Print
            </Button>
            <Button variant="default" leftSection={<IconDownload size={18} stroke={1.75} aria-hidden />} loading={table.isPending} onClick={() => table.mutate()}>
              Table (CSV)
            </Button>
          </>
        }
      />
      {table.error && <ErrorNotice error={table.error} />}
      <p className="n-oversight__sum">
        <StatusChip {...REVIEW_STATES[state]} /> {done} of {people(all)} decided on, {removed} removed. What was decided is never changed. 45 CFR 164.308(a)(4)(ii)(C)
      </p>
      {items.map((item) => (
        <Person key={item.userId} item={item} timeZone={timeZone} />
      ))}
    </div>
  )
}

function Person({ item, timeZone }: { item: Report['items'][number]; timeZone: string }) {
  const { name, reviewerName, escalatedFromName, undecided, decisions } = item
  return (
    <section className="n-panel n-oversight__person" aria-label={name}>
      <header>
        <h2>{name}</h2>
        <p className="n-oversight__small">
          {reviewerName ? `Decided on by ${reviewerName}` : 'Nobody else could decide: name a compliance officer'}
          {escalatedFromName && `, passed on from ${escalatedFromName}`}
        </p>
      </header>
      <ul>
        {decisions.map(({ hold, label, decision, byName, at, note }) => (
          <li key={hold}>
            <span>
              <strong>{label}</strong>
              <span className="n-oversight__small">
                {byName}, {formatDateTime(at, { timeZone })}
                {note && `: “${note}”`}
              </span>
            </span>
            <StatusChip {...DECISIONS[decision]} />
          </li>
        ))}
        {undecided.length > 0 && (
          <li>
            <span>{undecided.length} not decided yet</span>
            <StatusChip tone="warn" label="Waits" />
          </li>
        )}
      </ul>
    </section>
  )
}
