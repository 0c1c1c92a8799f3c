import { IconAlertOctagon, IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { Alert } from './chart-queries.ts'
import type { Icon, Tone } from '../../ui/status-chip.tsx'

export const alertLooks: Record<Alert['severity'], { tone: Tone; icon: Icon; label: string }> = {
  stop: { tone: 'danger', icon: IconAlertOctagon, label: 'Stop and decide' },
  caution: { tone: 'warn', icon: IconAlertTriangle, label: 'Take care' },
  note: { tone: 'neutral', icon: IconInfoCircle, label: 'Good to know' },
}

export const kindNames: Record<Alert['kind'], string> = {
  allergy: 'Allergy',
  pregnancy: 'Pregnancy',
  bleeding: 'Bleeding',
  neuromuscular: 'Neuromuscular',
  condition: 'Condition',
  skin: 'Skin',
  implant: 'Implant',
  medicine: 'Medicine',
  recent: 'Recent',
  history: 'History',
}
