import { Button, Modal, NativeSelect } from '@mantine/core'
import { IconCheck, IconClock, IconHandStop, IconMailForward, IconX } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useLocation } from '../../place.ts'
import { useUrlState } from '../../url-state.ts'
import { DataList } from '../../ui/data-list.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { firstPage } from '../../ui/list-state.ts'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { StatusChip, type Icon, type Tone } from '../../ui/status-chip.tsx'

type Line = operations['outbox.list']['responses'][200]['content']['application/json']['messages'][number]
type State = Line['state']

const LOOKS: Record<State, { label: string; tone: Tone; icon: Icon }> = {
  waiting: { label: 'Waiting', tone: 'info', icon: IconClock },
  sending: { label: 'Sending', tone: 'info', icon: IconMailForward },
  sent: { label: 'Sent', tone: 'ok', icon: IconCheck },
  held: { label: 'Held here', tone: 'warn', icon: IconHandStop },
  failed: { label: 'Failed', tone: 'danger', icon: IconX },
}
const STATES = ['waiting', 'sending', 'sent', 'held', 'failed'] as const
/** "booking-confirmation" → "Booking confirmation" */
const templateWords = (name: string) => {
  const words = name.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The messages, newest first, without what they say; one is opened at a time, on record. */
export function Messages() {
  const { timeZone } = useLocation()
  const [url, setUrl] = useUrlState()
  const state = STATES.find((known) => known === url.state)
  const [opened, setOpened] = useState<Line>()
  const pages = useInfiniteQuery({
    queryKey: ['outbox', state],
    initialPageParam: '',
    queryFn: ({ pageParam }) => data(api.GET('/api/outbox', { params: { query: { ...(state && { state }), ...(pageParam && { before: pageParam }) } } })),
    getNextPageParam: ({ next }) => next,
  })
  const rows = pages.data?.pages.flatMap(({ messages }) => messages)
  return (
    <>
      <NativeSelect
        label="State"
        maw={240}
        data={[{ value: '', label: 'All' }, ...STATES.map((value) => ({ value, label: LOOKS[value].label }))]}
        value={state ?? ''}
        onChange={(event) => setUrl({ state: event.currentTarget.value })}
      />
      <DataList
        label="Messages"
        rows={rows}
        total={0}
        pageSize={50}
        rowId={({ id }) => id}
        state={firstPage}
        onStateChange={() => undefined}
        onOpen={setOpened}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        empty={{ icon: IconMailForward, title: 'No messages here', hint: 'Confirmations and links to patients’ forms appear here as they leave.' }}
        columns={[
          { id: 'what', header: 'Message', cell: ({ template }) => templateWords(template) },
          { id: 'state', header: 'State', cell: (line) => <StatusChip {...LOOKS[line.state]} /> },
          { id: 'at', header: 'Written', cell: ({ createdAt }) => formatDateTime(createdAt, { timeZone }), hideOn: 'phone' },
          { id: 'problem', header: 'Why', cell: ({ problem }) => problem, hideOn: 'tablet' },
        ]}
      />
      {pages.hasNextPage && (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()} style={{ justifySelf: 'center' }}>
          Show earlier
        </Button>
      )}
      <Modal opened={opened !== undefined} onClose={() => setOpened(undefined)} title={opened && templateWords(opened.template)} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
        {opened && <Letter line={opened} timeZone={timeZone} onClose={() => setOpened(undefined)} />}
      </Modal>
    </>
  )
}

function Letter({ line, timeZone, onClose }: { line: Line; timeZone: string; onClose: () => void }) {
  const queries = useQueryClient()
  const query = line.patientId ? { patientId: line.patientId } : {}
  const letter = useQuery({
    queryKey: ['outbox', 'message', line.id],
    gcTime: 0,
    queryFn: () => data(api.GET('/api/outbox/{messageId}', { params: { path: { messageId: line.id }, query } })),
  })
  const again = useMutation({
    mutationFn: () => data(api.POST('/api/outbox/{messageId}/retry', { params: { path: { messageId: line.id } }, body: query })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['outbox'] })
      onClose()
    },
  })
  const { data: of } = letter
  const error = letter.error ?? again.error
  return (
    <>
      {error && <ErrorNotice error={error} />}
      {!of && !error && <SkeletonCard lines={5} label="Opening the message" />}
      {of && (
        <>
          <dl className="n-outbox__facts">
            <dt>To</dt>
            <dd>{of.recipient}</dd>
            <dt>Subject</dt>
            <dd>{of.subject}</dd>
            <dt>State</dt>
            <dd>
              {LOOKS[of.state].label}
              {of.settledAt && `, ${formatDateTime(of.settledAt, { timeZone })}`}
              {of.problem && `. ${of.problem}`}
            </dd>
          </dl>
          <pre className="n-outbox__letter">{of.body}</pre>
          <p>That you read this message is in the audit trail.</p>
        </>
      )}
      {of && (of.state === 'held' || of.state === 'failed') && (
        <div className="n-outbox__foot">
          <Button loading={again.isPending} onClick={() => again.mutate()}>
            Send again
          </Button>
        </div>
      )}
    </>
  )
}
