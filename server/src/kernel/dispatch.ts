import { z } from 'zod'
import templates from '../../../content/message-templates.json' with { type: 'json' }
import { action } from './action.ts'
import { contentGuard } from './content-guard.ts'
import { Denied, Problem, type Refusal } from './errors.ts'
import { id, PatientId } from './id.ts'
import { job } from './job.ts'
import type { Perform } from './perform.ts'
import { roleAlone, type Actor } from './policy.ts'
import { record, sealed, type Value } from './record.ts'
import { from as since, upTo } from './statement.ts'
import type { Tx } from './tx.ts'

export const Channel = z.enum(['email', 'text'])
export type Channel = z.infer<typeof Channel>

export const VendorId = id('vnd')
export const OutboxId = id('out')

export const vendor = record(
  'vendor',
  { id: VendorId, name: z.string().min(1).max(120), channel: Channel, since: z.iso.datetime() },
  { what: 'A company that carries messages for the practice.' },
)
/** A business associate agreement with a vendor: in force from `startsOn` until `endsOn`. */
export const agreement = record(
  'agreement',
  { id: id('baa'), vendorId: VendorId, startsOn: z.iso.date(), endsOn: z.iso.date(), signedBy: z.string().max(120) },
  { what: 'A business associate agreement in force between two dates.' },
)
export const MessageState = z.enum(['waiting', 'sending', 'sent', 'held', 'failed'])
export const outboxMessage = record(
  'outbox_message',
  {
    id: OutboxId,
    patientId: PatientId.optional(),
    channel: Channel,
    template: z.string(),
    recipient: sealed(z.string(), { contact: 'email' }),
    subject: sealed(z.string()),
    body: sealed(z.string()),
    state: MessageState,
    problem: z.string().max(200),
    createdAt: z.iso.datetime(),
    settledAt: z.iso.datetime().optional(),
  },
  { what: 'A message on its way out, or held for an administrator to read while no channel is configured.' },
)
/** What left, to whom, why: the accounting of disclosures. @hipaa 164.528 accounting of disclosures */
export const disclosure = record(
  'disclosure',
  {
    id: id('dis'),
    patientId: PatientId,
    at: z.iso.datetime(),
    recipient: z.string().max(200),
    purpose: z.string(),
    what: z.string().max(200),
    eventId: z.string(),
  },
  { changes: 'added-only', what: 'Accounting of disclosures: what left, when, to whom and why.' },
)

type TemplateName = keyof typeof templates.templates
interface Template {
  phi: boolean
  fields: string[]
  en: { subject: string; body: string }
  es: { subject: string; body: string }
}
const templateOf = (name: TemplateName): Template => templates.templates[name]

const fill = (text: string, fields: Record<string, string>) =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = fields[name]
    if (value === undefined) throw new Error(`the message needs ${name}`)
    return value
  })

const guarded = (text: string, own: readonly string[]): Refusal | undefined => {
  const [found] = contentGuard(text, own)
  if (!found) return undefined
  return {
    rule: 'content-guard',
    why: `The message says “${found.term}” (${found.kind}), and no agreement with the carrier allows that.`,
    whoCanFix: 'Whoever wrote the text, or the owner by signing an agreement with the carrier',
    fix: { label: 'Edit the text', href: '/outbox' },
  }
}

/**
 * Composes a message from a template and puts it into the outbox, in this transaction. Only the template's own merge fields are filled.
 * The guard reads the result now, so that the author learns of it, and again when it leaves.
 * @throws 403 content-guard
 */
export const compose = async (
  tx: Tx,
  message: { channel: Channel; template: TemplateName; to: string; language: 'en' | 'es'; fields: Record<string, string>; patientId?: Value<typeof outboxMessage>['patientId']; ownTerms: readonly string[] },
): Promise<Value<typeof outboxMessage>> => {
  const { template, channel, to, fields, patientId } = message
  const { phi, fields: allowed, [message.language]: text } = templateOf(template)
  const merged = Object.fromEntries(allowed.map((name) => [name, fields[name] ?? '']))
  const subject = fill(text.subject, merged)
  const body = fill(text.body, merged)
  // A link is opaque; what a person wrote around it is what can tell.
  const refusal = phi ? undefined : guarded(`${subject} ${body.replace(/https?:\/\/\S+/g, '')}`, message.ownTerms)
  if (refusal) throw new Denied(refusal)
  const made = await tx.add(outboxMessage, {
    ...(patientId ? { patientId } : {}),
    channel, template, recipient: to, subject, body, state: 'waiting', problem: '', createdAt: tx.now,
  })
  await tx.enqueue(deliverMessage, { messageId: made.id, ...(patientId ? { patientId } : {}) })
  return made
}

/** `carriers`: the channels by which a message can leave this server. */
const OneMessage = z.object({ messageId: OutboxId, patientId: PatientId.optional(), carriers: z.array(Channel).default([]) })
const Leaving = z.object({ channel: Channel, to: z.string(), subject: z.string(), body: z.string() }).nullable()
const whose = ({ patientId }: { patientId?: string | undefined }) => patientId ?? '*'

/** The agreement that is in force with a carrier of this channel today, if any. */
const agreementInForce = async (tx: Tx, channel: Channel) => {
  const today = tx.now.slice(0, 10)
  for (const carrier of await tx.list(vendor, { channel })) {
    const [found] = await tx.list(agreement, { vendorId: carrier.id, startsOn: upTo(today), endsOn: since(today) }, { limit: 1 })
    if (found) return carrier
  }
  return undefined
}

/** Checks, at the moment of leaving, that this message may leave, and records the disclosure. Null: it is held. */
export const takeMessage = action({
  name: 'message.take',
  does: 'hand a message in the outbox to its carrier',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OneMessage,
  output: Leaving,
  run: async (tx, { messageId, patientId, carriers }) => {
    const which = { id: messageId, ...(patientId ? { patientId } : {}) }
    const message = await tx.lock(outboxMessage, which, ['recipient', 'subject', 'body'])
    if (message.state === 'sent' || message.state === 'held') return null
    if (!carriers.includes(message.channel)) {
      await tx.change(outboxMessage, which, { state: 'held', problem: 'No carrier is configured for this channel.' })
      return null
    }
    const template = templates.templates[message.template as TemplateName] as Template | undefined
    const covered = await agreementInForce(tx, message.channel)
    const refusal = covered || !template ? undefined : template.phi ? noAgreement(message.channel) : guarded(`${message.subject} ${message.body.replace(/https?:\/\/\S+/g, '')}`, [])
    if (refusal || !template) {
      await tx.change(outboxMessage, which, { state: 'held', problem: refusal?.why ?? 'Its template is gone.' })
      return null
    }
    await tx.change(outboxMessage, which, { state: 'sending' })
    if (patientId)
      await tx.add(disclosure, {
        patientId, at: tx.now, recipient: covered?.name ?? `${message.channel} carrier (no PHI)`, purpose: 'operations',
        what: `message: ${message.template}`, eventId: tx.eventId,
      })
    return { channel: message.channel, to: message.recipient, subject: message.subject, body: message.body }
  },
})

const noAgreement = (channel: Channel): Refusal => ({
  rule: 'agreement-in-force',
  why: `No business associate agreement is in force with a carrier for ${channel}, and this message contains PHI (45 CFR 164.504(e)).`,
  whoCanFix: 'The owner, under Vendors',
})

export const settleMessage = action({
  name: 'message.settle',
  does: 'note that a message was sent or failed',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: z.object({ messageId: OutboxId, patientId: PatientId.optional(), state: z.enum(['sent', 'failed', 'waiting']), problem: z.string().max(200) }),
  output: z.object({}),
  run: async (tx, { messageId, patientId, state, problem }) => {
    await tx.change(outboxMessage, { id: messageId, ...(patientId ? { patientId } : {}) }, { state, problem, settledAt: tx.now })
    return {}
  },
})

/** The hand that really sends. Throws {@link CarrierRefused} when trying again is no use. */
export interface Carrier {
  send(message: { to: string; subject: string; body: string; reference: string }): Promise<void>
}
export class CarrierRefused extends Error {
  override name = 'CarrierRefused'
}

/**
 * The one door to the outside world. Nothing leaves but through here: the agreement is checked at the moment of leaving, the disclosure is
 * recorded and committed, and only then is the message handed to the carrier. At least once: a crash in between sends again.
 */
export const dispatcher = ({ perform, carriers }: { perform: Perform; carriers: Partial<Record<Channel, Carrier>> }) =>
  async function deliver(actor: Actor, { messageId, patientId }: { messageId: string; patientId?: string | undefined }): Promise<void> {
    const which = { messageId, ...(patientId ? { patientId } : {}) }
    const channels = Channel.options.filter((channel) => carriers[channel] !== undefined)
    const leaving = await perform(takeMessage, actor, { ...which, carriers: channels })
    const carrier = leaving && carriers[leaving.channel]
    if (!leaving || !carrier) return
    try {
      const { to, subject, body } = leaving
      await carrier.send({ to, subject, body, reference: messageId })
    } catch (error) {
      const forGood = error instanceof CarrierRefused
      await perform(settleMessage, actor, { ...which, state: forGood ? 'failed' : 'waiting', problem: forGood ? 'The carrier refused it.' : 'The carrier could not be reached; trying again.' })
      if (forGood) return
      throw new Problem(503, 'Carrier unreachable', 'The carrier could not be reached.')
    }
    await perform(settleMessage, actor, { ...which, state: 'sent', problem: '' })
  }
export type Deliver = ReturnType<typeof dispatcher>

export const deliverMessage = job({
  name: 'message.deliver',
  grants: ['message.take', 'message.settle'],
  input: z.object({ messageId: OutboxId, patientId: PatientId.optional() }),
  run: ({ deliver, actor }, input) => deliver(actor, input),
})
