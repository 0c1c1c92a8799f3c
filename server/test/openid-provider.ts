import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** Who signs in at the provider next, and what it says of how. */
export interface AtProvider {
  subject: string
  email: string
  emailVerified: boolean
  amr: string[]
  acr?: string
}

/** A certified OpenID provider, run on this machine: real discovery, keys, PKCE and ID tokens. Whoever comes is signed in as `person` says. */
export const openIdProvider = async (redirectUri: string) => {
  const http = createServer()
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const { port } = http.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const client = { client_id: 'nacre', client_secret: 'a secret of the client' }
  let person: AtProvider = { subject: 'none', email: '', emailVerified: false, amr: [] }

  const provider = new Provider(issuer, {
    clients: [{ ...client, redirect_uris: [redirectUri], grant_types: ['authorization_code'], response_types: ['code'] }],
    ttl: { Interaction: 60, Grant: 60, Session: 60, AccessToken: 60, IdToken: 60 },
    cookies: { keys: ['a key of the test'] },
    claims: { openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'] },
    acrValues: ['urn:example:two-factors'],
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, email: person.email, email_verified: person.emailVerified }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: client.client_id, accountId: ctx.oidc.session?.accountId ?? '' })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
  })
  const answer = provider.callback()
  http.on('request', (req, res) => {
    if (!req.url?.startsWith('/interaction/')) return void answer(req, res)
    const { subject, amr, acr } = person
    void provider.interactionFinished(req, res, { login: { accountId: subject, amr, ...(acr ? { acr } : {}) } })
  })
  return {
    issuer,
    ...client,
    knows: (who: AtProvider) => (person = who),
    /** What a browser does there: follows redirects, keeps the provider's cookies, and stops at the way back. */
    async walk(from: string): Promise<string> {
      const jar = new Map<string, string>()
      for (let at = from; ; ) {
        const reply = await fetch(at, { redirect: 'manual', headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } })
        for (const set of reply.headers.getSetCookie()) {
          const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=')
          jar.set(name, value)
        }
        const to = reply.headers.get('location')
        if (!to) throw new Error(`the provider answered ${reply.status}: ${await reply.text()}`)
        at = new URL(to, at).href
        if (at.startsWith(redirectUri)) return at
      }
    },
    close: () => new Promise<void>((done) => http.close(() => done())),
  }
}
