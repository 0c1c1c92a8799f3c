import type { FastifyInstance, FastifyReply } from 'fastify'
import * as openid from 'openid-client'
import { Problem } from '#kernel/errors.ts'
import type { Origin } from '#kernel/origin.ts'
import { BROWSER_COOKIE, BROWSER_SECONDS, originOf } from './origin.ts'

export interface OpenIdClient {
  issuer: string
  clientId: string
  clientSecret: string
  acrValues: readonly string[]
  redirectUri: string
}
export interface Way {
  providerId: string
  nonce: string
  codeVerifier: string
}
export interface Claims {
  providerId: string
  subject: string
  email?: string
  emailVerified: boolean
  amr?: string[]
  acr?: string
  origin: Origin
}
export interface OpenIdHands {
  begin: (way: Way & { state: string; browser: string }) => Promise<OpenIdClient>
  take: (back: { state: string; browser: string }) => Promise<{ client: OpenIdClient; way: Way }>
  signIn: (claims: Claims) => Promise<{ session: string; mark: string } | { half: string }>
  isTls: boolean
  onFault: (error: unknown) => void
}

const COOKIE = 'nacre-sso'
const WAY_SECONDS = 600
const SESSION_SECONDS = 12 * 3600
const ANSWER_SECONDS = 10
const RATE = { max: 30, timeWindow: 60_000 }

const isHere = (issuer: string) => new URL(issuer).protocol === 'http:'
const discover = ({ issuer, clientId, clientSecret }: OpenIdClient) =>
  openid.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    timeout: ANSWER_SECONDS,
    // The schema allows http only for a provider on this machine.
    ...(isHere(issuer) ? { execute: [openid.allowInsecureRequests] } : {}),
  })

const texts = (value: unknown): string[] | undefined => (Array.isArray(value) ? value.filter((v) => typeof v === 'string') : undefined)

/**
 * To an OpenID provider and back: authorization code with PKCE (RFC 7636), state bound to this browser, nonce, all checked by openid-client.
 * The provider is told the redirect address and nothing else; what comes back is who signed in, and how.
 */
export const openId = (hands: OpenIdHands) => {
  const cookie = { path: '/api/sso', httpOnly: true, sameSite: 'lax' as const, secure: hands.isTls }
  /** Pages, not answers: whoever comes here is on her way between two sites. What went wrong is a word in the fragment, shown by the sign-in page. */
  const backToSignIn = (reply: FastifyReply, fragment: string) => reply.clearCookie(COOKIE, cookie).redirect(`/sign-in#${fragment}`)
  const failed = (reply: FastifyReply, error: unknown) => {
    if (!(error instanceof Problem)) hands.onFault(error)
    const why = !(error instanceof Problem) ? 'provider' : error.extra['reason'] === 'no-account' ? 'no-account' : 'again'
    return backToSignIn(reply, `sso=${why}`)
  }

  return (app: FastifyInstance) => {
    app.get<{ Params: { providerId: string } }>('/api/sso/start/:providerId', { config: { rateLimit: RATE } }, async (req, reply) => {
      try {
        const [state, nonce, codeVerifier, browser] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier(), openid.randomState()]
        const client = await hands.begin({ providerId: req.params.providerId, state, nonce, codeVerifier, browser })
        const to = openid.buildAuthorizationUrl(await discover(client), {
          redirect_uri: client.redirectUri,
          scope: 'openid email',
          state,
          nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256',
          ...(client.acrValues.length > 0 ? { acr_values: client.acrValues.join(' ') } : {}),
        })
        return await reply.setCookie(COOKIE, browser, { ...cookie, maxAge: WAY_SECONDS }).redirect(to.href)
      } catch (error) {
        return failed(reply, error)
      }
    })

    app.get<{ Querystring: Record<string, string> }>('/api/sso/callback', { config: { rateLimit: RATE } }, async (req, reply) => {
      try {
        const { state = '' } = req.query
        const { client, way } = await hands.take({ state: String(state), browser: req.cookies[COOKIE] ?? '' })
        const answered = new URL(client.redirectUri)
        answered.search = new URL(req.url, client.redirectUri).search
        const tokens = await openid.authorizationCodeGrant(await discover(client), answered, {
          expectedState: String(state), expectedNonce: way.nonce, pkceCodeVerifier: way.codeVerifier, idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (!claims) throw new Error('the provider sent no ID token')
        const amr = texts(claims['amr'])
        const done = await hands.signIn({
          providerId: way.providerId,
          subject: claims.sub,
          emailVerified: claims['email_verified'] === true,
          ...(typeof claims['email'] === 'string' ? { email: claims['email'] } : {}),
          ...(typeof claims['acr'] === 'string' ? { acr: claims['acr'] } : {}),
          ...(amr ? { amr } : {}),
          origin: originOf(req),
        })
        if ('half' in done) return await backToSignIn(reply, `second=${done.half}`)
        return await reply
          .clearCookie(COOKIE, cookie)
          .setCookie('nacre', done.session, { path: '/', httpOnly: true, sameSite: 'strict', secure: hands.isTls, maxAge: SESSION_SECONDS })
          .setCookie(BROWSER_COOKIE, done.mark, { path: '/', httpOnly: true, sameSite: 'strict', secure: hands.isTls, maxAge: BROWSER_SECONDS })
          .redirect('/')
      } catch (error) {
        return failed(reply, error)
      }
    })
  }
}
