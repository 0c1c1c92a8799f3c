import type { operations } from '../../api.gen'

export type Sale = operations['checkout.open']['responses'][200]['content']['application/json']

/** A line as it is being edited; `key` is the page's own. */
export interface DraftLine {
  key: string
  serviceId: string | undefined
  description: string
  quantity: number
  unitCents: number
  discountCents: number
}

export const draftsOf = (sale: Sale): DraftLine[] =>
  sale.lines.map(({ id, serviceId, description, quantity, unitCents, discountCents }) => ({ key: id, serviceId, description, quantity, unitCents, discountCents }))

export const amountOf = ({ quantity, unitCents, discountCents }: DraftLine): number => quantity * unitCents - discountCents
export const totalOf = (lines: readonly DraftLine[]): number => lines.reduce((sum, line) => sum + amountOf(line), 0)

/** What keeps a line from being saved; undefined when nothing does. */
export const lineFault = (line: DraftLine): 'description' | 'discount' | undefined => {
  if (line.description.trim() === '') return 'description'
  return amountOf(line) < 0 ? 'discount' : undefined
}

/** One way of paying, as it is being entered. Of the last one the amount is what is left. */
export interface DraftPayment {
  key: string
  method: 'cash' | 'external-terminal'
  amountCents: number
  tenderedCents: number | null
  reference: string
}
export const newPayment = (method: DraftPayment['method']): DraftPayment => ({ key: crypto.randomUUID(), method, amountCents: 0, tenderedCents: null, reference: '' })

/** The payments with the rest of the total on the last. */
export const settled = (payments: readonly DraftPayment[], totalCents: number): DraftPayment[] => {
  const others = payments.slice(0, -1).reduce((sum, { amountCents }) => sum + amountCents, 0)
  return payments.map((payment, index) => (index === payments.length - 1 ? { ...payment, amountCents: totalCents - others } : payment))
}

export const changeOf = (payments: readonly DraftPayment[]): number =>
  payments.reduce((sum, { method, amountCents, tenderedCents }) => (method === 'cash' && tenderedCents !== null ? sum + Math.max(0, tenderedCents - amountCents) : sum), 0)

/** What must be corrected before the payment can be recorded. */
export const paymentFault = (payments: readonly DraftPayment[]): string | undefined => {
  if (payments.some(({ amountCents }) => amountCents <= 0)) return 'The parts are more than the total, or one of them is nothing.'
  const short = payments.some(({ method, amountCents, tenderedCents }) => method === 'cash' && tenderedCents !== null && tenderedCents < amountCents)
  return short ? 'Less cash was received than is to be paid.' : undefined
}

const NOTES_CENTS = [1_000, 2_000, 5_000, 10_000]
/** Sums that people hand over for an amount: the exact one, and the next round ones above it. */
export const likelyCash = (amountCents: number): number[] =>
  [...new Set([amountCents, ...NOTES_CENTS.map((note) => Math.ceil(amountCents / note) * note)])].sort((a, b) => a - b).slice(0, 4)
