import { Button, Modal } from '@mantine/core'
import { IconEyeCheck, IconRefresh } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import { useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime, formatPlainDate } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { Suspicion } from './suspicion.tsx'
import { KINDS, STATES, type Line } from './words.ts'

/** Until the trail of this moment is sealed and looked through. */
const LOOKS_AGAIN_AFTER_MS = 2000

/** The lines say who did what, never with whom: a patient's name is shown when one is opened, which is on record. */
export function SuspicionQueue({ state }: { state: 'open' | 'closed' }) {
  const { timeZone } = useLocation()
  const queries = useQueryClient()
  const [opened, setOpened] = useState<Line>()
  const queryKey = ['oversight', state]
  const pages = useInfiniteQuery({
    queryKey,
    initialPageParam: '',
    queryFn: ({ pageParam }) => data(api.GET('/api/oversight', { params: { query: { state, ...(pageParam && { before: pageParam }) } } })),
    getNextPageParam: ({ next }) => next,
  })
  const look = useMutation({
    mutationFn: async () => {
      await data(api.POST('/api/oversight/look'))
      await new Promise((resolve) => setTimeout(resolve, LOOKS_AGAIN_AFTER_MS))
      await queries.invalidateQueries({ queryKey: ['oversight'] })
    },
  })
  const items = pages.data?.pages.flatMap((page) => page.items)
  const [first] = pages.data?.pages ?? []
  const error = pages.error ?? look.error
  return (
    <div className="n-oversight__tab">
      {state === 'open' && (
        <div className="n-oversight__bar">
          <p>{first?.lookedAt ? `The trail was last looked through ${formatDateTime(first.lookedAt, { timeZone })}. What is about you is with somebody else.` : 'The trail has not been looked through yet.'}</p>
          <Button variant="default" loading={look.isPending} leftSection={<IconRefresh size={18} stroke={1.75} aria-hidden />} onClick={() => look.mutate()}>
            Look now
          </Button>
        </div>
      )}
      {error && <ErrorNotice error={error} onRetry={() => void pages.refetch()} />}
      {!items && !error && <SkeletonRows rows={5} label="Loading what is to be looked at" />}
      {items?.length === 0 && (
        <EmptyState
          icon={IconEyeCheck}
          title={state === 'open' ? 'Nothing waits for you' : 'Nothing has been judged yet'}
          hint="Openings of records without appointment, task, message or payment appear here, and those that tempt: namesakes, neighbours, colleagues, well-known patients."
        />
      )}
      {items && items.length > 0 && (
        <ul className="n-panel n-oversight__list" aria-label={state === 'open' ? 'To look at' : 'Judged'}>
          {items.map((line) => (
            <li key={line.id}>
              <button type="button" className="n-plain n-oversight__line" onClick={() => setOpened(line)}>
                <span>
                  <strong>{line.who}</strong> {line.said}
                  <span className="n-oversight__small">
                    {formatPlainDate(line.day)} · {line.openings === 1 ? 'once' : `${line.openings} times`}
                    {line.closedByName && ` · judged by ${line.closedByName}`}
                  </span>
                </span>
                <StatusChip {...STATES[line.state]} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {pages.hasNextPage && (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()} style={{ justifySelf: 'center' }}>
          Show earlier
        </Button>
      )}
      {state === 'closed' && first && first.rates.length > 0 && (
        <section className="n-panel n-oversight__rates" aria-labelledby="rates">
          <h2 id="rates">False alarms in the last 90 days</h2>
          <dl>
            {first.rates.map(({ kind, closed, falseAlarms }) => (
              <div key={kind}>
                <dt>{KINDS[kind]}</dt>
                <dd className="n-figures">
                  {falseAlarms} of {closed} ({Math.round((100 * falseAlarms) / closed)} %)
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <Modal opened={opened !== undefined} onClose={() => setOpened(undefined)} title="What was opened" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
        {opened && <Suspicion line={opened} onDone={() => setOpened(undefined)} />}
      </Modal>
    </div>
  )
}
