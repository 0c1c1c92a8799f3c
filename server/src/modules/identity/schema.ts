import { z } from 'zod'
import { DeviceId, id, LocationId, UserId } from '#kernel/id.ts'
import { hashed, record, sealed } from '#kernel/record.ts'

export { UserId }
export const SessionId = id('ses')
export const BrowserId = id('bro')
export const RoleName = z.string().regex(/^[a-z-]+$/)

/** A person who works at the practice. One person, one login: there are no shared accounts. @hipaa 164.312(a)(2)(i) unique user identification */
export const user = record(
  'app_user',
  {
    id: UserId,
    email: sealed(z.email().max(254), { find: 'exact' }),
    name: sealed(z.string().min(1).max(120)),
    /** Shown beside the name: RN, NP, MD. */
    credential: z.string().max(20),
    roles: z.array(RoleName),
    locationIds: z.array(LocationId),
    /** Has a column in the calendar. */
    isProvider: z.boolean(),
    active: z.boolean(),
    /** argon2id. */
    passwordHash: sealed(z.string()),
    /** RFC 6238, base 32. */
    totpSecret: sealed(z.string()),
    /** The last time step that was used, so that a code works once. */
    totpUsedStep: z.int(),
    /** Hashes of recovery codes that are left. */
    recoveryCodes: sealed(z.array(z.string())),
    createdAt: z.iso.datetime(),
    passwordChangedAt: z.iso.datetime().optional(),
    /** Shut until somebody restores it: a sign-in was reported as not hers. */
    lockedAt: z.iso.datetime().optional(),
  },
  { use: 'settings', what: 'A person who works at the practice, with what signs them in.' },
)
export const session = record(
  'session',
  {
    id: SessionId,
    token: hashed(z.string()),
    userId: UserId,
    createdAt: z.iso.datetime(),
    lastActiveAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    /** When the person last showed that it is she, with both factors. Dangerous steps ask how long ago that was. */
    provenAt: z.iso.datetime(),
    /** The screen is locked: only unlocking and signing out work. */
    lockedAt: z.iso.datetime().optional(),
    unlockTries: z.int(),
    /** The enrolled device at which it is: without that device's proof it opens nothing of a patient. */
    deviceId: DeviceId.optional(),
    /** Locks sooner than the practice says: on a shared device. */
    idleMinutes: z.int().min(1).max(120).optional(),
    endedAt: z.iso.datetime().optional(),
    /** With what it began: "password and code", "passkey". */
    beganWith: z.string().max(40).optional(),
    /** "Safari on iPad", as the browser says of itself. */
    device: sealed(z.string().max(120).optional()),
    /** The network address from which it began. */
    network: sealed(z.string().max(64).optional()),
    /** The browser in which it began, for those that sign-in knows again. */
    browserId: BrowserId.optional(),
  },
  { what: 'A signed-in session. Its token is kept only as a keyed hash.' },
)

export const PersonCard = z.object({ id: UserId, name: z.string(), credential: z.string(), roles: z.array(RoleName), locationIds: z.array(LocationId), isProvider: z.boolean() })
export const SessionView = z.object({
  user: z.object({
    id: UserId, name: z.string(), credential: z.string(), roles: z.array(z.string()), roleTitles: z.array(z.string()), home: z.string(),
    locations: z.array(z.object({ id: LocationId, name: z.string(), timeZone: z.string() })),
    grants: z.array(z.string()),
  }),
  practice: z.object({ name: z.string(), idleMinutes: z.number() }),
  /** The screen was locked, by hand or by doing nothing: only unlocking and signing out work. */
  locked: z.boolean(),
})
/** A refusal that waits for whatever touches a patient as closely as `bars` says. */
const Limit = z.object({
  bars: z.enum(['none', 'identity', 'clinical']),
  why: z.string(), rule: z.string(), citation: z.exactOptional(z.string()), whoCanFix: z.string(),
  fix: z.exactOptional(z.object({ label: z.string(), href: z.string() })),
  override: z.exactOptional(z.object({ label: z.string(), action: z.string(), minutes: z.number() })),
  actions: z.exactOptional(z.array(z.string())),
})
/** A session as the server knows it. */
export const ResolvedSession = SessionView.extend({
  sessionId: SessionId, deviceId: DeviceId.optional(), lastActiveAt: z.string(), provenAt: z.string(), locationIds: z.array(LocationId),
  limits: z.array(Limit), elsewhere: z.array(z.string()), care: z.exactOptional(z.object({ daysBack: z.number(), daysAhead: z.number() })),
})
/** Tries to sign in, by a keyed hash of whatever address was typed: the same for accounts that exist and those that do not. */
export const signInTry = record(
  'sign_in_try',
  { id: id('try'), email: hashed(z.string()), tries: z.int(), lockedUntil: z.iso.datetime().optional(), lastAt: z.iso.datetime() },
  { changes: 'removable', what: 'Counts failed sign-ins by a keyed hash of the address.' },
)

export const NewUser = z.object({
  email: z.email().max(254),
  name: z.string().trim().min(1).max(120),
  credential: z.string().max(20).default(''),
  roles: z.array(RoleName).min(1),
  locationIds: z.array(LocationId).min(1),
  isProvider: z.boolean().default(false),
  password: z.string().min(12).max(200),
  totpSecret: z.string().min(16).max(64),
})

/** What the practice made of a role, or a role of its own, as the difference from the role that it began with. */
export const roleChange = record(
  'role_change',
  {
    id: id('rol'),
    name: RoleName,
    title: z.string().trim().min(2).max(60),
    basedOn: RoleName,
    adds: z.array(z.string()),
    removes: z.array(z.string()),
    changedAt: z.iso.datetime(),
    changedBy: z.string(),
  },
  { changes: 'removable', what: 'What the practice made of a role: the actions it added and took away.' },
)

/** Somebody met a refusal of her role and asks the owner about it. */
export const accessRequest = record(
  'access_request',
  {
    id: id('acr'),
    userId: UserId,
    /** Name of the action that was refused. */
    action: z.string().max(80),
    reason: sealed(z.string().trim().min(3, 'Say in a few words what you need it for.').max(500)),
    at: z.iso.datetime(),
    closedAt: z.iso.datetime().optional(),
    closedBy: UserId.optional(),
  },
  { what: 'A person asked for an action that her role does not include.' },
)
