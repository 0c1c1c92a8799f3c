import { Button } from '@mantine/core'
import { IconDeviceDesktop, IconDevices, IconDeviceTablet } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, data } from '../../client.ts'
import { useLocation } from '../../place.ts'
import { formatDateTime } from '../../ui/format.ts'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { AccountCard } from './account-card.tsx'
import { sessionsKey, useOpenSessions, type OpenSession } from './account-data.ts'
import { SmallError } from './small-error.tsx'

/** Where she is signed in: what she does not know, she ends. */
export function SessionsPanel() {
  const sessions = useOpenSessions()
  const queries = useQueryClient()
  const changed = () => queries.invalidateQueries({ queryKey: sessionsKey })
  const endOthers = useMutation({ mutationFn: () => data(api.DELETE('/api/account/sessions')), onSuccess: changed })
  const others = sessions.data?.filter(({ isThis }) => !isThis) ?? []
  return (
    <AccountCard
      icon={IconDevices}
      title="Where you are signed in"
      hint="Device and network address as they were when each session began. Whatever you do not know, end it."
      action={
        others.length > 0 && (
          <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            End all others
          </Button>
        )
      }
    >
      {(sessions.error ?? endOthers.error) && <SmallError error={sessions.error ?? endOthers.error} />}
      {sessions.isPending && <SkeletonCard label="Loading your sessions" />}
      {sessions.data && (
        <ul className="n-account__list">
          {sessions.data.map((session) => (
            <SessionLine key={session.id} session={session} onEnded={changed} />
          ))}
        </ul>
      )}
    </AccountCard>
  )
}

const isHeld = (device: string) => /iPad|iPhone|Android|phone|tablet/i.test(device)

function SessionLine({ session, onEnded }: { session: OpenSession; onEnded: () => Promise<void> }) {
  const { timeZone } = useLocation()
  const { id, device = 'Unknown device', network, beganWith, createdAt, lastActiveAt, isThis } = session
  const end = useMutation({
    mutationFn: () => data(api.DELETE('/api/account/sessions/{sessionId}', { params: { path: { sessionId: id } } })),
    onSuccess: onEnded,
  })
  const Sign = isHeld(device) ? IconDeviceTablet : IconDeviceDesktop
  return (
    <li>
      <Sign size={24} stroke={1.6} aria-hidden />
      <div>
        <strong>{device}</strong>
        {isThis && <StatusChip tone="ok" label="This device" />}
        <span className="n-account__dim">
          Last used <time dateTime={lastActiveAt}>{formatDateTime(lastActiveAt, { timeZone })}</time>
          {network && ` · ${network}`}
        </span>
        <span className="n-account__dim">
          Begun <time dateTime={createdAt}>{formatDateTime(createdAt, { timeZone })}</time>
          {beganWith && ` with ${beganWith}`}
        </span>
        {end.error && <SmallError error={end.error} />}
      </div>
      {!isThis && (
        <Button variant="default" loading={end.isPending} onClick={() => end.mutate()} aria-label={`End the session on ${device}`}>
          End
        </Button>
      )}
    </li>
  )
}
