import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { formatMoney } from '../../ui/format.ts'
import { MoneyInput } from '../../ui/money-input.tsx'
import { changeOf, likelyCash, newPayment, paymentFault, settled, totalOf, type DraftLine, type DraftPayment } from './sale-lines.ts'

interface PaymentPanelProps {
  lines: readonly DraftLine[]
  payments: readonly DraftPayment[]
  onChange: (payments: DraftPayment[]) => void
  onPay: () => void
  state: 'ready' | 'paying' | 'not ready'
}

const METHODS = [
  { value: 'cash', label: 'Cash' },
  { value: 'external-terminal', label: 'Card terminal' },
] as const

/** How it is paid. Cards are taken by the practice's own terminal; only that it was so is kept here. */
export function PaymentPanel({ lines, payments, onChange, onPay, state }: PaymentPanelProps) {
  const total = totalOf(lines)
  const discount = lines.reduce((sum, line) => sum + line.discountCents, 0)
  const parts = settled(payments, total)
  const fault = total === 0 ? undefined : paymentFault(parts)
  const change = changeOf(parts)
  const replace = (key: string, patch: Partial<DraftPayment>) => onChange(payments.map((payment) => (payment.key === key ? { ...payment, ...patch } : payment)))
  return (
    <section className="n-pay n-panel" aria-labelledby="payment">
      <h2 id="payment">Payment</h2>
      <dl className="n-pay__sums">
        {discount > 0 && (
          <>
            <dt>Before discounts</dt>
            <dd>{formatMoney(total + discount)}</dd>
            <dt>Discounts</dt>
            <dd>−{formatMoney(discount)}</dd>
          </>
        )}
        <dt className="n-pay__total">Total</dt>
        <dd className="n-pay__total">{formatMoney(total)}</dd>
      </dl>
      {total > 0 &&
        parts.map((part, index) => (
          <Part
            key={part.key}
            part={part}
            number={parts.length > 1 ? index + 1 : undefined}
            isRest={index === parts.length - 1}
            onChange={(patch) => replace(part.key, patch)}
          />
        ))}
      {total > 0 && parts.length === 1 && (
        <Button variant="subtle" size="sm" onClick={() => onChange([...payments, newPayment('external-terminal')])}>
          Split into two payments
        </Button>
      )}
      {parts.length > 1 && (
        <Button variant="subtle" size="sm" onClick={() => onChange(payments.slice(0, 1))}>
          One payment only
        </Button>
      )}
      <div role="status">
        {change > 0 && (
          <p className="n-pay__change">
            Change to give back <strong>{formatMoney(change)}</strong>
          </p>
        )}
        {fault && <p style={{ margin: 0, color: 'var(--n-danger)' }}>{fault}</p>}
      </div>
      <Button size="md" loading={state === 'paying'} disabled={state === 'not ready' || fault !== undefined} onClick={onPay}>
        {total === 0 ? 'Close without payment' : `Record ${formatMoney(total)}`}
      </Button>
    </section>
  )
}

interface PartProps {
  part: DraftPayment
  /** only when there are several */
  number: number | undefined
  /** its amount is what the others leave */
  isRest: boolean
  onChange: (patch: Partial<DraftPayment>) => void
}

function Part({ part, number, isRest, onChange }: PartProps) {
  const { method, amountCents, tenderedCents, reference } = part
  return (
    <div className="n-pay__part" role="group" aria-label={number === undefined ? 'Way of paying' : `Payment ${number}`}>
      <SegmentedControl
        fullWidth
        aria-label={number === undefined ? 'Way of paying' : `Way of payment ${number}`}
        data={METHODS.map((option) => ({ ...option }))}
        value={method}
        onChange={(value) => onChange({ method: value, tenderedCents: null, reference: '' })}
      />
      {number !== undefined && !isRest && <MoneyInput label="Amount" cents={amountCents === 0 ? null : amountCents} onChange={(cents) => onChange({ amountCents: Math.max(0, cents ?? 0) })} />}
      {number !== undefined && isRest && (
        <p style={{ margin: 0 }} className="n-figures">
          The rest: <strong>{formatMoney(amountCents)}</strong>
        </p>
      )}
      {method === 'cash' && (
        <>
          <MoneyInput label="Cash received" description="Leave it empty when it is exact" cents={tenderedCents} onChange={(cents) => onChange({ tenderedCents: cents })} />
          {amountCents > 0 && (
            <div className="n-pay__quick">
              {likelyCash(amountCents).map((cents) => (
                <Button key={cents} variant="default" size="sm" onClick={() => onChange({ tenderedCents: cents })}>
                  {formatMoney(cents)}
                </Button>
              ))}
            </div>
          )}
        </>
      )}
      {method === 'external-terminal' && (
        <TextInput
          label="Number on the slip"
          description="Optional. Never the card’s number: it stays in the terminal."
          maxLength={64}
          autoComplete="off"
          value={reference}
          onChange={(event) => onChange({ reference: event.currentTarget.value })}
        />
      )}
    </div>
  )
}
