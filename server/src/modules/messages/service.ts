import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { agreement, deliverMessage, OutboxId, outboxMessage, vendor, VendorId } from '#kernel/dispatch.ts'
import { conflict, invalid } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import { before as earlierThan } from '#kernel/statement.ts'
import { NewVendor, OutboxQuery, WhosePatient } from './schema.ts'

const nobody = () => '-'
const PAGE = 50
const OneMessage = z.object({ messageId: OutboxId, patientId: WhosePatient })
const whose = ({ patientId }: { patientId?: string | undefined }) => patientId ?? '*'
const OutboxLine = outboxMessage.fields.omit({ recipient: true, subject: true, body: true })

export const listOutbox = action({
  name: 'outbox.list',
  does: 'see which messages are on their way, without what they say',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: OutboxQuery,
  output: z.object({ messages: z.array(OutboxLine), next: z.string().optional() }),
  run: async (tx, { state, before }) => {
    const where = { ...(state ? { state } : {}), ...(before ? { createdAt: earlierThan(before) } : {}) }
    const rows = await tx.list(outboxMessage, where, { open: [], orderBy: 'createdAt', descending: true, limit: PAGE + 1 })
    const messages = rows.slice(0, PAGE)
    const next = rows.length > PAGE ? messages.at(-1)?.createdAt : undefined
    return { messages, ...(next ? { next } : {}) }
  },
})

/** Opened one by one, because each is somebody's. */
export const readOutbox = action({
  name: 'outbox.read',
  does: 'read one message of the outbox',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OneMessage,
  output: outboxMessage.fields,
  run: (tx, { messageId, patientId }) => tx.get(outboxMessage, { id: messageId, ...(patientId ? { patientId } : {}) }),
})

export const retryOutbox = action({
  name: 'outbox.retry',
  does: 'send a held or failed message again',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OneMessage,
  output: OutboxLine,
  run: async (tx, { messageId, patientId }) => {
    const which = { id: messageId, ...(patientId ? { patientId } : {}) }
    const message = await tx.lock(outboxMessage, which)
    if (message.state !== 'held' && message.state !== 'failed') throw conflict('This message was sent, or is on its way already.')
    await tx.change(outboxMessage, which, { state: 'waiting', problem: '', settledAt: null })
    await tx.enqueue(deliverMessage, { messageId, ...(message.patientId ? { patientId: message.patientId } : {}) })
    const { settledAt: _, ...rest } = message
    return { ...rest, state: 'waiting' as const, problem: '' }
  },
})

const AgreementView = agreement.fields.omit({ vendorId: true })
const VendorView = vendor.fields.extend({ agreements: z.array(AgreementView), inForce: z.boolean() })

export const listVendors = action({
  name: 'vendor.list',
  does: 'see which companies carry messages, and under which agreements',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(VendorView),
  run: async (tx) => {
    const vendors = await tx.list(vendor, {}, { orderBy: 'name' })
    const agreements = await tx.list(agreement, {}, { orderBy: 'startsOn', descending: true })
    const today = tx.now.slice(0, 10)
    return vendors.map((v) => {
      const own = agreements.filter((a) => a.vendorId === v.id)
      return { ...v, inForce: own.some((a) => a.startsOn <= today && a.endsOn >= today), agreements: own.map(({ vendorId: _, ...a }) => a) }
    })
  },
})

export const createVendor = action({
  name: 'vendor.create',
  does: 'register a company that carries messages',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: NewVendor,
  output: vendor.fields,
  run: (tx, input) => tx.add(vendor, { ...input, since: tx.now }),
})

/** @hipaa 164.308(b)(3) written contract with a business associate, with the dates between which it is in force */
export const createAgreement = action({
  name: 'agreement.create',
  does: 'record a business associate agreement',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: agreement.fields.omit({ id: true }).extend({ vendorId: VendorId, signedBy: z.string().trim().min(1, 'Write who signed.').max(120) }),
  output: agreement.fields,
  run: async (tx, input) => {
    if (input.endsOn < input.startsOn) throw invalid([{ path: 'endsOn', message: 'The agreement ends before it starts.' }])
    await tx.get(vendor, { id: input.vendorId })
    return tx.add(agreement, input)
  },
})
