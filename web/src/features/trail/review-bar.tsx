import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data } from '../../client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate } from '../../ui/format.ts'
import './trail.css'

interface ReviewBarProps {
  subject: 'refusals'
  /** What is to be looked at: "Look through what was refused." */
  what: string
  timeZone: string
}

/** When somebody last looked through this, and the button with which she signs that she has. */
export function ReviewBar({ subject, what, timeZone }: ReviewBarProps) {
  const queries = useQueryClient()
  const queryKey = ['review', subject]
  const last = useQuery({ queryKey, queryFn: () => data(api.GET('/api/reviews/{subject}', { params: { path: { subject } } })) })
  const sign = useMutation({
    mutationFn: () => data(api.POST('/api/reviews', { body: { subject } })),
    onSuccess: () => queries.invalidateQueries({ queryKey }),
  })
  const reviewed = last.data?.reviewed
  const error = last.error ?? sign.error
  if (error) return <ErrorNotice error={error} />
  return (
    <div className="n-review n-panel">
      <p role="status">
        {what}{' '}
        {last.data && (reviewed ? `Last reviewed by ${reviewed.reviewedByName} on ${formatDate(reviewed.at, { timeZone })}.` : 'Nobody has reviewed it yet.')}
      </p>
      <Button variant="light" loading={sign.isPending} onClick={() => sign.mutate()}>
        I have reviewed this
      </Button>
    </div>
  )
}
