import attestations from '../../../../content/attestations.json' with { type: 'json' }
import licences from '../../../../content/licence-needs.json' with { type: 'json' }

export interface Attestation {
  name: string
  title: string
  version: string
  /** The day from which this version is asked for. */
  effectiveFrom: string
  text: readonly string[]
}
export const ATTESTATIONS: readonly Attestation[] = Object.entries(attestations.documents).map(([name, text]) => ({ name, ...text }))

export interface LicenceNeed {
  role: string
  anyOf: readonly string[]
  basis: 'law' | 'practice'
}
const BASES = { law: 'law', practice: 'practice' } as const
export const LICENCE_NEEDS: readonly LicenceNeed[] = licences.needs.map(({ role, anyOf, basis }) => ({ role, anyOf, basis: basis === 'law' ? BASES.law : BASES.practice }))
export const LICENCES: ReadonlyMap<string, string> = new Map(Object.entries(licences.licences))
/** What waits for a licence in force. */
export const LICENSED_ACTIONS: readonly string[] = licences.actions
