import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import './posture.css'

type Control = operations['compliance.posture']['responses'][200]['content']['application/json']['controls'][number]

/** Worst first: what is to be done stands on top. */
const STATES = [
  { state: 'not in force', title: 'Not in force', tone: 'danger' },
  { state: 'attention', title: 'Needs attention', tone: 'warn' },
  { state: 'in force', title: 'In force', tone: 'ok' },
] as const

/** Where the owner goes to do something about it. */
const PLACES: Record<string, { label: string; href: string }> = {
  'trail-verified': { label: 'Verify the trail', href: '/trail' },
  'refusals-reviewed': { label: 'Look through refusals', href: '/trail?outcome=denied' },
  'access-reviewed': { label: 'Review who has access', href: '/oversight?show=access' },
  'openings-watched': { label: 'Look at openings without cause', href: '/oversight' },
  'agreements-in-force': { label: 'Open carriers', href: '/outbox?show=carriers' },
  'second-factor': { label: 'Open the team', href: '/team' },
}

/** Every safeguard with its live state: computed from the practice's own records when this page is opened, never ticked. */
export function PosturePage() {
  const { timeZone } = useLocation()
  const posture = useQuery({ queryKey: ['posture'], staleTime: 0, queryFn: () => data(api.GET('/api/posture')) })
  const { data: seen, error } = posture
  return (
    <div className="n-posture">
      <PageHeader
        title="Posture"
        subtitle={seen ? `Computed ${formatDateTime(seen.at, { timeZone })} from your own records` : 'Computed from your own records'}
        actions={
          <Button variant="default" loading={posture.isFetching} leftSection={<IconRefresh size={18} stroke={1.75} aria-hidden />} onClick={() => void posture.refetch()}>
            Compute again
          </Button>
        }
      />
      {error && <ErrorNotice error={error} onRetry={() => void posture.refetch()} />}
      {!seen && !error && <SkeletonCard lines={6} label="Computing the posture" />}
      {seen && <Summary controls={seen.controls} />}
      {seen &&
        STATES.map(({ state, title, tone }) => {
          const of = seen.controls.filter((control) => control.state === state)
          if (of.length === 0) return null
          return (
            <section key={state} aria-label={title}>
              <h2>
                {title} ({of.length})
              </h2>
              <ul className="n-panel">
                {of.map((control) => (
                  <ControlLine key={control.name} control={control} tone={tone} word={title} />
                ))}
              </ul>
            </section>
          )
        })}
    </div>
  )
}

function ControlLine({ control, tone, word }: { control: Control; tone: 'danger' | 'warn' | 'ok'; word: string }) {
  const go = useGo()
  const place = control.state === 'in force' ? undefined : PLACES[control.name]
  return (
    <li className="n-control">
      <h3>{control.title}</h3>
      <p>{control.evidence}</p>
      <p className="n-control__law">{control.citation}</p>
      {place && (
        <p>
          <Button variant="light" mt={4} onClick={() => go(place.href)}>
            {place.label}
          </Button>
        </p>
      )}
      <span className="n-control__state">
        <StatusChip tone={tone} label={word} />
      </span>
    </li>
  )
}

const RING = { size: 88, stroke: 10 }

function Summary({ controls }: { controls: readonly Control[] }) {
  const count = (state: Control['state']) => controls.filter((control) => control.state === state).length
  const broken = count('not in force')
  const open = count('attention')
  const said =
    broken > 0
      ? `${broken} ${broken === 1 ? 'safeguard is' : 'safeguards are'} not in force. Begin there.`
      : open > 0
        ? `${open} ${open === 1 ? 'safeguard needs' : 'safeguards need'} your attention.`
        : 'Every safeguard is in force.'
  return (
    <div className="n-posture__sum n-panel">
      <Ring parts={STATES.toReversed().map(({ state, tone }) => ({ count: count(state), color: `var(--n-${tone})` }))} inForce={count('in force')} total={controls.length} />
      <div>
        <p className="n-posture__said">{said}</p>
        <p>
          {count('in force')} of {controls.length} in force. Nothing here is ticked by a person if the software can know it.
        </p>
      </div>
    </div>
  )
}

interface RingProps {
  parts: readonly { count: number; color: string }[]
  inForce: number
  total: number
}

/** The states as parts of a ring, in the order of a clock; the same is said in words beside it. */
function Ring({ parts, inForce, total }: RingProps) {
  const radius = (RING.size - RING.stroke) / 2
  const around = 2 * Math.PI * radius
  const before = (index: number) => parts.slice(0, index).reduce((sum, part) => sum + part.count, 0)
  return (
    <svg className="n-posture__ring" width={RING.size} height={RING.size} viewBox={`0 0 ${RING.size} ${RING.size}`} aria-hidden="true">
      {parts.map(({ count, color }, index) => (
        <circle
          key={color}
          cx={RING.size / 2}
          cy={RING.size / 2}
          r={radius}
          fill="none"
          stroke={color}
          strokeWidth={RING.stroke}
          strokeDasharray={`${(around * count) / total} ${around}`}
          strokeDashoffset={(-around * before(index)) / total}
          transform={`rotate(-90 ${RING.size / 2} ${RING.size / 2})`}
        />
      ))}
      <text x="50%" y="50%" dominantBaseline="central" textAnchor="middle" fontSize={20}>
        {inForce}/{total}
      </text>
    </svg>
  )
}
