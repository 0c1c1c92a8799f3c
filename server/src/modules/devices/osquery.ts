import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import type { Id } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { newSecret } from './bytes.ts'
import { noteFacts } from './facts.ts'
import { factsFrom, osqueryPlatform, questionsFor, scheduleFor, serialFrom, type Rows } from './osquery-facts.ts'
import { device, deviceSource, osqueryNode } from './schema.ts'

/**
 * The remote API of osquery (its documentation, "Remotely interfacing osquery"): enroll, config, distributed read and write, log. An agent
 * that is refused hears `node_invalid`, upon which it enrolls anew, as osquery wants it. What agents send is read leniently, for it is not
 * theirs to know what we ask; nothing of it is stored but the facts.
 */
const nobody = () => '-'
const SEEN_EVERY_MINUTES = 5
const MOST_ROWS = 5000

const Text = z.union([z.string(), z.number(), z.boolean(), z.null()]).transform((v) => (v === null ? '' : String(v)))
const Row = z.record(z.string(), Text)
const Details = z.object({ os_version: Row.optional(), system_info: Row.optional(), osquery_info: Row.optional(), platform_info: Row.optional() })
const NodeKey = z.object({ node_key: z.string().max(200).default('') })
const INVALID = { node_invalid: true } as const
const VALID = { node_invalid: false } as const
const Answer = z.object({ node_invalid: z.boolean() })

/** The device that this serial number names, among those in use. */
const bySerial = async (tx: Tx, serial: string | undefined) => (serial ? (await tx.find(device, { serial, state: 'enrolled' }, []))?.id : undefined)

// Boards that say nothing all say the same: that is nobody's serial number.
const NO_SERIAL = /^(0+|none|unknown|default string|to be filled.*|system serial number|not specified)$/i
const tidySerial = (said: string | undefined) => {
  const serial = said?.trim().toUpperCase()
  return serial && serial.length >= 4 && serial.length <= 64 && !NO_SERIAL.test(serial) ? serial : undefined
}

export const osqueryEnroll = action({
  name: 'osquery.enroll',
  does: 'enroll an osquery agent with the practice’s secret',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({
    enroll_secret: z.string().max(200).default(''), host_identifier: z.string().min(1).max(200), platform_type: Text.optional(), host_details: Details.default({}),
  }),
  output: z.object({ node_key: z.string().optional(), node_invalid: z.boolean() }),
  run: async (tx, { enroll_secret, host_identifier, platform_type, host_details }) => {
    const source = enroll_secret ? await tx.find(deviceSource, { enrollSecret: enroll_secret.trim(), endedAt: null }, []) : undefined
    if (!source) return INVALID
    const serial = tidySerial(host_details.system_info?.['hardware_serial'])
    const deviceId = source.deviceId ?? (await bySerial(tx, serial))
    const nodeKey = newSecret()
    const platform = osqueryPlatform(platform_type, host_details.os_version)
    const seen = { nodeKey, platform, lastSeenAt: tx.now, askedAt: tx.now, sourceId: source.id, ...(serial ? { serial } : {}), ...(deviceId ? { deviceId } : {}) }
    // The same host enrolling anew takes its own place: its old key opens nothing more.
    const known = await tx.find(osqueryNode, { host: host_identifier, sourceId: source.id, endedAt: null }, [])
    if (known) await tx.change(osqueryNode, { id: known.id }, seen)
    else await tx.add(osqueryNode, { ...seen, host: host_identifier, enrolledAt: tx.now })
    await tx.change(deviceSource, { id: source.id }, { lastUsedAt: tx.now })
    if (deviceId && host_details.os_version) await noteFacts(tx, deviceId, 'osquery', factsFrom('nacre_os', [host_details.os_version]))
    return { node_key: nodeKey, ...VALID }
  },
})

/** The agent with this key; notes, not too often, that it was there. */
const nodeOf = async (tx: Tx, nodeKey: string) => {
  const node = nodeKey ? await tx.find(osqueryNode, { nodeKey, endedAt: null }, []) : undefined
  if (node && node.lastSeenAt < afterMinutes(tx.now, -SEEN_EVERY_MINUTES)) await tx.change(osqueryNode, { id: node.id }, { lastSeenAt: tx.now })
  return node
}

export const osqueryConfig = action({
  name: 'osquery.config',
  does: 'fetch what an enrolled osquery agent asks',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: NodeKey,
  output: z.object({ schedule: z.record(z.string(), z.object({ query: z.string(), interval: z.int(), snapshot: z.boolean() })).optional(), node_invalid: z.boolean() }),
  run: async (tx, { node_key }) => {
    const node = await nodeOf(tx, node_key)
    return node ? { schedule: scheduleFor(node.platform), ...VALID } : INVALID
  },
})

export const osqueryRead = action({
  name: 'osquery.read',
  does: 'fetch what an enrolled osquery agent is asked at once',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: NodeKey,
  output: z.object({ queries: z.record(z.string(), z.string()).optional(), node_invalid: z.boolean() }),
  run: async (tx, { node_key }) => {
    const node = await nodeOf(tx, node_key)
    if (!node) return INVALID
    if (!node.askedAt) return { queries: {}, ...VALID }
    await tx.change(osqueryNode, { id: node.id }, { askedAt: null })
    return { queries: questionsFor(node.platform), ...VALID }
  },
})

type Answered = { query: string; rows: Rows }
/** Facts go to the device; a serial number may first tell which one that is. */
const noteAnswers = async (tx: Tx, node: Value<typeof osqueryNode>, answers: readonly Answered[], at = tx.now) => {
  const serial = answers.map(({ query, rows }) => tidySerial(serialFrom(query, rows))).find((s) => s !== undefined)
  let deviceId: Id<'dev'> | undefined = node.deviceId
  if (serial && !deviceId) {
    deviceId = await bySerial(tx, serial)
    await tx.change(osqueryNode, { id: node.id }, { serial, ...(deviceId ? { deviceId } : {}) })
  }
  const facts = answers.flatMap(({ query, rows }) => factsFrom(query, rows))
  if (deviceId && facts.length > 0) await noteFacts(tx, deviceId, 'osquery', facts, at)
}

// Empty answers came as "" from older agents.
const Rows = z.union([z.array(Row).max(MOST_ROWS), z.literal('')]).transform((rows) => (rows === '' ? [] : rows))

export const osqueryWrite = action({
  name: 'osquery.write',
  does: 'answer, as an enrolled osquery agent, what was asked at once',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: NodeKey.extend({ queries: z.record(z.string().max(100), Rows).default({}), statuses: z.record(z.string().max(100), z.coerce.number()).default({}) }),
  output: Answer,
  run: async (tx, { node_key, queries, statuses }) => {
    const node = await nodeOf(tx, node_key)
    if (!node) return INVALID
    // A query that failed on the host answered nothing: unknown, not bad.
    const answers = Object.entries(queries).flatMap(([query, rows]) => ((statuses[query] ?? 0) === 0 ? [{ query, rows }] : []))
    await noteAnswers(tx, node, answers)
    return VALID
  },
})

const Line = z.object({
  name: z.string().max(200), action: z.string().max(20).optional(), snapshot: z.array(Row).max(MOST_ROWS).optional(), columns: Row.optional(),
  unixTime: z.coerce.number().optional(),
})
const oldestFirst = (a: z.infer<typeof Line>, b: z.infer<typeof Line>) => (a.unixTime ?? 0) - (b.unixTime ?? 0)

export const osqueryLog = action({
  name: 'osquery.log',
  does: 'report, as an enrolled osquery agent, what it found',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: NodeKey.extend({ log_type: z.string().max(40).default(''), data: z.array(z.unknown()).max(5000).default([]) }),
  output: Answer,
  run: async (tx, { node_key, log_type, data }) => {
    const node = await nodeOf(tx, node_key)
    if (!node) return INVALID
    if (log_type !== 'result') return VALID
    const lines = data.flatMap((raw) => Line.safeParse(raw).data ?? []).toSorted(oldestFirst)
    for (const { name, action: change, snapshot, columns, unixTime } of lines) {
      const rows = snapshot ?? (columns && change !== 'removed' ? [columns] : undefined)
      // Whole seconds: the end of that second. A clock that runs ahead must not make a report fresh for longer.
      const at = unixTime ? new Date(Math.min(unixTime * 1000 + 999, Date.parse(tx.now))).toISOString() : tx.now
      if (rows) await noteAnswers(tx, node, [{ query: name, rows }], at)
    }
    return VALID
  },
})
