import { route } from '#kernel/route.ts'
import { askForAccess, closeAccessRequest, listAccessRequests } from './access-requests.ts'
import { createUser, listUsers } from './people.ts'
import { disownSignIn, dismissNotice, listNotices } from './notices.ts'
import { beginAuthenticator, changeAuthenticator, changePassword, renewRecoveryCodes, viewAccount } from './own-account.ts'
import { endOneSession, endOtherSessions, endSessionsOfOther, listSessions } from './own-sessions.ts'
import { addPasskey, askOwnPasskey, beginPasskey, listPasskeys, removePasskey, renamePasskey } from './passkeys.ts'
import { countProof, countUnlock, endSession, lockSession, ownSession, prove, unlockSession } from './sessions.ts'
import { askPasskey, countPasskeyTry, countTry, signIn, signInByPasskey } from './signing-in.ts'

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
  route('POST /api/users', createUser),
  route('POST /api/access-requests', askForAccess),
  route('GET /api/access-requests', listAccessRequests),
  route('POST /api/access-requests/:requestId/close', closeAccessRequest),
]
