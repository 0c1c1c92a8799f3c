/** What a rule says when it refuses: the four parts that a person must be shown (UI: the etiquette of a gate). */
export interface Refusal {
  /** One sentence for the person at the screen, without PHI. */
  why: string
  /** The rule's name, as in docs/access-matrix.md and in the trail. */
  rule: string
  /** The rule as a person would cite it, e.g. `45 CFR 164.502(b)`. */
  citation?: string
  whoCanFix: string
  /** The button that starts the fix. */
  fix?: { label: string; href: string }
  /** Where the law allows it: a time-boxed override with a reason. */
  override?: { label: string; action: string; minutes: number }
}

/** An error with an answer: what happened, and what to do. Its text never carries PHI. Becomes RFC 9457 problem details. */
export class Problem extends Error {
  readonly status: number
  readonly title: string
  readonly extra: Record<string, unknown>
  constructor(status: number, title: string, detail: string, extra: Record<string, unknown> = {}) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.title = title
    this.extra = extra
  }
}

export class Denied extends Problem {
  readonly refusal: Refusal
  /** `action`: what was refused, so that a person can ask why. The gate adds it where an action itself refuses. */
  constructor(refusal: Refusal, action?: string) {
    super(403, 'Not allowed', refusal.why, { refusal, ...(action ? { action } : {}) })
    this.name = 'Denied'
    this.refusal = refusal
  }
}

/** `what` is the record's kind, never its content. */
export const notFound = (what: string) =>
  new Problem(404, 'Not found', `There is no such ${what.replaceAll('_', ' ')}, or it is not yours to see.`)

export const conflict = (detail: string, extra: Record<string, unknown> = {}) => new Problem(409, 'Conflict', detail, extra)

export interface FieldError {
  path: string
  message: string
}
export const invalid = (errors: FieldError[], detail = 'Some of what was sent is not right. Nothing was saved.') =>
  new Problem(422, 'Check what you entered', detail, { errors })

export const unauthenticated = (detail = 'Sign in to go on.') => new Problem(401, 'Signed out', detail)

export const tooMany = (retryAfterSeconds: number, detail = 'Too many tries. Wait a moment, then try again.') =>
  new Problem(429, 'Too many tries', detail, { retryAfterSeconds })

/** A refusal before it is known who asks: put on record like every refusal, and answered as not signed in. */
export class NotAccepted extends Denied {
  override readonly status = 401
  override readonly title = 'Not accepted'
}
