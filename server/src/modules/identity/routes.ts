import { route } from '#kernel/route.ts'
import { countTry, createUser, endSession, listUsers, ownSession, signIn } from './service.ts'

export const routes = [
  route('POST /api/session', signIn, { door: 'public', first: countTry, setsCookie: 'nacre', rate: { max: 20, perSeconds: 60 } }),
  route('GET /api/session', ownSession),
  route('DELETE /api/session', endSession, { clearsCookie: 'nacre' }),
  route('GET /api/users', listUsers),
  route('POST /api/users', createUser),
]
