import { Button } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { ActionList } from './action-list.tsx'
import { DepartureCard } from './departure-card.tsx'
import { useAccessChanged, usePractice, type Change } from './team-data.ts'

/** Who got which access when, from whom and who confirmed it; and who left. */
export function ChangesTab() {
  const { user } = useSession()
  const changes = useQuery({ queryKey: ['access-changes'], queryFn: () => data(api.GET('/api/access-changes')) })
  const maySeeDepartures = user.grants.has('departure.list')
  const departures = useQuery({ queryKey: ['departures'], queryFn: () => data(api.GET('/api/departures')), enabled: maySeeDepartures })
  if (changes.error) return <ErrorNotice error={changes.error} onRetry={() => void changes.refetch()} />
  if (!changes.data) return <SkeletonRows rows={6} label="Loading changes of access" />
  return (
    <div className="n-team">
      {changes.data.length === 0 && <EmptyState icon={IconHistory} title="No access was changed yet" hint="Each change of a person or a role appears here, with before and after." />}
      {changes.data.length > 0 && (
        <ul className="n-team__rows n-panel" aria-label="Changes of access">
          {changes.data.map((change) => (
            <Line key={change.id} change={change} />
          ))}
        </ul>
      )}
      {departures.data && departures.data.length > 0 && (
        <section className="n-team__block" aria-labelledby="left">
          <h2 id="left">Who left</h2>
          {departures.data.map((certificate) => (
            <DepartureCard key={certificate.id} certificate={certificate} />
          ))}
        </section>
      )}
    </div>
  )
}

/** What differs, in words: "Front desk → Front desk, Biller". */
const differences = ({ before, after, role }: Change, places: number): string[] => {
  const line = (a: string, b: string) => (a === b ? [] : [`${a || 'nothing'} → ${b || 'nothing'}`])
  if (role) return line(before.title, after.title)
  const said = (isProvider: boolean | undefined) => (isProvider === undefined ? '' : isProvider ? 'treats patients' : 'treats no patients')
  return [
    ...line(before.roles.join(', '), after.roles.join(', ')),
    ...(places > 1 ? line(before.locations.join(', '), after.locations.join(', ')) : []),
    ...(before.name === '' ? [] : [...line(before.name, after.name), ...line(before.credential, after.credential), ...line(said(before.isProvider), said(after.isProvider))]),
  ]
}

function Line({ change }: { change: Change }) {
  const { timeZone } = useLocation()
  const go = useGo()
  const changed = useAccessChanged()
  const places = usePractice().data?.locations.length ?? 1
  const [looking, setLooking] = useState(false)
  const { id, at, who, role, by, confirmedBy, reason, alone, reviewedBy, mayReview, gains, loses } = change
  const review = useMutation({ mutationFn: () => data(api.POST('/api/access-changes/{changeId}/review', { params: { path: { changeId: id } } })), onSuccess: changed })
  const counts = [gains.length > 0 && `+${gains.length}`, loses.length > 0 && `−${loses.length}`].filter(Boolean).join(' ')
  return (
    <li>
      <div className="n-team__row">
        <div>
          <strong>{role ? `Role ${role}` : who}</strong> {differences(change, places).join('; ')}
          <p>
            {formatDateTime(at, { timeZone })} · by {by}
            {confirmedBy && `, confirmed by ${confirmedBy}`}
            {reason && ` · “${reason}”`}
          </p>
        </div>
        {alone && (reviewedBy ? <StatusChip tone="ok" label={`Looked at by ${reviewedBy}`} /> : <StatusChip tone="warn" label="One person alone" />)}
        <div className="n-team__buttons">
          {counts !== '' && (
            <Button variant="subtle" aria-expanded={looking} onClick={() => setLooking(!looking)}>
              {looking ? 'Less' : `Actions ${counts}`}
            </Button>
          )}
          {mayReview && (
            <Button variant="default" loading={review.isPending} onClick={() => review.mutate()}>
              I have looked at it
            </Button>
          )}
        </div>
      </div>
      {review.error && <ErrorNotice error={review.error} onFix={go} />}
      {looking && (
        <div className="n-may__pair">
          <ActionList title="May since then" actions={gains} />
          <ActionList title="No longer" actions={loses} />
        </div>
      )}
    </li>
  )
}
