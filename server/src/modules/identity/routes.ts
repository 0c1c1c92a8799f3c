import { route } from '#kernel/route.ts'
import { askForAccess, closeAccessRequest, listAccessRequests } from './access-requests.ts'
import { disownSignIn, dismissNotice, listNotices } from './notices.ts'
import { beginAuthenticator, changeAuthenticator, changePassword, renewRecoveryCodes, viewAccount } from './own-account.ts'
import { endOneSession, endOtherSessions, endSessionsOfOther, listSessions } from './own-sessions.ts'
import { addPasskey, askOwnPasskey, beginPasskey, listPasskeys, removePasskey, renamePasskey } from './passkeys.ts'
import { countProof, countUnlock, endSession, lockSession, ownSession, prove, unlockSession } from './sessions.ts'
import { askPasskey, countPasskeyTry, countTry, signIn, signInByPasskey } from './signing-in.ts'
import { acceptInvitation, invite, listInvitations, lookAtInvitation, renewInvitation, withdrawInvitation } from './invitations.ts'
import { listDepartures, offboard } from './offboarding.ts'
import { listUsers } from './people.ts'
import { confirmProposal, declineProposal, listChanges, listProposals, reviewAlone } from './proposals.ts'
import { approveRecovery, askForRecovery, countRecovery, dismissRecovery, listRecoveries, lookAtRecovery, useRecovery } from './recovery.ts'
import { listRoles, openRole, previewRole, removeRole, saveRole } from './role-editor.ts'
import { changePerson, listTeam } from './team.ts'
import { allTokens, createToken, ownTokens, revokeToken } from './tokens.ts'

const tries = { max: 20, perSeconds: 60 }

export const routes = [
  route('POST /api/session', signIn, { door: 'public', first: countTry, setsCookie: 'nacre', adds: 'origin', rate: tries }),
  route('POST /api/session/passkey/question', askPasskey, { door: 'public', adds: 'origin', rate: { max: 60, perSeconds: 60 } }),
  route('POST /api/session/passkey', signInByPasskey, { door: 'public', first: countPasskeyTry, setsCookie: 'nacre', adds: 'origin', rate: tries }),
  route('GET /api/session', ownSession),
  route('DELETE /api/session', endSession, { clearsCookie: 'nacre' }),
  route('POST /api/session/lock', lockSession),
  route('POST /api/session/unlock', unlockSession, { first: countUnlock, adds: 'origin', rate: tries }),
  route('POST /api/session/prove', prove, { first: countProof, adds: 'origin', rate: tries }),
  route('POST /api/session/prove/question', askOwnPasskey, { adds: 'origin', rate: { max: 60, perSeconds: 60 } }),
  route('GET /api/account', viewAccount),
  route('PUT /api/account/password', changePassword, { ends: 'sessions', rate: tries }),
  route('POST /api/account/authenticator', beginAuthenticator),
  route('PUT /api/account/authenticator', changeAuthenticator, { rate: tries }),
  route('POST /api/account/recovery-codes', renewRecoveryCodes),
  route('GET /api/account/passkeys', listPasskeys),
  route('POST /api/account/passkeys/question', beginPasskey, { adds: 'origin' }),
  route('POST /api/account/passkeys', addPasskey, { adds: 'origin' }),
  route('PATCH /api/account/passkeys/:passkeyId', renamePasskey),
  route('DELETE /api/account/passkeys/:passkeyId', removePasskey),
  route('GET /api/account/sessions', listSessions),
  route('DELETE /api/account/sessions', endOtherSessions, { ends: 'sessions' }),
  route('DELETE /api/account/sessions/:sessionId', endOneSession, { ends: 'sessions' }),
  route('GET /api/account/notices', listNotices),
  route('POST /api/account/notices/:noticeId/dismiss', dismissNotice),
  route('POST /api/account/notices/:noticeId/not-me', disownSignIn, { ends: 'sessions' }),
  route('POST /api/users/:userId/end-sessions', endSessionsOfOther, { ends: 'sessions' }),
  route('GET /api/users', listUsers),
  route('GET /api/team', listTeam),
  route('POST /api/team/:userId', changePerson),
  route('POST /api/team/:userId/offboard', offboard),
  route('GET /api/departures', listDepartures),
  route('POST /api/invitations', invite),
  route('GET /api/invitations', listInvitations),
  route('POST /api/invitations/:invitationId/renew', renewInvitation),
  route('POST /api/invitations/:invitationId/withdraw', withdrawInvitation),
  // Tokens of links travel in bodies: an address is written down in too many places.
  route('POST /api/public/join/look', lookAtInvitation, { door: 'public', rate: { max: 30, perSeconds: 60 } }),
  route('POST /api/public/join', acceptInvitation, { door: 'public', rate: { max: 20, perSeconds: 60 } }),
  route('POST /api/public/recovery', askForRecovery, { door: 'public', rate: { max: 5, perSeconds: 60 } }),
  route('POST /api/public/recovery/look', lookAtRecovery, { door: 'public', rate: { max: 30, perSeconds: 60 } }),
  route('POST /api/public/recovery/use', useRecovery, { door: 'public', first: countRecovery, rate: { max: 10, perSeconds: 60 } }),
  route('GET /api/recoveries', listRecoveries),
  route('POST /api/recoveries/:askId/approve', approveRecovery),
  route('POST /api/recoveries/:askId/dismiss', dismissRecovery),
  route('GET /api/roles', listRoles),
  route('GET /api/roles/:name', openRole),
  route('POST /api/roles/preview', previewRole),
  route('POST /api/roles', saveRole),
  route('DELETE /api/roles/:name', removeRole),
  route('GET /api/proposals', listProposals),
  route('POST /api/proposals/:proposalId/confirm', confirmProposal),
  route('POST /api/proposals/:proposalId/decline', declineProposal),
  route('GET /api/access-changes', listChanges),
  route('POST /api/access-changes/:changeId/review', reviewAlone),
  route('GET /api/tokens', allTokens),
  route('GET /api/tokens/mine', ownTokens),
  route('POST /api/tokens', createToken),
  route('POST /api/tokens/:tokenId/revoke', revokeToken),
  route('POST /api/access-requests', askForAccess),
  route('GET /api/access-requests', listAccessRequests),
  route('POST /api/access-requests/:requestId/close', closeAccessRequest),
]
