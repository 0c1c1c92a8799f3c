/** The arithmetic of a sale, in whole cents. `lines − discounts = total = payments` when it is paid; `payments = 0` when it is void. */
export interface LineAmounts {
  quantity: number
  unitCents: number
  /** Off the whole line. */
  discountCents: number
}
export interface PaymentAmounts {
  method: 'cash' | 'external-terminal'
  amountCents: number
  /** Cash that was handed over. */
  tenderedCents?: number | undefined
}

export const grossOf = ({ quantity, unitCents }: LineAmounts): number => quantity * unitCents
export const amountOf = (line: LineAmounts): number => grossOf(line) - line.discountCents
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

export const totalOf = (lines: readonly LineAmounts[]): number => sum(lines.map(amountOf))
export const paidOf = (payments: readonly PaymentAmounts[]): number => sum(payments.map((p) => p.amountCents))

/** A discount larger than its line would be money given away. */
export const discountFault = (line: LineAmounts): string | undefined =>
  line.discountCents > grossOf(line) ? 'The discount is larger than the line.' : undefined

/** What keeps these payments from settling the total, in words for the person at the till; undefined when nothing does. */
export const settlementFault = (totalCents: number, payments: readonly PaymentAmounts[]): string | undefined => {
  for (const { method, amountCents, tenderedCents } of payments) {
    if (amountCents <= 0) return 'Each payment must be more than nothing.'
    if (method !== 'cash' && tenderedCents !== undefined) return 'Only cash is handed over; a terminal takes the exact amount.'
    if (tenderedCents !== undefined && tenderedCents < amountCents) return 'Less cash was handed over than the payment says.'
  }
  const missing = totalCents - paidOf(payments)
  if (missing > 0) return 'The payments are less than the total.'
  return missing < 0 ? 'The payments are more than the total; change is given from the cash handed over.' : undefined
}

/** Cash to give back. */
export const changeOf = (payments: readonly PaymentAmounts[]): number =>
  sum(payments.map(({ amountCents, tenderedCents }) => (tenderedCents === undefined ? 0 : tenderedCents - amountCents)))

/** What is given back, by the way it came, when a sale is voided. */
export const reversalOf = <P extends PaymentAmounts>(taken: P): { method: P['method']; amountCents: number } => ({
  method: taken.method,
  amountCents: -taken.amountCents,
})
