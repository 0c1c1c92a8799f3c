import type { ComponentType } from 'react'
import './status-chip.css'

/** Status colours are for status only. `accent` is for the practice's own marks (VIP, first visit), not for state. */
export type Tone = 'ok' | 'warn' | 'danger' | 'info' | 'neutral' | 'action' | 'accent'

/** What every icon in the kit is: a Tabler icon. */
export type Icon = ComponentType<{ size?: number | string; stroke?: number | string; 'aria-hidden'?: boolean }>

export interface StatusChipProps {
  tone: Tone
  label: string
  icon?: Icon
  /** `plain` has no tint: for dense rows */
  look?: 'tinted' | 'plain'
}

/** A state in words, with its colour and sign: never colour alone. */
export function StatusChip({ tone, label, icon: IconOf, look = 'tinted' }: StatusChipProps) {
  return (
    <span className={`n-chip n-chip--${tone} n-chip--${look}`}>
      {IconOf ? <IconOf size={14} stroke={2} aria-hidden /> : <span className="n-chip__dot" aria-hidden="true" />}
      {label}
    </span>
  )
}
