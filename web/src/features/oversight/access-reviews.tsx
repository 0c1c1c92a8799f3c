import { Button, NativeSelect } from '@mantine/core'
import { IconUserCheck } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data } from '../../client.ts'
import { useGo, useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate } from '../../ui/format.ts'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { people, REVIEW_STATES } from './words.ts'

/** The quarterly reviews, and who decides on whom. */
export function AccessReviews() {
  const { timeZone } = useLocation()
  const go = useGo()
  const queries = useQueryClient()
  const reviews = useQuery({ queryKey: ['access-reviews'], queryFn: () => data(api.GET('/api/access-reviews')) })
  const begin = useMutation({
    mutationFn: () => data(api.POST('/api/access-reviews')),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: ['access-reviews'] }), queries.invalidateQueries({ queryKey: ['my-reviews'] })])
    },
  })
  const error = reviews.error ?? begin.error
  const isOpen = reviews.data?.some(({ state }) => state !== 'finished')
  return (
    <div className="n-oversight__tab">
      <div className="n-oversight__bar">
        <p>Every quarter each manager confirms or removes what her people hold. Begun by itself; reminded after 14 days, passed on after 21.</p>
        {reviews.data && !isOpen && (
          <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
            Begin a review now
          </Button>
        )}
        {isOpen && <Button onClick={() => go('/access-review')}>Decide on your people</Button>}
      </div>
      {error && <ErrorNotice error={error} />}
      {!reviews.data && !error && <SkeletonCard lines={3} label="Loading the reviews" />}
      {reviews.data?.length === 0 && <EmptyState icon={IconUserCheck} title="No review yet" hint="The first one begins by itself in the next quarter, or now." />}
      {reviews.data && reviews.data.length > 0 && (
        <ul className="n-panel n-oversight__list" aria-label="Access reviews">
          {reviews.data.map(({ id, quarter, openedAt, closedAt, people: all, done, removed, state, dueAt }) => (
            <li key={id}>
              <button type="button" className="n-plain n-oversight__line" onClick={() => go(`/access-review/${id}`)}>
                <span>
                  <strong>{quarter.replace('-', ' ')}</strong>: {done} of {people(all)} decided on{removed > 0 && `, ${removed} removed`}
                  <span className="n-oversight__small">
                    Begun {formatDate(openedAt, { timeZone })}
                    {closedAt ? ` · finished ${formatDate(closedAt, { timeZone })}` : ` · due ${formatDate(dueAt, { timeZone })}`}
                  </span>
                </span>
                <StatusChip {...REVIEW_STATES[state]} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Managers />
    </div>
  )
}

function Managers() {
  const queries = useQueryClient()
  const go = useGo()
  const managers = useQuery({ queryKey: ['managers'], queryFn: () => data(api.GET('/api/managers')) })
  const set = useMutation({
    mutationFn: ({ userId, managerId }: { userId: string; managerId: string }) => data(api.PUT('/api/managers/{userId}', { params: { path: { userId } }, body: managerId ? { managerId } : {} })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['managers'] }),
  })
  if (!managers.data) return managers.error ? <ErrorNotice error={managers.error} /> : null
  return (
    <section className="n-panel n-oversight__managers" aria-labelledby="managers">
      <h2 id="managers">Who decides on whom</h2>
      <p className="n-oversight__small">For reviews that begin from now on. Nobody decides on herself.</p>
      {set.error && <ErrorNotice error={set.error} />}
      <ul>
        {managers.data.map(({ userId, name, roleTitles, managerId, reviewerName }) => (
          <li key={userId}>
            <span>
              <strong>{name}</strong>
              <span className="n-oversight__small">{roleTitles.join(', ')}</span>
            </span>
            <NativeSelect
              aria-label={`Who decides on ${name}`}
              data={[{ value: '', label: reviewerName && !managerId ? `${reviewerName} (by rule)` : 'By rule' }, ...managers.data.filter((m) => m.userId !== userId).map((m) => ({ value: m.userId, label: m.name }))]}
              value={managerId ?? ''}
              onChange={(event) => set.mutate({ userId, managerId: event.currentTarget.value })}
            />
            <Button variant="subtle" onClick={() => go(`/private-address?person=${userId}`)}>
              Address
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
