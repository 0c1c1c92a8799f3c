import type { Tx } from './tx.ts'

/** A safeguard of the running system, as evidence: computed, never ticked. */
export interface Control {
  name: string
  /** What it is, as the owner reads it. */
  title: string
  /** Where the duty is written, e.g. `45 CFR 164.312(b)`. */
  citation: string
  /** Ids in the rule book that it carries out. */
  rules: readonly string[]
  /** Its live state, from this practice's own records. */
  check: (tx: Tx) => Promise<ControlState>
}
export interface ControlState {
  state: 'in force' | 'attention' | 'not in force'
  /** One sentence with the figures it rests on. */
  evidence: string
}
export const control = (definition: Control): Control => {
  CONTROLS.set(definition.name, definition)
  return definition
}
export const CONTROLS = new Map<string, Control>()
