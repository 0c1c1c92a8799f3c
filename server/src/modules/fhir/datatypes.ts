import { z } from 'zod'
import { Moment, type Coded, type Occurred } from '#schema/history'

/** The parts of FHIR R4 data types that are read here; whatever else a resource holds is let pass. */
const Text = z.string()
export const Coding = z.object({ system: Text.optional(), code: Text.optional(), display: Text.optional() })
export const CodeableConcept = z.object({ coding: z.array(Coding).optional(), text: Text.optional() })
export const Reference = z.object({ reference: Text.optional(), display: Text.optional() })
export const Period = z.object({ start: Moment.optional(), end: Moment.optional() })
export const Annotation = z.object({ text: Text })
export const ResourceId = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/, 'is not a FHIR id')

export type CodeableConcept = z.infer<typeof CodeableConcept>
export type Reference = z.infer<typeof Reference>

/** A concept as a record keeps it: the first coding leads, the others follow in `also`. None when it says nothing at all. */
export const codedOf = (concept: CodeableConcept | undefined): Coded | undefined => {
  if (!concept) return undefined
  const [first, ...rest] = concept.coding ?? []
  const text = concept.text?.trim() || undefined
  if (!text && !first?.code && !first?.display) return undefined
  const also = rest.flatMap(({ system, code, display }) => (system && code ? [{ system, code, display }] : []))
  return { system: first?.system, code: first?.code, display: first?.display, text, ...(also.length > 0 ? { also } : {}) }
}

/** A concept in words. */
export const wordsOf = (concept: CodeableConcept | undefined): string | undefined =>
  concept?.text?.trim() || concept?.coding?.map((c) => c.display ?? c.code).find((w) => w !== undefined)

/** The code of the first coding, e.g. of a status. */
export const firstCode = (concept: CodeableConcept | undefined): string | undefined => concept?.coding?.find((c) => c.code)?.code

export const displays = (references: readonly (Reference | undefined)[]): string[] => references.flatMap((r) => (r?.display ? [r.display] : []))

export const notesOf = (notes: readonly { text: string }[] | undefined): string | undefined =>
  notes && notes.length > 0 ? notes.map((n) => n.text).join('\n\n') : undefined

export const occurredOf = (start: string | undefined, end?: string): Occurred | undefined => (start || end ? { start, end } : undefined)

/**
 * The id in `Patient/<id>`, `https://…/Patient/<id>/_history/2` or `urn:uuid:<id>`. None when the reference names something else, or names
 * it by a search (`Patient?identifier=…`).
 */
export const idIn = (type: string, reference: string | undefined): string | undefined => {
  if (!reference) return undefined
  const urn = /^urn:uuid:([0-9A-Fa-f-]{36})$/.exec(reference)?.[1]
  if (urn) return urn
  const [path = ''] = reference.split('/_history/')
  const [id, named] = path.split('/').toReversed()
  return named === type && id && ResourceId.safeParse(id).success ? id : undefined
}

/**
 * Where a record came from. FHIR ids tell capital letters from small ones, but what is found by `exact` does not: capitals are marked.
 */
export const sourceOf = (type: string, id: string): string => `fhir:${type}/${id.replace(/[A-Z]/g, (c) => `^${c}`)}`

export const encounterOf = (reference: Reference | undefined): string | undefined => {
  const id = idIn('Encounter', reference?.reference)
  return id ? sourceOf('Encounter', id) : undefined
}
