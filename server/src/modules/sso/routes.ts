import { route } from '#kernel/route.ts'
import { changeProvider, countSecond, giveSecond, listProviders, offeredProviders } from './service.ts'

// GET /api/sso/start/:providerId and /api/sso/callback lead to the provider and back: platform/openid.ts.
export const routes = [
  route('GET /api/sso', offeredProviders, { door: 'public' }),
  route('GET /api/sso/providers', listProviders),
  route('PUT /api/sso/providers', changeProvider),
  route('POST /api/sso/second', giveSecond, { door: 'public', first: countSecond, setsCookie: 'nacre', adds: 'origin', rate: { max: 20, perSeconds: 60 } }),
]
