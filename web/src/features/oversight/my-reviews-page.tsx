import { Button, SegmentedControl, Textarea } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import { useGo, useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { DECISIONS, people, type Review } from './words.ts'
import { useMyReviews } from './my-reviews.ts'
import './oversight.css'

/** Does each of her people still need what she holds? One card a person, kept unless she says otherwise. */
export function MyReviewsPage() {
  const { timeZone } = useLocation()
  const reviews = useMyReviews()
  const { data: mine, error } = reviews
  return (
    <div className="n-oversight">
      <PageHeader title="Access review" subtitle={mine?.quarter && mine.dueAt ? `${mine.quarter.replace('-', ' ')} · ${people(mine.people.length)} to decide on by ${formatDate(mine.dueAt, { timeZone })}` : 'Who still needs what she holds'} />
      {error && <ErrorNotice error={error} onRetry={() => void reviews.refetch()} />}
      {!mine && !error && <SkeletonCard lines={4} label="Loading your reviews" />}
      {mine?.people.length === 0 && <EmptyState icon={IconCircleCheck} title="You have decided on everybody" hint="The next review comes in the next quarter." />}
      {mine?.people.map((person) => (
        <PersonCard key={person.userId} person={person} timeZone={timeZone} />
      ))}
    </div>
  )
}

function PersonCard({ person, timeZone }: { person: Review; timeZone: string }) {
  const go = useGo()
  const queries = useQueryClient()
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set())
  const [note, setNote] = useState('')
  const open = person.holds.filter(({ decision }) => !decision)
  const decide = useMutation({
    mutationFn: () =>
      data(
        api.POST('/api/access-reviews/{campaignId}/people/{userId}', {
          params: { path: { campaignId: person.campaignId, userId: person.userId } },
          body: { decisions: open.map(({ hold }) => ({ hold, decision: removed.has(hold) ? ('removed' as const) : ('confirmed' as const), ...(removed.has(hold) && note.trim() ? { note: note.trim() } : {}) })) },
        }),
      ),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: ['my-reviews'] }), queries.invalidateQueries({ queryKey: ['access-reviews'] })])
    },
  })
  const choose = (hold: string, decision: string) => {
    const next = new Set(removed)
    if (decision === 'removed') next.add(hold)
    else next.delete(hold)
    setRemoved(next)
  }
  return (
    <section className="n-panel n-oversight__person" aria-label={person.name}>
      <header>
        <h2>{person.name}</h2>
        <p className="n-oversight__small">
          {person.lastSignInAt ? `Last signed in ${formatDate(person.lastSignInAt, { timeZone })}` : 'Has never signed in'}
          {person.escalatedFrom && ` · passed on from ${person.escalatedFrom}`}
        </p>
      </header>
      {decide.error && <ErrorNotice error={decide.error} onFix={go} />}
      <ul>
        {person.holds.map(({ hold, label, detail, decision }) => (
          <li key={hold}>
            <span>
              <strong>{label}</strong>
              <span className="n-oversight__small">{detail}</span>
            </span>
            {decision ? (
              <StatusChip {...DECISIONS[decision]} />
            ) : (
              <SegmentedControl
                aria-label={label}
                data={[{ value: 'confirmed', label: 'Keep' }, { value: 'removed', label: 'Remove' }]}
                value={removed.has(hold) ? 'removed' : 'confirmed'}
                onChange={(value) => choose(hold, value)}
              />
            )}
          </li>
        ))}
      </ul>
      {removed.size > 0 && <Textarea label="Why it is removed" autosize minRows={1} maxLength={500} value={note} onChange={(event) => setNote(event.currentTarget.value)} />}
      <div className="n-oversight__foot">
        <Button {...(removed.size > 0 && { color: 'red' })} loading={decide.isPending} onClick={() => decide.mutate()}>
          {removed.size === 0 ? 'Confirm all' : `Remove ${removed.size}, keep ${open.length - removed.size}`}
        </Button>
        <span className="n-oversight__small">{removed.size > 0 ? 'Takes effect within seconds.' : 'On record with your name.'}</span>
      </div>
    </section>
  )
}
