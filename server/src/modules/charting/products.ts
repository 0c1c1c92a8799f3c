import content from '../../../../content/products.json' with { type: 'json' }
import type { FieldError } from '#kernel/errors.ts'
import { DoseUnit, type Injection, type NoteBody } from './schema.ts'

export const PRODUCTS = content.products.map((product) => ({ ...product, unit: DoseUnit.parse(product.unit) }))

const byName = new Map(PRODUCTS.map((product) => [product.name, product]))
export const isProduct = (name: string) => byName.has(name)

/** What a note still lacks before it can be signed, by field. An unknown product counts as one whose lot must be known. */
export const missingToSign = ({
  body,
  injections,
}: {
  body: NoteBody
  injections: readonly Injection[]
}): FieldError[] => {
  const { sections, ...fixed } = body
  const isEmpty =
    injections.length === 0 &&
    [...Object.values(fixed), ...sections.map(({ text }) => text)].every((text) => text.trim() === '')
  const missing: FieldError[] = isEmpty
    ? [{ path: 'body', message: 'This note is empty: write what was found or done.' }]
    : []
  injections.forEach(({ product, lot, units }, at) => {
    if (lot.trim() === '' && byName.get(product)?.lotRequired !== false)
      missing.push({ path: `injections.${at}.lot`, message: `Point ${at + 1}: the lot of ${product} is missing.` })
    if (units <= 0) missing.push({ path: `injections.${at}.units`, message: `Point ${at + 1}: the dose is missing.` })
  })
  return missing
}
