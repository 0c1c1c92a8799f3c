import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Tx } from '#kernel/tx.ts'
import { AccessSettings, accessSetting, DEFAULTS } from './schema.ts'

export const settingsOf = async (tx: Tx): Promise<AccessSettings> => (await tx.find(accessSetting, {})) ?? DEFAULTS

const common = { purpose: 'operations', phi: 'none', patient: () => '-', allow: roleAlone } as const

export const viewSettings = action({
  ...common,
  name: 'access-settings.view',
  does: 'see how strict the gates on people are',
  trail: 'refusals',
  input: z.object({}),
  output: AccessSettings,
  run: (tx) => settingsOf(tx),
})

export const changeSettings = action({
  ...common,
  name: 'access-settings.change',
  does: 'change how strict the gates on people are, and how long care relations last',
  stepUp: true,
  clashes: { access_setting_once: 'Somebody else has just changed this. Look again.' },
  input: AccessSettings,
  output: AccessSettings,
  run: async (tx, input) => {
    const known = await tx.find(accessSetting, {})
    const changed = { ...input, changedAt: tx.now, changedBy: tx.actor.id }
    // What is left out is emptied: a date from which a gate shuts can be taken back.
    const dates = { trainingFrom: input.trainingFrom ?? null, attestationFrom: input.attestationFrom ?? null, licenceFrom: input.licenceFrom ?? null, exclusionFrom: input.exclusionFrom ?? null }
    if (known) await tx.change(accessSetting, { id: known.id }, { ...changed, ...dates })
    else await tx.add(accessSetting, changed)
    return settingsOf(tx)
  },
})
