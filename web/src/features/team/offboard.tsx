import { Button, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { DepartureCard } from './departure-card.tsx'
import { fieldError } from './person-fields.tsx'
import { useAccessChanged, type Member } from './team-data.ts'

interface OffboardProps {
  person: Member
  onDone: () => void
  onBack: () => void
}

const LATER = ''
const visits = (count: number) => `${count} ${count === 1 ? 'visit' : 'visits'}`

/** Ends everything by which somebody gets in, in one act, and finds others for the visits that she has ahead. */
export function Offboard({ person, onDone, onBack }: OffboardProps) {
  const { user } = useSession()
  const go = useGo()
  const { timeZone } = useLocation()
  const changed = useAccessChanged()
  const mayMove = user.grants.has('appointment.of-provider') && user.grants.has('appointment.reassign')
  const ahead = useQuery({
    queryKey: ['visits-ahead', person.id],
    queryFn: () => data(api.GET('/api/team/{userId}/visits-ahead', { params: { path: { userId: person.id } } })),
    enabled: mayMove && person.isProvider,
    staleTime: Infinity,
  })
  const places = ahead.data ?? []
  const [takers, setTakers] = useState<Readonly<Record<string, string>>>({})
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const takerOf = (locationId: string) => takers[locationId] ?? places.find((p) => p.locationId === locationId)?.couldTake[0]?.id ?? LATER
  const leave = useMutation({
    // Her access first: whatever happens to the visits, she is out.
    mutationFn: async () => {
      const certificate = await data(api.POST('/api/team/{userId}/offboard', { params: { path: { userId: person.id } }, body: { reason } }))
      const results = await Promise.all(
        places.map(async ({ locationId, locationName, visits: count }) => {
          const toUserId = takerOf(locationId)
          const none = { locationName, moved: 0, count, left: [], problem: undefined }
          if (!toUserId) return none
          try {
            return { ...none, ...(await data(api.POST('/api/calendar/reassign', { body: { fromUserId: person.id, toUserId, locationId } }))) }
          } catch (error) {
            if (error instanceof Problem) return { ...none, problem: error }
            throw error
          }
        }),
      )
      return { certificate, results }
    },
    onSuccess: changed,
  })
  if (leave.data) {
    const { certificate, results } = leave.data
    return (
      <div className="n-team__form" role="status">
        <DepartureCard certificate={certificate} />
        {results.map(({ locationName, moved, count, left, problem }) => (
          <section key={locationName}>
            <p className="n-team__lead">
              {locationName}: {moved} of {visits(count)} given to others.
              {moved < count && ' The rest stands in the calendar as “needs a provider”; the front desk sees it.'}
            </p>
            {problem && <ErrorNotice error={problem} onFix={go} />}
            {left.length > 0 && (
              <ul className="n-team__left">
                {left.map(({ appointmentId, startsAt, serviceName, why }) => (
                  <li key={appointmentId}>
                    {formatDateTime(startsAt, { timeZone })} · {serviceName} · {why}
                  </li>
                ))}
              </ul>
            )}
          </section>
        ))}
        <Button onClick={onDone}>Done</Button>
      </div>
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    leave.mutate()
  }
  return (
    <form className="n-team__form" onSubmit={submit}>
      <p className="n-team__lead">
        Every session of <strong>{person.name}</strong> ends within seconds, wherever she is signed in; so do her tokens, passkeys, devices and invitations. What she did stays on record under her name. To come back she is invited again.
      </p>
      {leave.error && <ErrorNotice error={leave.error} onFix={go} />}
      {ahead.isLoading && <SkeletonRows rows={2} label="Looking for her visits" />}
      {ahead.error && <ErrorNotice error={ahead.error} onFix={go} />}
      {places.map(({ locationId, locationName, visits: count, couldTake }) => (
        <Select
          key={locationId}
          label={`${visits(count)} ahead at ${locationName}`}
          description={couldTake.length > 0 ? 'Who takes them? What does not fit stays marked in the calendar.' : 'Nobody else performs these services here and is free: they stay marked in the calendar.'}
          data={[
            ...couldTake.map(({ id, name, visits: fit }) => ({ value: id, label: `${name} (${fit} of ${count} fit)` })),
            { value: LATER, label: 'Decide later: mark them “needs a provider”' },
          ]}
          value={takerOf(locationId)}
          allowDeselect={false}
          onChange={(value) => setTakers({ ...takers, [locationId]: value ?? LATER })}
        />
      ))}
      <Textarea label="Why" description="Kept, sealed, with the certificate" required maxLength={500} autosize minRows={2} value={reason} error={fieldError(leave.error, 'reason')} onChange={(event) => setReason(event.currentTarget.value)} />
      <TextInput label={`Type “${person.name}” to confirm`} required autoComplete="off" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      <div className="n-team__foot">
        <Button type="submit" color="red" loading={leave.isPending} disabled={typed.trim() !== person.name || (ahead.isLoading && mayMove)}>
          End her access
        </Button>
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
      </div>
    </form>
  )
}
