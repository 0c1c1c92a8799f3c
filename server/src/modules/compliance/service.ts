import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { CONTROLS } from '#kernel/control.ts'
import { roleAlone } from '#kernel/policy.ts'
import { Posture } from './schema.ts'

/** @hipaa 164.308(a)(8) evaluation: every safeguard's state, computed when it is asked for */
export const viewPosture = action({
  name: 'compliance.posture',
  does: 'see the state of every safeguard',
  purpose: 'operations',
  phi: 'identity',
  // Controls count over all patients' records; they open none of their fields.
  patient: () => '*',
  allow: roleAlone,
  input: z.object({}),
  output: Posture,
  run: async (tx) => {
    const controls = []
    for (const { check, ...control } of CONTROLS.values()) controls.push({ ...control, rules: [...control.rules], ...(await check(tx)) })
    return { at: tx.now, controls }
  },
})
