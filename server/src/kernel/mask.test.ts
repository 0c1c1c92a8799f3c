import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { maskerOf } from './mask.ts'
import { MASK, sealed } from './record.ts'

const phone = sealed(z.string().optional(), { contact: 'phone' })
const email = sealed(z.string(), { contact: 'email' })
const address = sealed(z.string(), { contact: 'address' })
const mask = (type: z.ZodType, value: unknown) => maskerOf(type)?.(value)

it('leaves enough of contact data to tell two apart, and no more', () => {
  expect(mask(phone, '+12125550142')).toBe('+•••••••••42')
  expect(mask(email, 'ana.lopez@example.test')).toBe('a••.•••••@•••••••.••••')
  expect(mask(address, '1 Main St, Łódź')).toBe('• •••• ••, ••••')
})

it('finds contact data wherever a shape holds it, and leaves everything else as it is', () => {
  const shape = z.object({ id: z.string(), phone, more: z.array(z.object({ email, n: z.number() })), by: z.record(z.string(), address), maybe: z.object({ email }).nullable() })
  expect(mask(shape, { id: 'x', more: [{ email: 'b@c.de', n: 1 }], by: { home: 'Elm 3' }, maybe: null })).toEqual({
    id: 'x', more: [{ email: 'b@•.••', n: 1 }], by: { home: '••• •' }, maybe: null,
  })
  expect(mask(z.union([z.object({ ok: z.literal(true) }), z.object({ phone })]), { phone: '5550199' })).toEqual({ phone: '•••••99' })
  expect(mask(shape.pick({ phone: true }).partial(), { phone: '5550199' })).toEqual({ phone: '•••••99' })
  expect(maskerOf(z.object({ id: z.string(), n: z.array(z.number()) }))).toBeUndefined()
})

it('never lets a letter or digit through but the two last of a number and the first of an address', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 3 }), (text) => {
      expect(String(mask(address, text))).not.toMatch(/[\p{L}\p{N}]/u)
      expect(String(mask(phone, text)).slice(0, -2)).not.toMatch(/[\p{L}\p{N}]/u)
      expect(String(mask(email, `${text}@b.c`)).slice(1).replaceAll(MASK, '')).not.toMatch(/[\p{L}\p{N}]/u)
    }),
  )
})
