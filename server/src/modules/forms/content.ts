import clinicalPhotography from '../../../../content/consents/clinical-photography.json' with { type: 'json' }
import marketingPhotos from '../../../../content/consents/marketing-photos.json' with { type: 'json' }
import treatment from '../../../../content/consents/treatment.json' with { type: 'json' }
import healthQuestionnaire from '../../../../content/forms/health-questionnaire.json' with { type: 'json' }
import { ConsentContent, FormContent, type ConsentKind, type ConsentVersion, type FormVersion } from './schema.ts'

// Parsed at start: a text that is not whole never reaches a patient.
export const healthForm = FormContent.parse(healthQuestionnaire)
export const consentContents = [treatment, clinicalPhotography, marketingPhotos].map((file) =>
  ConsentContent.parse(file),
)

interface Dated {
  effectiveFrom: string
  effectiveUntil?: string | undefined
}
/** The newest version in force on this day. `day` is YYYY-MM-DD; on a clock that stands before the first version, that one. */
const inForce = <V extends Dated>(versions: readonly V[], day: string): V => {
  const begun = versions.filter(
    (v) => v.effectiveFrom <= day && (v.effectiveUntil === undefined || day <= v.effectiveUntil),
  )
  const newest = begun.toSorted((a, b) => (a.effectiveFrom < b.effectiveFrom ? 1 : -1))[0] ?? versions[0]
  if (!newest) throw new Error('a content file has no version')
  return newest
}

export const healthFormOn = (day: string): FormVersion => inForce(healthForm.versions, day)
/** Any version that was ever asked. */
export const healthFormOf = (version: string): FormVersion | undefined =>
  healthForm.versions.find((v) => v.version === version)

const contentOf = (kind: ConsentKind) => {
  const found = consentContents.find((c) => c.kind === kind)
  if (!found) throw new Error(`there is no text for ${kind}`)
  return found
}
export const consentOn = (kind: ConsentKind, day: string): ConsentVersion => inForce(contentOf(kind).versions, day)
export const consentOf = (kind: ConsentKind, version: string): ConsentVersion | undefined =>
  contentOf(kind).versions.find((v) => v.version === version)
