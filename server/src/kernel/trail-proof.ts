/** What a full verification of a practice's sealed trail found, in figures and opaque ids. */
export interface TrailProof {
  verified: boolean
  /** Events in the export. */
  events: number
  /** Heads with a good signature, those published outside the database included. */
  heads: number
  /** Events proven by the last head that fits. */
  sealed: number
  /** Events after the last head. */
  unsealed: number
  /** Merkle root at `sealed`, 64 hex digits. */
  root: string
  /** Position of the first bad event, counted from 0. */
  firstBad?: number
  /** Everything that is wrong, in words; empty when verified. */
  problems: readonly string[]
}

/** Seals what has been committed, exports it and runs the standalone verifier over the export: a hand of the platform, used by jobs. */
export type VerifyTrail = (practiceId: string) => Promise<TrailProof>
