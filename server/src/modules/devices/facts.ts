import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, invalid } from '#kernel/errors.ts'
import { UserId, type Id } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Tx } from '#kernel/tx.ts'
import { RULES } from './rules.ts'
import { device, deviceFact, DeviceId, FactName, Platform, type FactSource } from './schema.ts'

export interface Found {
  name: FactName
  value: string
}
const PLATFORM_OF_VERSION = new Set<string>(Platform.options)

/** Keeps, for each source, the newest that it said of each fact. An older report never replaces a newer one. */
export const noteFacts = async (tx: Tx, deviceId: Id<'dev'>, source: FactSource, facts: readonly Found[], at: string = tx.now, saidBy?: Id<'usr'>) => {
  const known = await tx.list(deviceFact, { deviceId, source })
  for (const { name, value } of facts) {
    const row = known.find((k) => k.name === name)
    if (row && row.at > at) continue
    const said = { value: value.slice(0, 80), at, ...(saidBy ? { saidBy } : {}) }
    if (row) await tx.change(deviceFact, { id: row.id }, said)
    else await tx.add(deviceFact, { deviceId, source, name, ...said })
  }
  await notePlatform(tx, deviceId, facts)
}
/** An operating system that a machine reported tells what the steps of a fix are written for. */
const notePlatform = async (tx: Tx, deviceId: Id<'dev'>, facts: readonly Found[]) => {
  const [platform = ''] = (facts.find((f) => f.name === 'os-version')?.value ?? '').split(' ')
  if (PLATFORM_OF_VERSION.has(platform)) await tx.change(device, { id: deviceId }, { platform: Platform.parse(platform) })
}

const Seen = z.object({ fact: FactName, value: z.string().trim().min(1).max(60) })
const isSayable = ({ fact, value }: z.infer<typeof Seen>) =>
  fact === 'os-version' ? /^[a-z]+ \d+(\.\d+)*$/.test(value) : Object.keys(RULES.facts[fact]?.says ?? {}).includes(value)

/**
 * What an administrator saw in the settings of a device that no agent can report on: on record with her name, believed for 90 days, and
 * only where no machine says anything.
 */
export const attestDevice = action({
  name: 'device.attest',
  does: 'record what one saw in the settings of a device',
  purpose: 'operations',
  phi: 'none',
  patient: () => '-',
  allow: roleAlone,
  input: z.object({ deviceId: DeviceId, facts: z.array(Seen).min(1).max(5) }),
  output: z.object({}),
  run: async (tx, { deviceId, facts }) => {
    const { state } = await tx.lock(device, { id: deviceId })
    if (state !== 'enrolled') throw conflict('This device is not in use.')
    const wrong = facts.flatMap((seen, i) => (isSayable(seen) ? [] : [{ path: `facts.${i}.value`, message: 'is not one of the answers, or a version like "ipados 18.2"' }]))
    if (wrong.length > 0) throw invalid(wrong)
    await noteFacts(tx, deviceId, 'seen', facts.map(({ fact, value }) => ({ name: fact, value })), tx.now, UserId.parse(tx.actor.id))
    return {}
  },
})
