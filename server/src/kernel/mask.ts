import { z } from 'zod'
import { contactOf, MASK, type Contact } from './record.ts'

const SHOWN_DIGITS = 2

const hide = (text: string) => text.replaceAll(/[\p{L}\p{N}]/gu, MASK)
const MASKED: Record<Contact, (text: string) => string> = {
  /** The last digits tell two numbers apart when somebody reads hers out. */
  phone: (text) => `${hide(text.slice(0, -SHOWN_DIGITS))}${text.slice(-SHOWN_DIGITS)}`,
  email: (text) => {
    const at = text.lastIndexOf('@')
    return at < 1 ? hide(text) : `${text.slice(0, 1)}${hide(text.slice(1, at))}${hide(text.slice(at))}`
  },
  address: hide,
}

type Masker = (value: unknown) => unknown
const made = new WeakMap<z.ZodType, Masker | undefined>()

const ofObject = (shape: z.ZodRawShape): Masker | undefined => {
  const fields = Object.entries(shape).flatMap(([name, type]) => {
    const mask = maskerOf(type as z.ZodType)
    return mask ? [[name, mask] as const] : []
  })
  if (fields.length === 0) return undefined
  return (value) => {
    if (typeof value !== 'object' || value === null) return value
    const masked: Record<string, unknown> = { ...value }
    for (const [name, mask] of fields) if (name in masked) masked[name] = mask(masked[name])
    return masked
  }
}

const ofType = (type: z.ZodType): Masker | undefined => {
  const contact = contactOf(type)
  if (contact) return (value) => (typeof value === 'string' ? MASKED[contact](value) : value)
  if (type instanceof z.ZodObject) return ofObject(type.shape as z.ZodRawShape)
  if (type instanceof z.ZodArray) {
    const mask = maskerOf(type.element as z.ZodType)
    return mask && ((value) => (Array.isArray(value) ? value.map(mask) : value))
  }
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable || type instanceof z.ZodDefault || type instanceof z.ZodExactOptional) return maskerOf(type.unwrap() as z.ZodType)
  if (type instanceof z.ZodRecord) {
    const mask = maskerOf(type.valueType as z.ZodType)
    return mask && ((value) => (typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, mask(v)])) : value))
  }
  // Each option masks what it knows: what another option means by the same name is contact data as well.
  if (type instanceof z.ZodUnion) {
    const masks = type.options.flatMap((option) => maskerOf(option as z.ZodType) ?? [])
    return masks.length > 0 ? (value) => masks.reduce((masked, mask) => mask(masked), value) : undefined
  }
  return undefined
}

/** Hides contact data in an answer of this shape; undefined when the shape holds none. Follows from the record: no action has to think of it. */
export const maskerOf = (type: z.ZodType): Masker | undefined => {
  if (!made.has(type)) {
    made.set(type, undefined)
    made.set(type, ofType(type))
  }
  return made.get(type)
}
