import { z } from 'zod'
import { id, LocationId, UserId } from '#kernel/id.ts'
import { hashed, record, sealed } from '#kernel/record.ts'
import { RoleName, user } from './schema.ts'

const Instant = z.iso.datetime()
const { email, name, credential } = user.fields.shape
/** Why, in words: may name people, so it is sealed wherever it is kept. */
export const Reason = z.string().trim().max(500)
export const GivenReason = z.string().trim().min(3, 'Say in a few words why.').max(500)

export const InvitationId = id('inv')
/** Somebody may join the team. She alone chooses what she signs in with. */
export const invitation = record(
  'invitation',
  {
    id: InvitationId,
    /** Of the link; none while a second person has still to confirm. */
    token: hashed(z.string().optional()),
    email: sealed(z.email().max(254), { find: 'exact' }),
    name: sealed(z.string().trim().min(1).max(120)),
    credential: z.string().trim().max(20),
    roles: z.array(RoleName).min(1, 'Choose at least one role.'),
    locationIds: z.array(LocationId).min(1, 'Choose at least one location.'),
    isProvider: z.boolean(),
    invitedBy: UserId,
    at: Instant,
    expiresAt: Instant,
    /** Its roles manage other people's access: a second person confirms before a link exists. */
    waits: z.boolean(),
    /** Who confirmed it; nobody, where the practice had no second person. */
    confirmedBy: UserId.optional(),
    alone: z.boolean(),
    reason: sealed(Reason),
    usedAt: Instant.optional(),
    withdrawnAt: Instant.optional(),
    /** Whom it became. */
    userId: UserId.optional(),
  },
  { what: 'An invitation to join the team. The token of its link is kept only as a keyed hash.' },
)

/** What somebody may do and be, as it was before or is after a change: of a person, or of a role. */
export const AccessState = z.object({
  name: z.string().optional(),
  credential: z.string().optional(),
  roles: z.array(z.string()).optional(),
  locationIds: z.array(z.string()).optional(),
  isProvider: z.boolean().optional(),
  title: z.string().optional(),
  basedOn: z.string().optional(),
  actions: z.array(z.string()).optional(),
})
export type AccessState = z.infer<typeof AccessState>

export const ProposalId = id('prp')
/** A raise that waits for a second person. @hipaa 164.308(a)(3)(ii)(A) authorization and supervision: whoever asks does not confirm */
export const proposal = record(
  'proposal',
  {
    id: ProposalId,
    kind: z.enum(['person', 'role', 'invitation']),
    /** The person concerned. */
    userId: UserId.optional(),
    /** The role that is to change. */
    roleName: RoleName.optional(),
    invitationId: InvitationId.optional(),
    proposedBy: UserId,
    at: Instant,
    expiresAt: Instant,
    before: sealed(AccessState),
    after: sealed(AccessState),
    /** Names of actions that somebody would be able to do. */
    gained: z.array(z.string()),
    lost: z.array(z.string()),
    reason: sealed(Reason),
    outcome: z.enum(['open', 'confirmed', 'declined', 'withdrawn']),
    closedAt: Instant.optional(),
    closedBy: UserId.optional(),
  },
  { what: 'A raise of somebody’s access that waits for a second person, or what became of it.' },
)

export const AccessChangeId = id('agc')
/** @hipaa 164.308(a)(4)(ii)(C) access establishment and modification: every change, before and after, and who confirmed it */
export const accessChange = record(
  'access_change',
  {
    id: AccessChangeId,
    userId: UserId.optional(),
    roleName: RoleName.optional(),
    at: Instant,
    by: UserId,
    confirmedBy: UserId.optional(),
    before: sealed(AccessState),
    after: sealed(AccessState),
    gained: z.array(z.string()),
    lost: z.array(z.string()),
    reason: sealed(Reason),
    /** A raise without a second person, because the practice had none. */
    alone: z.boolean(),
  },
  { changes: 'added-only', what: 'A change of what a person or a role may do, with before and after.' },
)
export const loneReview = record(
  'lone_review',
  { id: id('lrv'), changeId: AccessChangeId, by: UserId, at: Instant },
  { changes: 'added-only', what: 'Somebody else looked later at a raise that one person made alone.' },
)

export const RecoveryAskId = id('rca')
/** Kept for every address that was typed, whether it has an account or not: the answer and its time tell nothing. */
export const recoveryAsk = record(
  'recovery_ask',
  { id: RecoveryAskId, email: sealed(z.email().max(254), { find: 'exact' }), at: Instant, expiresAt: Instant },
  { changes: 'removable', what: 'Somebody who lost what she signs in with asks for help.' },
)
export const HowConfirmed = z.enum(['in person', 'known voice', 'video'])
export const recovery = record(
  'recovery',
  {
    id: id('rcv'),
    userId: UserId,
    /** A person of the team, or `operator:…` at the command line. */
    approvedBy: z.string(),
    approvedAt: Instant,
    /** How the one who approved knew that it was she. */
    how: HowConfirmed,
    token: hashed(z.string()),
    /** What the one who approved tells her, when the link goes by e-mail: the mailbox alone opens nothing. */
    code: hashed(z.string().optional()),
    tries: z.int(),
    expiresAt: Instant,
    usedAt: Instant.optional(),
    closedAt: Instant.optional(),
  },
  { what: 'A second person confirmed who somebody is, so that she may choose new factors. Link and code only as keyed hashes.' },
)

export const TokenId = id('tok')
export const apiToken = record(
  'api_token',
  {
    id: TokenId,
    userId: UserId,
    label: sealed(z.string().trim().min(2, 'Say what it is for.').max(80)),
    secret: hashed(z.string()),
    actions: z.array(z.string()),
    locationIds: z.array(LocationId),
    createdAt: Instant,
    expiresAt: Instant,
    /** To the minute at most. */
    lastUsedAt: Instant.optional(),
    revokedAt: Instant.optional(),
  },
  { what: 'A token of an integration: what it may do, for how long, and whose it is. The secret only as a keyed hash.' },
)

export const Ended = z.array(z.object({ what: z.string(), count: z.int() }))
/** @hipaa 164.308(a)(3)(ii)(C) termination procedures: a certificate of what ended when somebody left */
export const departure = record(
  'departure',
  {
    id: id('dep'),
    userId: UserId,
    by: UserId,
    at: Instant,
    reason: sealed(Reason),
    roles: z.array(z.string()),
    locationIds: z.array(LocationId),
    ended: sealed(Ended),
  },
  { changes: 'added-only', what: 'Somebody left: who ended her access, when, why, and what ended with it.' },
)

export const PersonFields = z.object({
  name,
  credential,
  roles: invitation.fields.shape.roles,
  locationIds: invitation.fields.shape.locationIds,
  isProvider: z.boolean(),
})
export const NewInvitation = PersonFields.extend({ email, credential: credential.default(''), isProvider: z.boolean().default(false), reason: Reason.default('') })
export const SecretsOfOwn = z.object({
  token: z.string().trim().min(20).max(100),
  password: z.string().min(12, 'must have at least 12 characters').max(200),
  /** Made in her own browser: RFC 4226 asks for 128 bits at least. */
  totpSecret: z.string().regex(/^[A-Z2-7]{26,64}$/, 'is not an authenticator secret'),
  totpCode: z.string().trim().max(12),
})
