import { Button, Modal, Textarea } from '@mantine/core'
import { IconPrinter, IconReceipt } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime, formatMoney, formatPhone } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { todayIn } from '../../ui/zoned-day.ts'
import { useUrlState } from '../../url-state.ts'
import './checkout.css'

type Receipt = operations['receipt.view']['responses'][200]['content']['application/json']

const METHODS = { cash: 'Cash', 'external-terminal': 'Card' } as const
const shortestReason = 3

/** What the patient takes home: no name, no treatment. */
export function ReceiptPage() {
  const { saleId = '' } = useParams({ strict: false })
  const [{ patient: patientId }] = useUrlState()
  const go = useGo()
  const [voiding, setVoiding] = useState(false)
  const path = { patientId: patientId ?? '', saleId }
  const receipt = useQuery({
    queryKey: ['receipt', saleId],
    enabled: patientId !== undefined,
    queryFn: () => data(api.GET('/api/patients/{patientId}/receipts/{saleId}', { params: { path } })),
  })
  if (patientId === undefined) return <EmptyState icon={IconReceipt} title="Which sale?" hint="A receipt is opened from its visit." action={{ label: 'Open the calendar', href: '/calendar' }} />
  const { data: of, error } = receipt
  if (error) return <ErrorNotice error={error} onRetry={() => void receipt.refetch()} />
  if (!of) return <SkeletonCard lines={8} label="Loading the receipt" />
  const isOfToday = todayIn(of.location.timeZone, new Date(of.at)) === todayIn(of.location.timeZone)
  return (
    <div className="n-receipt-page">
      <div className="n-receipt-page__head n-screen-only">
        <PageHeader
          title="Receipt"
          actions={
            <>
              {of.state !== 'void' && isOfToday && (
                <Button variant="subtle" color="red" onClick={() => setVoiding(true)}>
                  Void…
                </Button>
              )}
              <Button variant="default" onClick={() => go('/calendar')}>
                Calendar
              </Button>
              <Button leftSection={<IconPrinter size={18} stroke={1.75} aria-hidden />} onClick={() => window.print()}>
                Print
              </Button>
            </>
          }
        />
      </div>
      <Paper of={of} />
      <Modal opened={voiding} onClose={() => setVoiding(false)} title="Void this sale" closeButtonProps={{ 'aria-label': 'Close' }}>
        <VoidForm path={path} paid={of.state === 'paid'} onDone={() => setVoiding(false)} />
      </Modal>
    </div>
  )
}

function Paper({ of }: { of: Receipt }) {
  const discount = of.lines.reduce((sum, line) => sum + line.discountCents, 0)
  const cash = of.payments.find(({ tenderedCents }) => tenderedCents !== undefined)
  return (
    <article className="n-receipt" aria-label="Receipt">
      <header>
        <h2>{of.practice.name}</h2>
        <p>{of.location.name}</p>
        <p>{of.location.address}</p>
        {of.practice.phone && <p>{formatPhone(of.practice.phone)}</p>}
      </header>
      {of.state === 'void' && <p className="n-receipt__void">VOID</p>}
      <table>
        <tbody>
          <Row name={of.number === undefined ? 'Not paid yet' : `Receipt ${of.number}`} value={formatDateTime(of.at, { timeZone: of.location.timeZone })} />
        </tbody>
        <tbody>
          {of.lines.map((line, index) => (
            // Lines without names have nothing else that tells them apart.
            <Row key={`${index} ${line.amountCents}`} name={line.quantity > 1 ? `${line.label} × ${line.quantity}` : line.label} value={formatMoney(line.amountCents)} />
          ))}
          {discount > 0 && <Row name="Discounts included" value={formatMoney(discount)} />}
        </tbody>
        <tbody>
          <Row name="Total" value={formatMoney(of.totalCents)} look="total" />
          {of.payments.map(({ id, method, amountCents }) => (
            <Row key={id} name={amountCents < 0 ? `${METHODS[method]}, given back` : `${METHODS[method]}`} value={formatMoney(amountCents)} />
          ))}
          {cash?.tenderedCents !== undefined && <Row name="Cash received" value={formatMoney(cash.tenderedCents)} />}
          {of.changeCents > 0 && <Row name="Change" value={formatMoney(of.changeCents)} />}
        </tbody>
      </table>
      <footer>
        <p>Thank you.</p>
      </footer>
    </article>
  )
}

function Row({ name, value, look }: { name: string; value: string; look?: 'total' }) {
  return (
    <tr className={look === 'total' ? 'n-receipt__total' : undefined}>
      <th scope="row">{name}</th>
      <td>{value}</td>
    </tr>
  )
}

interface VoidFormProps {
  path: { patientId: string; saleId: string }
  paid: boolean
  onDone: () => void
}

function VoidForm({ path: { patientId, saleId }, paid, onDone }: VoidFormProps) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const voiding = useMutation({
    mutationFn: () => data(api.POST('/api/checkouts/{saleId}/void', { params: { path: { saleId } }, body: { patientId, reason } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['receipt', saleId] })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    voiding.mutate()
  }
  return (
    <form onSubmit={submit} style={{ display: 'grid', gap: 16 }}>
      {voiding.error && <ErrorNotice error={voiding.error} />}
      <p style={{ margin: 0 }}>
        {paid ? 'The payment is given back by the way it came, and recorded as such; the receipt number stays in the book. ' : ''}
        The visit can be checked out again. This cannot be undone.
      </p>
      <Textarea data-autofocus label="Why" description="Kept sealed with the sale" required minLength={shortestReason} maxLength={300} autosize minRows={2} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Button type="submit" color="red" loading={voiding.isPending} disabled={reason.trim().length < shortestReason}>
        Void the sale
      </Button>
    </form>
  )
}
