import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconBuilding, IconUrgent } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatTime } from '../../ui/format.ts'
import { usePasses, type Pass } from './passes.ts'
import './access.css'

const minuteMs = 60_000

/** Whole minutes that are left, counted anew each few seconds. */
function useMinutesLeft(until: string): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), minuteMs / 12)
    return () => clearInterval(timer)
  }, [])
  return Math.max(0, Math.ceil((Date.parse(until) - now) / minuteMs))
}

/** On every page of a patient who is open to this person for a while only: why, how long, and the way to end it. */
export function PassBanner({ patientId }: { patientId: string }) {
  const mine = usePasses().data?.filter((pass) => pass.patientId === patientId) ?? []
  const glass = mine.find(({ kind }) => kind === 'break-glass')
  const reach = mine.find(({ kind }) => kind === 'reach')
  if (glass) return <GlassBanner key={glass.about} glass={glass} />
  return reach ? <ReachBanner pass={reach} /> : null
}

function GlassBanner({ glass }: { glass: Pass }) {
  const queries = useQueryClient()
  const minutes = useMinutesLeft(glass.until)
  const close = useMutation({
    mutationFn: () =>
      data(api.POST('/api/patients/{patientId}/emergency-access/{glassId}/close', { params: { path: { patientId: glass.patientId, glassId: glass.about } } })),
    // What was open may not stay on the screen.
    onSuccess: () => queries.resetQueries(),
  })
  useEffect(() => {
    if (minutes === 0) void queries.resetQueries()
  }, [minutes, queries])
  return (
    <section className="n-pass n-pass--glass" aria-label="Emergency access">
      <IconUrgent size={22} stroke={1.75} aria-hidden />
      <p>
        <strong>Emergency access</strong> · <span className="n-figures">{minutes} min left</span>
        <span className="n-pass__more"> · Everything you open is reviewed by somebody else.</span>
      </p>
      <Button variant="white" color="red" loading={close.isPending} onClick={() => close.mutate()}>
        Close it now
      </Button>
      {close.isError && <ErrorNotice error={close.error} />}
    </section>
  )
}

function ReachBanner({ pass }: { pass: Pass }) {
  const { timeZone, id: locationId, name } = useLocation()
  const { user } = useSession()
  const queries = useQueryClient()
  const share = useMutation({
    mutationFn: () => data(api.POST('/api/patients/{patientId}/locations', { params: { path: { patientId: pass.patientId } }, body: { locationId } })),
    onSuccess: () => queries.invalidateQueries(),
  })
  return (
    <section className="n-pass n-pass--reach" aria-label="Patient of another location">
      <IconBuilding size={22} stroke={1.75} aria-hidden />
      <p>
        She comes to another location. Within your reach until <span className="n-figures">{formatTime(pass.until, { timeZone })}</span>; your reason is on the review list.
      </p>
      {user.grants.has('patient.share-location') && (
        <Button variant="default" loading={share.isPending} disabled={share.isSuccess} onClick={() => share.mutate()}>
          {share.isSuccess ? `${name} is added` : `Add ${name} for good`}
        </Button>
      )}
      {share.isError && <ErrorNotice error={share.error} />}
    </section>
  )
}
