import { route } from '#kernel/route.ts'
import { askForAccess, closeAccessRequest, listAccessRequests } from './access-requests.ts'
import { createUser, listUsers } from './people.ts'
import { countTry, countUnlock, endSession, lockSession, ownSession, signIn, unlockSession } from './sessions.ts'

export const routes = [
  route('POST /api/session', signIn, { door: 'public', first: countTry, setsCookie: 'nacre', rate: { max: 20, perSeconds: 60 } }),
  route('GET /api/session', ownSession),
  route('DELETE /api/session', endSession, { clearsCookie: 'nacre' }),
  route('POST /api/session/lock', lockSession),
  route('POST /api/session/unlock', unlockSession, { first: countUnlock, rate: { max: 20, perSeconds: 60 } }),
  route('GET /api/users', listUsers),
  route('POST /api/users', createUser),
  route('POST /api/access-requests', askForAccess),
  route('GET /api/access-requests', listAccessRequests),
  route('POST /api/access-requests/:requestId/close', closeAccessRequest),
]
