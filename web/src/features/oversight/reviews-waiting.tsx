import { Button } from '@mantine/core'
import { useRouterState } from '@tanstack/react-router'
import { formatDate } from '../../ui/format.ts'
import { useMyReviews } from './my-reviews.ts'
import { people } from './words.ts'
import './oversight.css'

/** Tells a manager, wherever she begins, that people wait for her decision. Nothing when none do. */
export function ReviewsWaiting({ timeZone, go }: { timeZone: string; go: (href: string) => void }) {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const { data: mine } = useMyReviews()
  if (!mine?.dueAt || mine.people.length === 0 || path.startsWith('/access-review')) return null
  return (
    <aside className="n-oversight__waiting" aria-label="Access review">
      <span>
        {people(mine.people.length)} wait{mine.people.length === 1 ? 's' : ''} for your decision in the access review, by {formatDate(mine.dueAt, { timeZone })}.
      </span>
      <Button variant="light" onClick={() => go('/access-review')}>
        Decide
      </Button>
    </aside>
  )
}
