import { z } from 'zod'

/** A safeguard with its live state, computed from the practice's own records a moment ago. */
export const ControlView = z.object({
  name: z.string(),
  title: z.string(),
  /** Where the duty is written. */
  citation: z.string(),
  /** Ids in the rule book. */
  rules: z.array(z.string()),
  state: z.enum(['in force', 'attention', 'not in force']),
  /** One sentence with the figures it rests on. */
  evidence: z.string(),
})
export const Posture = z.object({ at: z.iso.datetime(), controls: z.array(ControlView) })
