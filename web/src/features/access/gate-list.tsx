import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconClockHour4, IconLock } from '@tabler/icons-react'
import { StatusChip, type Tone } from '../../ui/status-chip.tsx'
import { formatPlainDate } from '../../ui/format.ts'
import type { GateState } from './standing-banner.tsx'

const looks = {
  open: { tone: 'ok', label: 'In order', icon: IconCircleCheck },
  soon: { tone: 'warn', label: 'Soon', icon: IconClockHour4 },
  warned: { tone: 'info', label: 'To do', icon: IconAlertTriangle },
  shut: { tone: 'danger', label: 'Closed', icon: IconLock },
} as const satisfies Record<GateState['state'], { tone: Tone; label: string; icon: typeof IconLock }>

/** What somebody's access rests on, each with its state, the rule and who can mend it. */
export function GateList({ gates, onSign }: { gates: readonly GateState[]; onSign?: (name: string) => void }) {
  return (
    <ul className="n-gates n-panel">
      {gates.map((gate) => {
        const { tone, label, icon } = looks[gate.state]
        const needsSignature = gate.gate === 'attestation' && gate.state !== 'open'
        return (
          <li key={`${gate.gate} ${gate.about}`}>
            <div>
              <strong>{gate.title}</strong>
              <p>{gate.why}</p>
              <p className="n-gates__rule">
                {gate.basis === 'law' ? 'Law' : 'Practice'} · {gate.citation}
                {gate.state !== 'open' && ` · ${gate.whoCanFix}`}
              </p>
            </div>
            <div className="n-gates__state">
              <StatusChip tone={tone} icon={icon} label={gate.state === 'soon' && gate.until ? `Until ${formatPlainDate(gate.until)}` : label} />
              {needsSignature && onSign && <Button onClick={() => onSign(gate.about)}>Read and sign</Button>}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
