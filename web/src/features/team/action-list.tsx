import { StatusChip } from '../../ui/status-chip.tsx'
import type { ActionLine } from './team-data.ts'

const reach = {
  none: undefined,
  identity: { tone: 'info', label: 'who a patient is' },
  clinical: { tone: 'warn', label: 'health' },
} as const

/** How close to a patient it comes, in words. */
export function Reach({ phi }: Pick<ActionLine, 'phi'>) {
  const look = reach[phi]
  return look ? <StatusChip tone={look.tone} label={look.label} look="plain" /> : null
}

interface ActionListProps {
  title: string
  actions: readonly (ActionLine & { for?: readonly string[] })[]
}

/** What somebody may do, or may do no longer, in sentences. */
export function ActionList({ title, actions }: ActionListProps) {
  if (actions.length === 0) return null
  return (
    <div className="n-may">
      <h4>{title}</h4>
      <ul>
        {actions.map(({ name, does, phi, for: people }) => (
          <li key={name}>
            <span>
              {does}
              {people && people.length > 0 && <span className="n-may__for"> · {people.join(', ')}</span>}
            </span>
            <Reach phi={phi} />
          </li>
        ))}
      </ul>
    </div>
  )
}
