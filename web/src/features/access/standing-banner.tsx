import { Button, CloseButton } from '@mantine/core'
import { IconCertificate } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { formatPlainDate } from '../../ui/format.ts'
import './access.css'

export type GateState = operations['standing.own']['responses'][200]['content']['application/json'][number]

export const standingKey = ['standing'] as const
const freshForMs = 5 * 60_000
export const useStanding = () => useQuery({ queryKey: standingKey, staleTime: freshForMs, queryFn: () => data(api.GET('/api/standing', { headers: { 'nacre-background': '1' } })) })

/** What she should do something about, the worst first. That nobody checked a list is not hers to mend. */
const toDo = (gates: readonly GateState[]) =>
  (['shut', 'soon', 'warned'] as const).flatMap((state) => gates.filter((gate) => gate.state === state && !(state === 'warned' && gate.gate === 'exclusion')))

/** One calm line above the page while something that her access rests on is missing or will end. */
export function StandingBanner({ path }: { path: string }) {
  const go = useGo()
  const [isHidden, setHidden] = useState(false)
  const gates = toDo(useStanding().data ?? [])
  const [first] = gates
  if (!first || path === '/standing' || (isHidden && first.state !== 'shut')) return null
  const more = gates.length > 1 ? ` and ${gates.length - 1} more` : ''
  const words = { shut: `${first.title}${more}: part of your access is closed.`, soon: `${first.title}${more}: needed ${first.until ? `by ${formatPlainDate(first.until)}` : 'soon'}.`, warned: `${first.title}${more}: still to do.` }[first.state === 'open' ? 'soon' : first.state]
  return (
    <section className={`n-pass n-pass--${first.state === 'shut' ? 'shut' : 'soon'}`} aria-label="Your standing">
      <IconCertificate size={22} stroke={1.75} aria-hidden />
      <p>{words}</p>
      <Button variant="default" onClick={() => go('/standing')}>
        See what
      </Button>
      {first.state !== 'shut' && <CloseButton size="lg" aria-label="Not now" onClick={() => setHidden(true)} />}
    </section>
  )
}
