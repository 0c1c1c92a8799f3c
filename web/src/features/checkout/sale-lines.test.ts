import { expect, it } from 'vitest'
import { changeOf, likelyCash, paymentFault, settled } from './sale-lines.ts'

const part = (method: 'cash' | 'external-terminal', amountCents: number, tenderedCents: number | null = null) => ({ key: method + amountCents, method, amountCents, tenderedCents, reference: '' })

it('puts what is left of the total on the last payment', () => {
  expect(settled([part('cash', 0)], 42_000).map((p) => p.amountCents)).toEqual([42_000])
  expect(settled([part('cash', 2_000), part('external-terminal', 0)], 42_000).map((p) => p.amountCents)).toEqual([2_000, 40_000])
})
it('gives change only from cash that was received', () => {
  expect(changeOf([part('cash', 8_800, 10_000), part('external-terminal', 20_000)])).toBe(1_200)
  expect(changeOf([part('cash', 8_800)])).toBe(0)
})
it('says what is wrong before a payment is sent', () => {
  expect(paymentFault([part('cash', 8_800, 8_000)])).toContain('Less cash')
  expect(paymentFault(settled([part('cash', 50_000), part('cash', 0)], 42_000))).toContain('more than the total')
  expect(paymentFault([part('cash', 8_800, 10_000)])).toBeUndefined()
})
it('offers the sums that people hand over', () => {
  expect(likelyCash(42_000)).toEqual([42_000, 45_000, 50_000])
  expect(likelyCash(8_850)).toEqual([8_850, 9_000, 10_000])
})
