import { z } from 'zod'
import { patient } from '#schema/patients'
import { CodeableConcept, ResourceId, sourceOf } from './datatypes.ts'
import { draftOf, read, type Mapped } from './outcome.ts'
import { e164 } from './phone.ts'

const Name = z.object({ use: z.string().optional(), family: z.string().optional(), given: z.array(z.string()).optional() })
const Telecom = z.object({ system: z.string().optional(), value: z.string().optional(), use: z.string().optional(), rank: z.number().optional() })
const Address = z.object({
  use: z.string().optional(), text: z.string().optional(), line: z.array(z.string()).optional(), city: z.string().optional(), state: z.string().optional(),
  postalCode: z.string().optional(), country: z.string().optional(),
})
const Patient = z.object({
  id: ResourceId,
  name: z.array(Name).optional(),
  birthDate: z.string().optional(),
  telecom: z.array(Telecom).optional(),
  address: z.array(Address).optional(),
  communication: z.array(z.object({ language: CodeableConcept, preferred: z.boolean().optional() })).optional(),
  extension: z.array(z.object({ url: z.string(), valueCode: z.string().optional() })).optional(),
  link: z.array(z.object({ type: z.string().optional() })).optional(),
})
type Patient = z.infer<typeof Patient>

const Draft = patient.fields.omit({ id: true, locationIds: true, createdAt: true }).required({ source: true }).extend({ fhirId: ResourceId })
export type PatientDraft = z.infer<typeof Draft>

/** The first by this order of uses; without a known use comes last. */
const byUse = <T extends { use?: string | undefined }>(items: readonly T[] | undefined, uses: readonly string[]): T | undefined => {
  const rank = (item: T) => (uses.includes(item.use ?? '') ? uses.indexOf(item.use ?? '') : uses.length)
  return items?.filter((i) => i.use !== 'old').toSorted((a, b) => rank(a) - rank(b))[0]
}

const telecomOf = ({ telecom }: Patient, system: string, uses: readonly string[]) => byUse(telecom?.filter((t) => t.system === system && t.value), uses)?.value

const addressOf = (all: Patient['address']): string | undefined => {
  const address = byUse(all, ['home', 'temp', 'billing', 'work'])
  if (!address) return undefined
  const { text, line, city, state, postalCode, country } = address
  if (text) return text
  const place = [city, [state, postalCode].filter(Boolean).join(' ')].filter(Boolean).join(', ')
  return [...(line ?? []), place, country === 'US' ? '' : country].filter(Boolean).join(', ') || undefined
}

const BIRTH_SEX = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex'
const SEX_AT_BIRTH: Record<string, PatientDraft['sexAtBirth']> = { F: 'female', M: 'male', OTH: 'other', UNK: 'unknown', ASKU: 'unknown' }
/** Only where it is said: `gender` is administrative and says something else. */
const sexAtBirthOf = ({ extension }: Patient) => SEX_AT_BIRTH[extension?.find((e) => e.url === BIRTH_SEX)?.valueCode ?? '']

const languageOf = ({ communication }: Patient): 'en' | 'es' => {
  const chosen = communication?.find((c) => c.preferred) ?? communication?.[0]
  return chosen?.language.coding?.some((c) => /^es\b/i.test(c.code ?? '')) ? 'es' : 'en'
}

/** https://hl7.org/fhir/R4/patient.html → the patient record. */
export const mapPatient = (raw: unknown): Mapped<PatientDraft> =>
  read(Patient, raw, (p): Mapped<PatientDraft> => {
    if (p.link?.some((l) => l.type === 'replaced-by')) return { skip: 'was replaced by another patient record, as it says itself' }
    const name = byUse(p.name?.filter((n) => n.family && n.use !== 'maiden' && n.use !== 'nickname'), ['official', 'usual'])
    if (!name?.family) return { bad: 'name.family is missing' }
    if (!name.given?.some((g) => g.trim() !== '')) return { bad: 'name.given is missing' }
    if (p.birthDate === undefined) return { bad: 'birthDate is missing' }
    const phone = telecomOf(p, 'phone', ['mobile', 'home', 'work'])
    return draftOf(Draft, {
      givenName: name.given.join(' '),
      familyName: name.family,
      calledName: p.name?.find((n) => n.use === 'nickname')?.given?.[0],
      birthDate: p.birthDate,
      phone: phone === undefined ? undefined : e164(phone),
      email: telecomOf(p, 'email', ['home', 'mobile', 'work']),
      address: addressOf(p.address),
      sexAtBirth: sexAtBirthOf(p),
      language: languageOf(p),
      source: sourceOf('Patient', p.id),
      fhirId: p.id,
    })
  })
