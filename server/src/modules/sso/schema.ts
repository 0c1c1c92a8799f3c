import { z } from 'zod'
import { id, UserId } from '#kernel/id.ts'
import { hashed, record, sealed } from '#kernel/record.ts'

export const SsoProviderId = id('sso')
export const ISSUER_HINT = 'must begin with https:// (http:// is only for a provider on this machine)'
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/
const Issuer = z.url().max(300).refine((url) => url.startsWith('https://') || LOOPBACK.test(url), ISSUER_HINT)
const Domain = z.string().trim().toLowerCase().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'is not a domain, e.g. example.com')

/** An OpenID provider with which people of this practice sign in. It learns who signs in and when, and nothing of any patient. */
export const ssoProvider = record(
  'sso_provider',
  {
    id: SsoProviderId,
    /** On the button of the sign-in page. */
    label: z.string().trim().min(2).max(60),
    issuer: Issuer,
    clientId: z.string().trim().min(1).max(200),
    clientSecret: sealed(z.string().min(1).max(500)),
    /** Addresses that this provider speaks for; one that it does not is never matched with an account. */
    domains: z.array(Domain).min(1).max(20),
    /**
     * Who asks for the second factor. `provider`: its token must say that it did (RFC 8176 `amr`, or one of `acrValues`); where it does not,
     * Nacre asks. `nacre`: Nacre always asks.
     */
    secondFactor: z.enum(['provider', 'nacre']),
    acrValues: z.array(z.string().trim().min(1).max(200)).max(10),
    active: z.boolean(),
    changedAt: z.iso.datetime(),
  },
  { what: 'An OpenID provider by which people of the practice sign in.' },
)

/** Whose account a subject of a provider is: from the first sign-in on by the subject, which never changes, and no more by the address. */
export const ssoAccount = record(
  'sso_account',
  { id: id('ssa'), providerId: SsoProviderId, subject: hashed(z.string()), userId: UserId, linkedAt: z.iso.datetime() },
  { changes: 'removable', what: 'Which account a subject of an OpenID provider signs in to, by a keyed hash.' },
)

/** A way to the provider and back that has begun: ten minutes, once, in the same browser. */
export const ssoTry = record(
  'sso_try',
  {
    id: id('sst'),
    providerId: SsoProviderId,
    state: hashed(z.string()),
    /** The cookie of the browser that began it. */
    browser: hashed(z.string()),
    nonce: sealed(z.string()),
    codeVerifier: sealed(z.string()),
    expiresAt: z.iso.datetime(),
  },
  { changes: 'removable', what: 'Sign-ins that are on their way to an OpenID provider and back.' },
)

/** The provider has said who it is; Nacre's own second factor is still to come. */
export const ssoHalf = record(
  'sso_half',
  { id: id('ssh'), token: hashed(z.string()), userId: UserId, tries: z.int(), expiresAt: z.iso.datetime() },
  { changes: 'removable', what: 'Sign-ins that wait for the second factor.' },
)

export const ProviderCard = ssoProvider.fields.omit({ clientSecret: true })
/** The secret is left out to keep the one that is there. */
export const ProviderEntry = ssoProvider.fields
  .omit({ changedAt: true })
  .extend({ id: SsoProviderId.optional(), clientSecret: z.string().min(1).max(500).optional() })
