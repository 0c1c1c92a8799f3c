import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, data } from '../../client'
import { formatDateTime } from '../../ui/format.ts'
import { useLocation } from '../../place.ts'
import './access.css'

/** For the owner: who asked for more than the role includes. Shows nothing when nobody did. */
export function AccessRequests() {
  const { timeZone } = useLocation()
  const queries = useQueryClient()
  const asked = useQuery({ queryKey: ['access-requests'], queryFn: () => data(api.GET('/api/access-requests')) })
  const close = useMutation({
    mutationFn: (requestId: string) => data(api.POST('/api/access-requests/{requestId}/close', { params: { path: { requestId } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['access-requests'] }),
  })
  if (!asked.data || asked.data.length === 0) return null
  return (
    <section className="n-asked" aria-label="Asked for access">
      {asked.data.map(({ id, who, wants, reason, at }) => (
        <article key={id}>
          <div>
            <strong>{who}</strong> asks to {wants}
            <p>“{reason}” · {formatDateTime(at, { timeZone })}</p>
          </div>
          <Button variant="default" loading={close.isPending && close.variables === id} onClick={() => close.mutate(id)}>
            Close
          </Button>
        </article>
      ))}
    </section>
  )
}
