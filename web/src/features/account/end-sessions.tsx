import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { toast } from '../calendar/toast.tsx'

/** Ends every session of another person at once; shown to whoever may. */
export function EndSessionsButton({ userId }: { userId: string }) {
  const { user } = useSession()
  const end = useMutation({
    mutationFn: () => data(api.POST('/api/users/{userId}/end-sessions', { params: { path: { userId } } })),
    onSuccess: ({ ended }) => toast({ message: ended === 0 ? 'There was no open session.' : `${ended} ${ended === 1 ? 'session is' : 'sessions are'} ended.` }),
    onError: () => toast({ message: 'The sessions could not be ended. Try again.', tone: 'danger' }),
  })
  if (!user.grants.has('session.end-of-other') || userId === user.id) return null
  return (
    <Button variant="default" loading={end.isPending} onClick={() => end.mutate()}>
      End sessions
    </Button>
  )
}
