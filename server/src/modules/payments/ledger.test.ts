import fc from 'fast-check'
import { expect, it } from 'vitest'
import { holdsCardNumber, isLuhnValid } from './card-number.ts'
import { amountOf, changeOf, paidOf, reversalOf, settlementFault, totalOf, discountFault } from './ledger.ts'

const line = fc
  .record({ quantity: fc.integer({ min: 1, max: 999 }), unitCents: fc.integer({ min: 0, max: 100_000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ quantity, unitCents, share }) => ({ quantity, unitCents, discountCents: Math.floor(quantity * unitCents * share) }))
const lines = fc.array(line, { maxLength: 20 })

/** Payments that split a total in any way. */
const paymentsOf = (totalCents: number) =>
  fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), extra: fc.nat(20_000), isCash: fc.boolean() }), { minLength: 1, maxLength: 5 }).map((parts) => {
    const weights = parts.reduce((n, p) => n + p.weight, 0)
    let left = totalCents
    return parts.flatMap(({ weight, extra, isCash }, i) => {
      const amountCents = i === parts.length - 1 ? left : Math.floor((totalCents * weight) / weights)
      left -= amountCents
      if (amountCents === 0) return []
      return [isCash ? { method: 'cash' as const, amountCents, tenderedCents: amountCents + extra } : { method: 'external-terminal' as const, amountCents }]
    })
  })
const settled = lines.chain((ls) => paymentsOf(totalOf(ls)).map((payments) => ({ ls, payments })))

it('balances: lines less discounts are the total, and the payments of a paid sale are the same sum', () => {
  fc.assert(fc.property(settled, ({ ls, payments }) => {
    const gross = ls.reduce((n, l) => n + l.quantity * l.unitCents, 0)
    const discounts = ls.reduce((n, l) => n + l.discountCents, 0)
    expect(totalOf(ls)).toBe(gross - discounts)
    expect(totalOf(ls)).toBe(ls.reduce((n, l) => n + amountOf(l), 0))
    expect(settlementFault(totalOf(ls), payments)).toBeUndefined()
    expect(paidOf(payments)).toBe(totalOf(ls))
  }))
})

it('gives back as change exactly what was handed over beyond the payment', () => {
  fc.assert(fc.property(settled, ({ payments }) => {
    const handedOver = payments.reduce((n, p) => n + ('tenderedCents' in p ? (p.tenderedCents ?? 0) : p.amountCents), 0)
    expect(handedOver - changeOf(payments)).toBe(paidOf(payments))
    expect(changeOf(payments)).toBeGreaterThanOrEqual(0)
  }))
})

it('leaves nothing in the till when a sale is voided', () => {
  fc.assert(fc.property(settled, ({ payments }) => {
    expect(paidOf([...payments, ...payments.map(reversalOf)])).toBe(0)
  }))
})

it('never takes a cent more or less than the total', () => {
  fc.assert(fc.property(settled, fc.integer({ min: -500, max: 500 }).filter((n) => n !== 0), ({ ls, payments }, off) => {
    expect(settlementFault(totalOf(ls) + off, payments)).toBeDefined()
  }))
  expect(settlementFault(100, [{ method: 'external-terminal', amountCents: 100, tenderedCents: 120 }])).toContain('cash')
  expect(settlementFault(100, [{ method: 'cash', amountCents: 100, tenderedCents: 90 }])).toContain('Less cash')
  expect(settlementFault(100, [{ method: 'cash', amountCents: 200 }, { method: 'cash', amountCents: -100 }])).toContain('more than nothing')
})

it('gives no discount that is larger than its line', () => {
  fc.assert(fc.property(line, fc.integer({ min: 1, max: 1000 }), (l, more) => {
    expect(discountFault(l)).toBeUndefined()
    expect(discountFault({ ...l, discountCents: l.quantity * l.unitCents + more })).toBeDefined()
  }))
})

const withCheckDigit = (digits: string) => `${digits}${[...'0123456789'].find((d) => isLuhnValid(digits + d))}`
const cardNumber = fc.tuple(fc.constantFrom('3', '4', '5', '6'), fc.stringMatching(/^\d{11,17}$/)).map(([first, rest]) => withCheckDigit(first + rest))

it('recognises a card number however it is written', () => {
  fc.assert(fc.property(cardNumber, fc.constantFrom('', ' ', '-'), fc.stringMatching(/^[a-z ]{0,8}$/), (card, gap, around) => {
    const written = gap === '' ? card : (card.match(/.{1,4}/g) ?? []).join(gap)
    expect(holdsCardNumber(`${around}${written}${around}`)).toBe(true)
  }))
  expect(holdsCardNumber('Visa ４１１１ 1111 1111 1111')).toBe(true)
})

it('takes the numbers that terminals print on their slips', () => {
  for (const slip of ['', '000123', 'A1B2C3', '482913', '428912345678', 'AUTH 042178 BATCH 117', '**** 1111', '4111 1111 1111 1112', '0000000000000000'])
    expect(holdsCardNumber(slip), slip).toBe(false)
})
