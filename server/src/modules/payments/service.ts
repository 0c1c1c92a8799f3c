import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, invalid, notFound } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { oneOf, within } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { dateIn, localDay, worksHere } from '#modules/scheduling'
import { patient } from '#schema/patients'
import { location, practice, PracticeId, service } from '#schema/practices'
import { appointment } from '#schema/scheduling'
import { holdsCardNumber } from './card-number.ts'
import { amountOf, changeOf, discountFault, reversalOf, settlementFault, totalOf } from './ledger.ts'
import {
  LinesInput, NewSale, OfSale, payment, PaymentMethod, PayInput, Receipt, receiptBook, sale, saleLine, SaleLineOfList, SaleView,
  Takings, TakingsQuestion, VoidInput,
} from './schema.ts'

const whose = ({ patientId }: { patientId: string }) => patientId
const ONE_SALE_EACH = { sale_of_appointment: 'This visit is being checked out already. Open it again to see the sale.' }

const linesOf = (tx: Tx, { saleId, patientId }: z.infer<typeof OfSale>, open: readonly 'description'[]) =>
  tx.list(saleLine, { saleId, patientId }, { open, orderBy: 'position' })
const paymentsOf = (tx: Tx, { saleId, patientId }: z.infer<typeof OfSale>) => tx.list(payment, { saleId, patientId }, { open: [], orderBy: 'at' })
const paymentView = ({ id, method, amountCents, tenderedCents, at }: Value<typeof payment>) => ({
  id, method, amountCents, at, ...(tenderedCents === undefined ? {} : { tenderedCents }),
})

const viewOf = async (tx: Tx, of: Value<typeof sale>): Promise<z.infer<typeof SaleView>> => {
  const which = { saleId: of.id, patientId: of.patientId }
  const { timeZone } = await tx.get(location, { id: of.locationId })
  const lines = await linesOf(tx, which, ['description'])
  return {
    ...of,
    timeZone,
    lines: lines.map(({ saleId: _, patientId: __, position: ___, ...line }) => ({ ...line, amountCents: amountOf(line) })),
    payments: (await paymentsOf(tx, which)).map(paymentView),
  }
}

const refuseCardNumbers = (fields: readonly { path: string; text: string | undefined }[]): void => {
  const found = fields.filter(({ text }) => text !== undefined && holdsCardNumber(text))
  if (found.length === 0) return
  throw invalid(
    found.map(({ path }) => ({ path, message: 'This looks like a card number. Cards stay in the terminal: write the slip’s own number, or nothing.' })),
  )
}

/** A visit's sale begins with its service at today's price; the desk changes what was really done. */
const proposeLine = async (tx: Tx, of: Value<typeof sale>, serviceId: Value<typeof service>['id']) => {
  const { name, priceCents } = await tx.get(service, { id: serviceId })
  await tx.add(saleLine, {
    saleId: of.id, patientId: of.patientId, serviceId, position: 0, description: name, quantity: 1, unitCents: priceCents, discountCents: 0,
  })
  await tx.change(sale, { id: of.id, patientId: of.patientId }, { totalCents: priceCents })
  return { ...of, totalCents: priceCents }
}

/** Opens the sale of a visit, or the one that is there already. */
export const openCheckout = action({
  name: 'checkout.open',
  does: "check out a patient's visit",
  purpose: 'payment',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  clashes: ONE_SALE_EACH,
  input: NewSale,
  output: SaleView,
  run: async (tx, { patientId, appointmentId, locationId }) => {
    if (!appointmentId) {
      if (!locationId) throw invalid([{ path: 'locationId', message: 'Say at which location this is sold.' }])
      // Without a visit nothing else says that she comes to a place where whoever sells this works.
      await tx.get(patient, { id: patientId }, [])
      const { places } = tx.actor
      if (places !== '*' && !places.includes(locationId)) throw notFound('location')
      const { id } = await tx.get(location, { id: locationId })
      return viewOf(tx, await tx.add(sale, { patientId, locationId: id, totalCents: 0, state: 'open', createdAt: tx.now }))
    }
    const known = await tx.find(sale, { patientId, appointmentId, state: oneOf(['open', 'paid']) }, [])
    if (known) return viewOf(tx, known)
    const visit = await tx.get(appointment, { id: appointmentId, patientId })
    if (visit.state === 'cancelled' || visit.state === 'no-show') throw conflict('This visit did not take place, so there is nothing to check out.')
    const made = await tx.add(sale, { patientId, appointmentId, locationId: visit.locationId, totalCents: 0, state: 'open', createdAt: tx.now })
    return viewOf(tx, await proposeLine(tx, made, visit.serviceId))
  },
})

/** A sale that is still open, locked; says why when it is not. */
const lockOpen = async (tx: Tx, { saleId, patientId }: z.infer<typeof OfSale>) => {
  const found = await tx.lock(sale, { id: saleId, patientId })
  if (found.state === 'paid') throw conflict('This sale is paid. To change it, void it and check out again.')
  if (found.state === 'void') throw conflict('This sale was voided.')
  return found
}

export const changeLines = action({
  name: 'checkout.lines',
  does: 'change what is sold, its price and discounts',
  purpose: 'payment',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: LinesInput,
  output: SaleView,
  run: async (tx, { saleId, patientId, lines }) => {
    const faults = lines.flatMap((line, i) => {
      const message = discountFault(line)
      return message ? [{ path: `lines.${i}.discountCents`, message }] : []
    })
    if (faults.length > 0) throw invalid(faults)
    refuseCardNumbers(lines.map(({ description }, i) => ({ path: `lines.${i}.description`, text: description })))
    const found = await lockOpen(tx, { saleId, patientId })
    await tx.remove(saleLine, { saleId, patientId })
    await tx.addAll(saleLine, lines.map((line, position) => ({ ...line, saleId, patientId, position })))
    const totalCents = totalOf(lines)
    await tx.change(sale, { id: saleId, patientId }, { totalCents })
    return viewOf(tx, { ...found, totalCents })
  },
})

/** The next receipt number. The row stays locked until the payment is committed, so that no number is skipped. */
const nextNumber = async (tx: Tx): Promise<number> => {
  const id = receiptBook.fields.shape.id.parse(`rbk_${tx.practiceId.slice('prc_'.length)}`)
  if (!(await tx.has(receiptBook, { id }))) {
    await tx.lock(practice, { id: PracticeId.parse(tx.practiceId) })
    if (!(await tx.has(receiptBook, { id }))) await tx.add(receiptBook, { id, lastNumber: 0 })
  }
  const { lastNumber } = await tx.lock(receiptBook, { id })
  await tx.change(receiptBook, { id }, { lastNumber: lastNumber + 1 })
  return lastNumber + 1
}

/** Paying ends the visit, wherever it stood. */
const endVisit = async (tx: Tx, { appointmentId, patientId }: Value<typeof sale>) => {
  if (!appointmentId) return
  const visit = await tx.lock(appointment, { id: appointmentId, patientId })
  const isOpen = visit.state === 'checked-in' || visit.state === 'in-treatment'
  await tx.change(appointment, { id: appointmentId, patientId }, { paidAt: tx.now, ...(isOpen ? { state: 'done' } : {}) })
}

/** Send an Idempotency-Key: the same key never takes the money twice. */
export const payCheckout = action({
  name: 'checkout.pay',
  does: 'record how a sale was paid',
  purpose: 'payment',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: PayInput,
  output: SaleView,
  run: async (tx, { saleId, patientId, payments }) => {
    refuseCardNumbers(payments.map(({ reference }, i) => ({ path: `payments.${i}.reference`, text: reference })))
    const found = await lockOpen(tx, { saleId, patientId })
    const lines = await linesOf(tx, { saleId, patientId }, [])
    if (lines.length === 0) throw conflict('Nothing is on this sale yet. Add a line, or void it.')
    const fault = settlementFault(found.totalCents, payments)
    if (fault) throw invalid([{ path: 'payments', message: fault }])
    const takenBy = UserId.parse(tx.actor.id)
    await tx.addAll(payment, payments.map((p) => ({ ...p, saleId, patientId, locationId: found.locationId, takenBy, at: tx.now })))
    const paid = { state: 'paid' as const, number: await nextNumber(tx), closedAt: tx.now }
    await tx.change(sale, { id: saleId, patientId }, paid)
    await endVisit(tx, found)
    return viewOf(tx, { ...found, ...paid })
  },
})

/** The payments of a sale that is voided are given back by the way they came; its number stays in the book. */
export const voidCheckout = action({
  name: 'checkout.void',
  does: 'void a sale of the same day',
  purpose: 'payment',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: VoidInput,
  output: SaleView,
  run: async (tx, { saleId, patientId, reason }) => {
    refuseCardNumbers([{ path: 'reason', text: reason }])
    const found = await tx.lock(sale, { id: saleId, patientId })
    if (found.state === 'void') throw conflict('This sale was voided already.')
    const { timeZone } = await tx.get(location, { id: found.locationId })
    if (found.closedAt && dateIn(timeZone, found.closedAt) !== dateIn(timeZone, tx.now))
      throw conflict('Only sales of the same day can be voided: the takings of an earlier day are closed.')
    const taken = await paymentsOf(tx, { saleId, patientId })
    const takenBy = UserId.parse(tx.actor.id)
    await tx.addAll(payment, taken.map((p) => ({ ...reversalOf(p), saleId, patientId, locationId: found.locationId, takenBy, at: tx.now })))
    const voided = { state: 'void' as const, voidedAt: tx.now }
    await tx.change(sale, { id: saleId, patientId }, { ...voided, voidReason: reason })
    if (found.appointmentId && found.state === 'paid') await tx.change(appointment, { id: found.appointmentId, patientId }, { paidAt: null })
    return viewOf(tx, { ...found, ...voided })
  },
})

/**
 * The receipt, without name and treatment: the descriptions are not even opened.
 * @hipaa 164.502(b) minimum necessary: a receipt says "Services" (rule PHI-15)
 */
export const viewReceipt = action({
  name: 'receipt.view',
  does: 'print a receipt, without treatment names',
  purpose: 'payment',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OfSale,
  output: Receipt,
  run: async (tx, { saleId, patientId }) => {
    const found = await tx.get(sale, { id: saleId, patientId }, [])
    const { name, phone } = await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })
    const place = await tx.get(location, { id: found.locationId })
    const lines = await linesOf(tx, { saleId, patientId }, [])
    const payments = await paymentsOf(tx, { saleId, patientId })
    return {
      saleId, practice: { name, phone }, location: { name: place.name, address: place.address, timeZone: place.timeZone },
      ...(found.number ? { number: found.number } : {}),
      at: found.closedAt ?? found.createdAt, state: found.state, totalCents: found.totalCents,
      lines: lines.map((line) => ({ label: 'Services' as const, quantity: line.quantity, amountCents: amountOf(line), discountCents: line.discountCents })),
      payments: payments.map(paymentView), changeCents: changeOf(payments),
    }
  },
})

export const listSales = action({
  name: 'sale.list',
  does: "see a patient's sales, without what was done",
  purpose: 'payment',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OfSale.pick({ patientId: true }),
  output: z.array(SaleLineOfList),
  run: (tx, { patientId }) => tx.list(sale, { patientId }, { open: [], orderBy: 'createdAt', descending: true }),
})

const MOST_PAYMENTS_A_DAY = 50_000
export const takingsOfDay = action({
  name: 'day.takings',
  does: "see a day's takings of a location, without names",
  purpose: 'payment',
  phi: 'identity',
  patient: () => '*',
  allow: worksHere,
  input: TakingsQuestion,
  output: Takings,
  run: async (tx, { locationId, date }) => {
    const { timeZone } = await tx.get(location, { id: locationId })
    const { startMs, endMs } = localDay(date, timeZone)
    const ofDay = await tx.list(payment, { locationId, at: within(new Date(startMs).toISOString(), new Date(endMs).toISOString()) }, { open: [], limit: MOST_PAYMENTS_A_DAY })
    const methods = PaymentMethod.options.map((method) => {
      const of = ofDay.filter((p) => p.method === method)
      const amountCents = of.reduce((total, p) => total + p.amountCents, 0)
      return { method, payments: of.filter((p) => p.amountCents > 0).length, reversals: of.filter((p) => p.amountCents < 0).length, amountCents }
    })
    return { date, timeZone, methods, totalCents: methods.reduce((total, m) => total + m.amountCents, 0) }
  },
})
