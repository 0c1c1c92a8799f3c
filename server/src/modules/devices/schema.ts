import { z } from 'zod'
import { DeviceId, id, LocationId, UserId } from '#kernel/id.ts'
import { hashed, record, sealed } from '#kernel/record.ts'
import { RoleName, SessionId } from '#schema/identity'

export { DeviceId }
export const DeviceKind = z.enum(['front-desk', 'treatment-room', 'phone', 'laptop', 'other'])
export const Ownership = z.enum(['practice', 'personal'])
export const DeviceState = z.enum(['waiting', 'enrolled', 'declined', 'lost', 'retired'])
export const FactName = z.enum(['disk-encryption', 'screen-lock', 'protection', 'jailbreak', 'os-version', 'platform', 'browser', 'touch'])
export type FactName = z.infer<typeof FactName>
/** Who says so. `browser` is what a browser honestly tells; `seen` a person of the practice who looked at the device's settings. */
export const FactSource = z.enum(['osquery', 'webhook', 'csv', 'browser', 'seen'])
export type FactSource = z.infer<typeof FactSource>
export const Platform = z.enum(['windows', 'macos', 'ios', 'ipados', 'android', 'linux', 'chromeos', 'other'])
export type Platform = z.infer<typeof Platform>
/** Clear, purge or destroy: NIST SP 800-88. `nothing-kept`: a device on which the browser alone was used keeps nothing of a patient. */
export const Disposal = z.enum(['nothing-kept', 'cleared', 'purged', 'destroyed'])

const Instant = z.iso.datetime()
const DeviceName = z.string().trim().min(2).max(80)
const Serial = z.string().trim().toUpperCase().min(4).max(64)

/** A computer, tablet or phone that opens patients' records. @hipaa 164.310(d)(1) device and media controls */
export const device = record(
  'device',
  {
    id: DeviceId,
    kind: DeviceKind,
    ownership: Ownership,
    locationId: LocationId,
    /** More than one person works at it: it locks sooner, and persons change by PIN. */
    shared: z.boolean(),
    /** Who may use it; nobody named means everybody of the practice. */
    people: z.array(UserId).max(200),
    name: sealed(DeviceName),
    /** By which reports of a console or an agent find it. */
    serial: sealed(Serial.optional(), { find: 'exact' }),
    /** The point of its P-256 key, uncompressed, base64url. The private half cannot leave its browser. Gone with the device. */
    publicKey: z.string().max(120).optional(),
    /** Shown on the device and beside it in the register, so that the right one is approved. */
    code: sealed(z.string().regex(/^\d{6}$/)),
    state: DeviceState,
    platform: Platform,
    askedAt: Instant,
    askedBy: UserId,
    enrolledAt: Instant.optional(),
    enrolledBy: UserId.optional(),
    /** Approved by the person who asked, because there was no other administrator. */
    approvedAlone: z.boolean(),
    lastSeenAt: Instant.optional(),
    agreementVersion: z.string().max(20).optional(),
    agreementSignedAt: Instant.optional(),
    agreementSignedBy: UserId.optional(),
    endedAt: Instant.optional(),
    endedBy: UserId.optional(),
    disposal: Disposal.optional(),
  },
  { what: 'A device that opens patients’ records: what it is, whose, where, who approved it, and its public key.' },
)
export const deviceChallenge = record(
  'device_challenge',
  { id: id('dch'), nonce: hashed(z.string()), sessionId: SessionId.optional(), expiresAt: Instant },
  { changes: 'removable', what: 'A random number that a device signs once, within a minute.' },
)
export const deviceProof = record(
  'device_proof',
  { id: id('dpr'), token: hashed(z.string()), sessionId: SessionId, deviceId: DeviceId, expiresAt: Instant },
  { changes: 'removable', what: 'That a session was at its device a moment ago: valid for two minutes, then signed for anew.' },
)
export const devicePin = record(
  'device_pin',
  {
    id: id('pin'),
    deviceId: DeviceId,
    userId: UserId,
    /** argon2id. */
    hash: sealed(z.string()),
    tries: z.int(),
    setAt: Instant,
    /** When she last signed in here with password and second factor. */
    provenAt: Instant,
    lastUsedAt: Instant.optional(),
  },
  { changes: 'removable', what: 'The PIN by which one person changes to herself on one shared device.' },
)
export const deviceFact = record(
  'device_fact',
  { id: id('dfa'), deviceId: DeviceId, name: FactName, source: FactSource, value: z.string().min(1).max(80), at: Instant, saidBy: UserId.optional() },
  { what: 'What is known of how a device is kept: who says so, and when.' },
)
export const SourceKind = z.enum(['osquery', 'webhook'])
/** Which column of a console's list is which fact, and which of its values are good. */
export const ColumnMapping = z.object({
  serial: z.string().max(120),
  facts: z.array(z.object({
    fact: z.enum(['disk-encryption', 'screen-lock', 'protection', 'jailbreak', 'os-version']),
    column: z.string().min(1).max(120),
    /** Values that say it is good, compared without case. For `os-version` none: the version is read as it stands. */
    good: z.array(z.string().max(60)).max(20),
    bad: z.array(z.string().max(60)).max(20),
  })).max(10),
  /** When the console last heard of the device; without it, now. */
  reportedAt: z.string().max(120).optional(),
})
export type ColumnMapping = z.infer<typeof ColumnMapping>
export const deviceSource = record(
  'device_source',
  {
    id: id('dsr'),
    kind: SourceKind,
    name: sealed(z.string().trim().min(2).max(80)),
    /** An enrolment secret for this one device. */
    deviceId: DeviceId.optional(),
    enrollSecret: hashed(z.string().optional()),
    /** With which a console signs what it sends; it must be known to be compared. */
    signingSecret: sealed(z.string().optional()),
    mapping: sealed(ColumnMapping.optional()),
    madeAt: Instant,
    madeBy: UserId,
    lastUsedAt: Instant.optional(),
    endedAt: Instant.optional(),
  },
  { what: 'From where facts about devices come: osquery agents or a management console.' },
)
export const deviceReport = record(
  'device_report',
  { id: id('drp'), sourceId: deviceSource.fields.shape.id, signature: hashed(z.string()), at: Instant, lines: z.int(), matched: z.int() },
  { changes: 'added-only', what: 'A report of a console that was taken: its signature, so that it cannot be sent again.' },
)
export const osqueryNode = record(
  'osquery_node',
  {
    id: id('osq'),
    sourceId: deviceSource.fields.shape.id,
    nodeKey: hashed(z.string()),
    host: sealed(z.string().max(200), { find: 'exact' }),
    serial: sealed(Serial.optional(), { find: 'exact' }),
    platform: z.string().max(40),
    deviceId: DeviceId.optional(),
    enrolledAt: Instant,
    lastSeenAt: Instant,
    /** Somebody fixed something and wants to know at once: the next time it asks, it is asked everything. */
    askedAt: Instant.optional(),
    endedAt: Instant.optional(),
  },
  { what: 'An osquery agent that reports, and the device it belongs to.' },
)
export const devicePolicy = record(
  'device_policy',
  {
    id: id('dpo'),
    unenrolled: z.enum(['warn', 'limit', 'block']),
    unknownPosture: z.enum(['warn', 'limit']),
    /** Who may use a device of her own. */
    personalRoles: z.array(RoleName).max(60),
    /** What the practice asks beyond content/device-rules.json: `laptop:jailbreak`. */
    alsoRequired: z.array(z.string().regex(/^[a-z-]+:[a-z-]+$/)).max(40),
    /** Newer versions than content/device-rules.json asks: `macos 15`. */
    oldest: z.array(z.string().regex(/^[a-z]+ \d+(\.\d+)*$/, 'is written like "macos 15.2"')).max(20),
    reportedWithinDays: z.int().min(1).max(90).optional(),
    sharedIdleMinutes: z.int().min(1).max(5),
    changedAt: Instant,
    changedBy: z.string(),
  },
  { changes: 'added-only', use: 'settings', what: 'What the practice decided about devices; the newest counts, the older ones are the evidence.' },
)
/** Minimal: the compliance centre takes it from here. */
export const incidentDraft = record(
  'incident_draft',
  {
    id: id('inc'),
    what: z.enum(['device-lost', 'device-stolen']),
    deviceId: DeviceId,
    at: Instant,
    toldBy: UserId,
    state: z.enum(['draft', 'taken-up']),
    note: sealed(z.string().max(1000).optional()),
  },
  { what: 'The beginning of a security incident, opened when a device is reported lost or stolen.' },
)

export const Challenge = z.object({ challenge: z.string(), expiresAt: z.string() })
const Signed = { challenge: z.string().min(20).max(100), signature: z.string().min(20).max(200) }
export const SignedByDevice = z.object({ deviceId: DeviceId, ...Signed })
export const Enrol = z.object({
  ...Signed,
  publicKey: z.string().regex(/^[\w-]{87}$/, 'is not a P-256 key'),
  name: DeviceName,
  kind: DeviceKind,
  ownership: Ownership,
  locationId: LocationId,
  shared: z.boolean(),
  people: z.array(UserId).max(200).default([]),
  platform: Platform.default('other'),
  agreementVersion: z.string().max(20).optional(),
})
export const Pin = z.string().regex(/^\d{6,12}$/, 'is six digits or more')
export const SwitchPerson = SignedByDevice.extend({ userId: UserId, pin: Pin })
export const PersonOnDevice = z.object({ userId: UserId, name: z.string(), role: z.string() })

export const FactLine = z.object({
  fact: FactName,
  title: z.string(),
  /** `stale`: reported too long ago to be relied on. */
  state: z.enum(['good', 'bad', 'unknown', 'stale']),
  says: z.string(),
  wants: z.string(),
  source: FactSource.optional(),
  at: z.string().optional(),
  steps: z.array(z.string()),
})
export type FactLine = z.infer<typeof FactLine>
export const PostureState = z.enum(['good', 'bad', 'unknown'])
export const Posture = z.object({ state: PostureState, lines: z.array(FactLine) })
export type Posture = z.infer<typeof Posture>

export const DeviceCard = z.object({
  id: DeviceId, name: z.string(), kind: DeviceKind, kindTitle: z.string(), ownership: Ownership, locationId: LocationId, shared: z.boolean(), people: z.array(UserId),
  serial: z.string().optional(), state: DeviceState, platform: Platform, code: z.string().optional(), askedAt: z.string(), askedBy: z.string(), enrolledAt: z.string().optional(),
  enrolledBy: z.string().optional(), approvedAlone: z.boolean(), lastSeenAt: z.string().optional(), agreementSignedAt: z.string().optional(), endedAt: z.string().optional(),
  disposal: Disposal.optional(), posture: Posture, sessions: z.int(), pins: z.int(),
  /** The person who looks asked for it herself: somebody else approves. */
  isOwn: z.boolean(),
})
export const Policy = devicePolicy.fields.omit({ id: true, changedAt: true, changedBy: true })
export const Agreement = z.object({ version: z.string(), title: z.string(), text: z.array(z.string()) })
export const OwnDevice = z.object({
  /** How this session stands: at an enrolled device, at one that waits, or at one that is not known. */
  state: z.enum(['enrolled', 'unenrolled']),
  policy: z.enum(['warn', 'limit', 'block']),
  personalAllowed: z.boolean(),
  agreement: Agreement,
  device: DeviceCard.pick({ id: true, name: true, kind: true, kindTitle: true, ownership: true, shared: true, platform: true }).extend({
    posture: Posture, hasPin: z.boolean(), pinLocked: z.boolean(), agreementDue: z.boolean(), reports: z.boolean(),
  }).optional(),
})
