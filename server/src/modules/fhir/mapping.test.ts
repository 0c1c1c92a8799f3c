import fc from 'fast-check'
import { expect, it } from 'vitest'
import { idIn, sourceOf } from './datatypes.ts'
import { dosageInWords } from './dosage.ts'
import { mapAllergy } from './map-allergy.ts'
import { mapCondition } from './map-condition.ts'
import { mapDocument } from './map-document.ts'
import { mapEncounter } from './map-encounter.ts'
import { mapImmunization } from './map-immunization.ts'
import { mapMedicationRequest, mapMedicationStatement } from './map-medication.ts'
import { mapPatient } from './map-patient.ts'
import { mapProcedure } from './map-procedure.ts'
import type { Mapped } from './outcome.ts'
import { e164 } from './phone.ts'

const none = new Map()
const MAPS: ((raw: unknown) => Mapped<unknown>)[] = [
  mapPatient, mapAllergy, mapCondition, mapDocument, mapEncounter, mapImmunization, mapProcedure,
  (raw) => mapMedicationRequest(raw, none), (raw) => mapMedicationStatement(raw, none),
]

const PATIENT = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Gómez', given: ['Ana', 'María'] }], birthDate: '1990-02-14' }
const about = { subject: { reference: 'Patient/p1' }, patient: { reference: 'Patient/p1' } }
const code = { text: 'Something', coding: [{ system: 'http://snomed.info/sct', code: '1', display: 'Some thing' }] }
const draft = <D>(mapped: Mapped<D>): D => {
  if ('draft' in mapped) return mapped.draft
  throw new Error(JSON.stringify(mapped))
}

/** Words that a value can have but no reason may repeat. */
const marked = fc.string({ minLength: 1, maxLength: 8 }).map((s) => `§${s}§`)
const wild = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, marked, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(
    fc.constantFrom('id', 'name', 'given', 'family', 'birthDate', 'code', 'coding', 'text', 'subject', 'patient', 'reference', 'status', 'period', 'start', 'content',
      'attachment', 'data', 'class', 'reaction', 'manifestation', 'dosageInstruction', 'communication', 'language', 'extension', 'url', 'intent', 'category'),
    tie('any'), { maxKeys: 6 })),
})).any

it('never fails on whatever a line holds, and never repeats a value of it in a reason', () => {
  fc.assert(fc.property(wild, (raw) => {
    for (const map of MAPS) {
      const mapped = map(raw)
      if (!('draft' in mapped)) expect(JSON.stringify(mapped)).not.toContain('§')
    }
  }), { numRuns: 500 })
})

it('takes the official name, not the maiden one, and the number that can be called', () => {
  const mapped = draft(mapPatient({
    ...PATIENT,
    name: [{ use: 'maiden', family: 'Ruiz', given: ['Ana'] }, { use: 'nickname', given: ['Anita'] }, { use: 'official', family: 'Gómez', given: ['Ana', 'María'] }],
    telecom: [{ system: 'phone', value: '(212) 555-0123', use: 'home' }, { system: 'phone', value: '+34 600 555 012', use: 'mobile' }, { system: 'phone', value: '1', use: 'old' }, { system: 'email', value: 'ana@example.test' }],
    address: [{ line: ['1 Main St'], city: 'New York', state: 'NY', postalCode: '10001', country: 'US' }],
    communication: [{ language: { coding: [{ code: 'en' }] } }, { language: { coding: [{ code: 'es-MX' }] }, preferred: true }],
    extension: [{ url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex', valueCode: 'F' }],
  }))
  expect(mapped).toEqual({
    fhirId: 'p1', givenName: 'Ana María', familyName: 'Gómez', calledName: 'Anita', birthDate: '1990-02-14', phone: '+34600555012', email: 'ana@example.test',
    address: '1 Main St, New York, NY 10001', sexAtBirth: 'female', language: 'es', source: 'fhir:Patient/p1',
  })
})

it('does not guess: no full birth date, no given name, a record replaced by another, a name too long to keep', () => {
  expect(mapPatient({ ...PATIENT, birthDate: '1990-02' })).toEqual({ bad: 'birthDate: has not the right form' })
  expect(mapPatient({ ...PATIENT, birthDate: undefined })).toEqual({ bad: 'birthDate is missing' })
  expect(mapPatient({ ...PATIENT, name: [{ family: 'Gómez' }] })).toEqual({ bad: 'name.given is missing' })
  expect(mapPatient({ ...PATIENT, link: [{ type: 'replaced-by' }] })).toEqual({ skip: 'was replaced by another patient record, as it says itself' })
  expect(mapPatient({ ...PATIENT, name: [{ family: 'x'.repeat(81), given: ['Ana'] }] })).toEqual({ bad: 'familyName: is longer than 80' })
  expect(draft(mapPatient({ ...PATIENT, gender: 'female' })).sexAtBirth).toBeUndefined()
})

it('follows references in every form that names an id, and no other', () => {
  fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9\-.]{1,64}$/), (id) => {
    expect([`Patient/${id}`, `https://ehr.example/fhir/Patient/${id}`, `Patient/${id}/_history/3`].map((r) => idIn('Patient', r))).toEqual([id, id, id])
    expect(idIn('Patient', `Group/${id}`)).toBeUndefined()
  }))
  expect(idIn('Patient', 'urn:uuid:129c6ac7-8d06-89de-ad63-0204a93e76c3')).toBe('129c6ac7-8d06-89de-ad63-0204a93e76c3')
  for (const other of [undefined, '', 'Patient', 'Patient/', '#p1', 'Patient?identifier=a|b', 'Patient/a b']) expect(idIn('Patient', other)).toBeUndefined()
})

it('makes one source of one id, whatever its capitals', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9\-.]{1,64}$/)
  fc.assert(fc.property(id, id, (a, b) => (sourceOf('X', a).toLowerCase() === sourceOf('X', b).toLowerCase()) === (a === b)))
})

it('does not warn of an allergy that is none', () => {
  expect(mapAllergy({ id: 'a', ...about, code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] } })).toEqual({ skip: 'says that no allergy is known, which is no allergy' })
  const mapped = draft(mapAllergy({ id: 'a', ...about, code, criticality: 'high', reaction: [{ manifestation: [{ text: 'Anaphylaxis' }], severity: 'severe' }] }))
  expect(mapped).toMatchObject({ patient: 'p1', draft: { status: 'unknown', verification: 'unknown', criticality: 'high', reactions: [{ manifestations: ['Anaphylaxis'], severity: 'severe' }] } })
})

it('keeps every terminology in which a thing is coded', () => {
  const mapped = draft(mapCondition({ id: 'c', ...about, code: { coding: [{ system: 's', code: '1' }, { system: 't', code: '2', display: 'two' }, { code: 'without system' }] }, onsetDateTime: '1984', abatementDateTime: '1985-03' }))
  expect(mapped.draft).toMatchObject({ code: { system: 's', code: '1', also: [{ system: 't', code: '2', display: 'two' }] }, occurred: { start: '1984', end: '1985-03' } })
  expect(mapCondition({ id: 'c', ...about, code, onsetDateTime: 'last year' })).toEqual({ bad: 'onsetDateTime: has not the right form' })
})

it('keeps text as words, other content and text in unknown encodings byte for byte, and what lies elsewhere as its address', () => {
  const document = (attachment: object) => mapDocument({ id: 'd', status: 'current', ...about, content: [{ attachment }] })
  const base64 = (bytes: Buffer) => bytes.toString('base64')
  expect(draft(document({ contentType: 'text/plain', data: base64(Buffer.from('Grüße')) })).draft).toMatchObject({ text: 'Grüße' })
  expect(draft(document({ contentType: 'text/plain', data: base64(Buffer.from([0xfc])) })).draft).toMatchObject({ content: '/A==' })
  expect(draft(document({ contentType: 'application/pdf', data: base64(Buffer.from('%PDF')) })).draft).toMatchObject({ content: base64(Buffer.from('%PDF')) })
  expect(draft(document({ contentType: 'application/pdf', url: 'https://ehr.example/Binary/1' })).draft).toMatchObject({ url: 'https://ehr.example/Binary/1' })
  expect(document({ contentType: 'text/plain' })).toEqual({ bad: 'content.attachment has neither data nor url' })
  expect(document({ data: 'no base64!' })).toEqual({ bad: 'content.attachment.data is not base64' })
  expect(document({ contentType: 'text/plain', data: base64(Buffer.alloc(1024 * 1024 + 1, 65)) })).toEqual({ skip: 'is larger than 1 MB, the most that is taken into the history' })
})

it('says a dosage in words', () => {
  expect(dosageInWords({ text: 'Take as needed.' })).toBe('Take as needed.')
  expect(dosageInWords({ doseAndRate: [{ doseQuantity: { value: 2, unit: 'tablets' } }], timing: { repeat: { frequency: 3, period: 1, periodUnit: 'd' } }, asNeededBoolean: true })).toBe('2 tablets, 3 times a day, as needed')
  expect(dosageInWords({ timing: { repeat: { period: 1, periodUnit: 'h' } } })).toBe('once an hour')
  expect(dosageInWords({ timing: { repeat: { frequency: 2, period: 6, periodUnit: 'h' } } })).toBe('twice every 6 hours')
  expect(dosageInWords({})).toBeUndefined()
})

it('writes phone numbers as E.164 where they are complete, and as they came where they are not', () => {
  expect(['555-810-7203', '1 (212) 555 0100', '+44 20 7946 0000', '810-7203 ext 5'].map(e164)).toEqual(['+15558107203', '+12125550100', '+442079460000', '810-7203 ext 5'])
})
