import type { z } from 'zod'

/**
 * What a mapping makes of a resource: a draft of our record, or why not. `skip`: sound, but not to be taken over. `bad`: broken.
 * A reason names fields and rules only, never a value: it is shown in reports that hold no PHI.
 */
export type Mapped<D> = { draft: D } | { skip: string } | { bad: string }

const sentence = (error: z.ZodError): string => {
  const [issue] = error.issues
  if (!issue) return 'is not as FHIR R4 says'
  const path = issue.path.filter((step) => typeof step === 'string').join('.')
  const missing = issue.code === 'invalid_type' && issue.input === undefined && /received undefined/.test(issue.message)
  return missing ? `${path} is missing` : `${path || 'the resource'}: ${rule(issue)}`
}
const rule = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'too_big') return `is longer than ${issue.maximum}`
  if (issue.code === 'too_small') return 'is empty'
  if (issue.code === 'invalid_type') return `is not ${issue.expected === 'array' ? 'a list' : `of type ${issue.expected}`}`
  if (issue.code === 'invalid_format') return 'has not the right form'
  return 'is not one of the values that FHIR R4 knows'
}

/** Reads a resource by the part of its shape that a mapping needs. */
export const read = <T, D>(shape: z.ZodType<T>, raw: unknown, map: (resource: T) => Mapped<D>): Mapped<D> => {
  const parsed = shape.safeParse(raw)
  return parsed.success ? map(parsed.data) : { bad: sentence(parsed.error) }
}

/** The draft, when our record can hold it. Nothing is cut short to fit. */
export const draftOf = <D>(shape: z.ZodType<D>, fields: z.input<typeof shape>): Mapped<D> => {
  const parsed = shape.safeParse(fields)
  return parsed.success ? { draft: parsed.data } : { bad: sentence(parsed.error) }
}

export const ENTERED_IN_ERROR = { skip: 'was entered in error, as it says itself' }
