import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { invalid, notFound, unauthenticated } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { bytesOf, newSecret, type Bytes } from './bytes.ts'
import { readLine, type Line, type Read } from './column-mapping.ts'
import { noteFacts } from './facts.ts'
import { ColumnMapping, device, DeviceId, deviceReport, deviceSource, FactName, osqueryNode, SourceKind, type FactSource } from './schema.ts'

const nobody = () => '-'
const REPLAY_MINUTES = 5
const MOST_LINES = 2000
const SourceId = deviceSource.fields.shape.id
const NodeId = osqueryNode.fields.shape.id

// ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const addSource = action({
  name: 'device.add-source',
  does: 'connect an agent or a console that reports how devices are kept',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: roleAlone,
  input: z.object({ kind: SourceKind, name: deviceSource.fields.shape.name, deviceId: DeviceId.optional(), mapping: ColumnMapping.optional() }),
  /** The secret is shown this once. */
  output: z.object({ id: SourceId, secret: z.string() }),
  run: async (tx, { kind, name, deviceId, mapping }) => {
    if (kind === 'webhook' && !mapping) throw invalid([{ path: 'mapping', message: 'Say which columns are which facts.' }])
    if (deviceId && !(await tx.has(device, { id: deviceId, state: 'enrolled' }))) throw notFound('device')
    const secret = newSecret()
    const made = { kind, name, madeAt: tx.now, madeBy: UserId.parse(tx.actor.id) }
    const { id } = await tx.add(deviceSource, kind === 'osquery' ? { ...made, enrollSecret: secret, ...(deviceId ? { deviceId } : {}) } : { ...made, signingSecret: secret, mapping })
    return { id, secret }
  },
})

const SourceLine = deviceSource.fields.pick({ id: true, kind: true, name: true, deviceId: true, madeAt: true, lastUsedAt: true })
const NodeLine = osqueryNode.fields.pick({ id: true, host: true, serial: true, platform: true, deviceId: true, lastSeenAt: true })

export const listSources = action({
  name: 'device.sources',
  does: 'see what reports how devices are kept',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.object({ sources: z.array(SourceLine), nodes: z.array(NodeLine) }),
  run: async (tx) => ({
    sources: await tx.list(deviceSource, { endedAt: null }, { open: ['name'], orderBy: 'madeAt' }),
    nodes: await tx.list(osqueryNode, { endedAt: null }, { open: ['host', 'serial'], orderBy: 'enrolledAt' }),
  }),
})

export const endSource = action({
  name: 'device.end-source',
  does: 'disconnect an agent or a console',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ sourceId: SourceId }),
  output: z.object({ agents: z.int() }),
  run: async (tx, { sourceId }) => {
    await tx.lock(deviceSource, { id: sourceId, endedAt: null })
    await tx.change(deviceSource, { id: sourceId, endedAt: null }, { endedAt: tx.now })
    const nodes = await tx.list(osqueryNode, { sourceId, endedAt: null }, { open: [] })
    for (const { id } of nodes) await tx.change(osqueryNode, { id }, { endedAt: tx.now })
    return { agents: nodes.length }
  },
})

export const linkNode = action({
  name: 'device.link-agent',
  does: 'say to which device a reporting agent belongs',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ nodeId: NodeId, deviceId: DeviceId }),
  output: z.object({}),
  run: async (tx, { nodeId, deviceId }) => {
    await tx.lock(osqueryNode, { id: nodeId, endedAt: null })
    if (!(await tx.has(device, { id: deviceId, state: 'enrolled' }))) throw notFound('device')
    await tx.change(osqueryNode, { id: nodeId }, { deviceId, askedAt: tx.now })
    return {}
  },
})

// ── lines of a console's list ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const matched = async (tx: Tx, read: readonly Read[]) => {
  const serials = [...new Set(read.map((r) => r.serial).filter((s) => s.length >= 4))]
  const ids = await tx.idsBy(device, 'serial', serials)
  const inUse = ids.size > 0 ? await tx.list(device, { id: oneOf([...ids.values()]), state: 'enrolled' }, { open: ['name'] }) : []
  return read.map((line) => ({ ...line, device: inUse.find((d) => d.id === ids.get(line.serial)) }))
}
const take = async (tx: Tx, source: FactSource, read: readonly Read[]) => {
  const lines = await matched(tx, read)
  for (const { device: found, facts, at } of lines) {
    // A console's clock that runs ahead must not make a report fresh for longer.
    if (found && facts.length > 0) await noteFacts(tx, found.id, source, facts, at && at < tx.now ? at : tx.now)
  }
  return { lines: lines.length, matched: lines.filter((l) => l.device).length, unread: lines.filter((l) => l.device && l.facts.length === 0).length }
}

const Csv = z.object({ csv: z.string().min(1).max(900_000), mapping: ColumnMapping })
const Taken = z.object({ lines: z.int(), matched: z.int(), unread: z.int() })

const linesOf = (csv: string): Line[] => {
  try {
    const lines: Line[] = parse(csv, { columns: true, bom: true, skip_empty_lines: true, trim: true, relax_column_count: true, delimiter: [',', ';', '\t'], to: MOST_LINES + 1 })
    if (lines.length > MOST_LINES) throw invalid([{ path: 'csv', message: `has more than ${MOST_LINES} lines` }])
    if (lines.length === 0) throw invalid([{ path: 'csv', message: 'has no line below its header' }])
    return lines
  } catch (error) {
    if (error instanceof Error && error.name === 'Problem') throw error
    throw invalid([{ path: 'csv', message: 'cannot be read as a list with a header line' }])
  }
}

/** What an import would do, and does not do yet. */
export const previewImport = action({
  name: 'device.preview-import',
  does: 'see what a list of a console would say about the devices',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: Csv.extend({ mapping: ColumnMapping.optional() }),
  output: z.object({
    columns: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
    lines: z.array(z.object({ serial: z.string(), device: z.string().optional(), facts: z.array(z.object({ name: FactName, value: z.string() })), at: z.string().optional() })),
    matched: z.int(), total: z.int(),
  }),
  run: async (tx, { csv, mapping }) => {
    const lines = linesOf(csv)
    const columns = Object.keys(lines[0] ?? {}).map((name) => ({ name, values: [...new Set(lines.map((l) => l[name] ?? ''))].filter((v) => v !== '').slice(0, 12) }))
    const read = mapping ? await matched(tx, lines.map((l) => readLine(l, mapping))) : []
    return {
      columns, total: lines.length, matched: read.filter((l) => l.device).length,
      lines: read.slice(0, 50).map(({ serial, device: found, facts, at }) => ({ serial, facts, ...(at ? { at } : {}), ...(found ? { device: found.name } : {}) })),
    }
  },
})

export const importDevices = action({
  name: 'device.import',
  does: 'take over what a list of a console says about the devices',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: Csv,
  output: Taken,
  run: (tx, { csv, mapping }) => take(tx, 'csv', linesOf(csv).map((l) => readLine(l, mapping))),
})

// ── the signed webhook of a console ──────────────────────────────────────────────────────────────────────────────────────────────────────

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const
const isSigned = async (secret: string, timestamp: string, bytes: Buffer, signature: string): Promise<boolean> => {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), HMAC, false, ['verify'])
  const text: Bytes = Uint8Array.from(Buffer.concat([Buffer.from(`${timestamp}.`), bytes]))
  return crypto.subtle.verify(HMAC, key, bytesOf(Buffer.from(signature, 'hex').toString('base64url')), text)
}
const Sent = z.object({ devices: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]).transform((v) => (v === null ? '' : String(v))))).max(MOST_LINES) })
const notSigned = () => unauthenticated('The report is not signed with this source’s secret, or too long ago.')

/**
 * A report of a console. Header nacre-timestamp: seconds since 1970; nacre-signature: `v1=` and the hex HMAC-SHA256 of `timestamp.body`
 * under the source's secret. Taken within five minutes, once. Body: `{"devices": [{column: value, …}]}`, read by the source's mapping.
 */
export const receiveReport = action({
  name: 'device.report',
  does: 'report, as a console with the practice’s secret, how devices are kept',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: { device_report_practice_id_signature_key: 'This report was taken already.' },
  input: z.object({
    sourceId: SourceId, bytes: z.instanceof(Buffer, { error: 'Send the report as the body.' }), timestamp: z.string().regex(/^\d{10}$/, 'is seconds since 1970'),
    signature: z.string().regex(/^v1=[0-9a-f]{64}$/, 'is v1= and 64 hex digits'),
  }),
  output: Taken,
  run: async (tx, { sourceId, bytes, timestamp, signature }) => {
    const source = await tx.find(deviceSource, { id: sourceId, kind: 'webhook', endedAt: null }, ['signingSecret', 'mapping'])
    const sentAt = new Date(Number(timestamp) * 1000).toISOString()
    const isTimely = sentAt > afterMinutes(tx.now, -REPLAY_MINUTES) && sentAt < afterMinutes(tx.now, REPLAY_MINUTES)
    const hex = signature.slice('v1='.length)
    if (!source?.signingSecret || !source.mapping || !isTimely || !(await isSigned(source.signingSecret, timestamp, bytes, hex))) throw notSigned()
    const { mapping } = source
    const sent = Sent.safeParse(jsonOf(bytes))
    if (!sent.success) throw invalid([{ path: 'devices', message: 'is a list of lines' }])
    const taken = await take(tx, 'webhook', sent.data.devices.map((line) => readLine(line, mapping)))
    await tx.add(deviceReport, { sourceId, signature: hex, at: tx.now, lines: taken.lines, matched: taken.matched })
    await tx.change(deviceSource, { id: sourceId }, { lastUsedAt: tx.now })
    return taken
  },
})
const jsonOf = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
