import { Button } from '@mantine/core'
import { IconCalendar, IconReceipt } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { newIntention, Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { useAutosave } from '../../ui/autosave.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime, formatMoney, formatName } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { PatientName } from '../../ui/privacy.tsx'
import { SaveNote } from '../../ui/save-note.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { useUrlState } from '../../url-state.ts'
import { LineEditor } from './line-editor.tsx'
import { PaymentPanel } from './payment-panel.tsx'
import { draftsOf, lineFault, newPayment, settled, totalOf, type DraftLine, type Sale } from './sale-lines.ts'
import './checkout.css'

/** Where a visit is checked out. The patient's id travels beside the visit's: the trail must name her. */
export function CheckoutPage() {
  const { appointmentId = '' } = useParams({ strict: false })
  const [{ patient: patientId }] = useUrlState()
  const opened = useQuery({
    queryKey: ['checkout', appointmentId],
    enabled: patientId !== undefined,
    // Opening is idempotent: the same visit gives the same sale.
    queryFn: () => data(api.POST('/api/checkouts', { body: { appointmentId, patientId: patientId ?? '' } })),
    staleTime: Infinity,
    gcTime: 0,
  })
  if (patientId === undefined)
    return <EmptyState icon={IconCalendar} title="Which visit?" hint="Check-out begins at the visit in the calendar." action={{ label: 'Open the calendar', href: '/calendar' }} />
  if (opened.error) return <ErrorNotice error={opened.error} onRetry={() => void opened.refetch()} />
  if (!opened.data) return <SkeletonPage label="Opening the sale" />
  if (opened.data.state !== 'open') return <Closed sale={opened.data} />
  return <OpenSale key={opened.data.id} sale={opened.data} />
}

const receiptOf = ({ id, patientId }: Sale) => `/receipts/${id}?patient=${patientId}`

function Closed({ sale }: { sale: Sale }) {
  const go = useGo()
  return (
    <EmptyState
      icon={IconReceipt}
      title={sale.state === 'paid' ? `Paid: ${formatMoney(sale.totalCents)}` : 'This sale was voided'}
      hint={sale.closedAt && `Receipt ${sale.number ?? ''}, ${formatDateTime(sale.closedAt, { timeZone: sale.timeZone })}`}
      action={{ label: 'Open the receipt', onClick: () => go(receiptOf(sale)) }}
    />
  )
}

function OpenSale({ sale }: { sale: Sale }) {
  const go = useGo()
  const queries = useQueryClient()
  const { patientId, id: saleId } = sale
  const [lines, setLines] = useState<readonly DraftLine[]>(() => draftsOf(sale))
  const [whole, setWhole] = useState(lines)
  const [payments, setPayments] = useState(() => [newPayment('external-terminal')])
  const [refused, setRefused] = useState<unknown>()
  const isWrong = lines.some((line) => lineFault(line) !== undefined)
  const card = useQuery({ queryKey: ['card', patientId], queryFn: () => data(api.GET('/api/patients/{patientId}/card', { params: { path: { patientId } } })) })

  const save = useCallback(
    async (wanted: readonly DraftLine[]) => {
      const body = { patientId, lines: wanted.map(({ key: _, serviceId, ...line }) => ({ ...line, ...(serviceId && { serviceId }) })) }
      await data(api.PUT('/api/checkouts/{saleId}/lines', { params: { path: { saleId } }, body })).then(
        () => setRefused(undefined),
        (error: unknown) => {
          setRefused(error)
          throw error
        },
      )
    },
    [patientId, saleId],
  )
  const saving = useAutosave({ value: whole, save })
  const change = (next: readonly DraftLine[]) => {
    setLines(next)
    // Half-typed lines wait until they are whole; what was saved before stays.
    if (!next.some((line) => lineFault(line) !== undefined)) setWhole(next)
  }
  const pay = useMutation({
    mutationFn: async (key: string) => {
      await saving.flush()
      await save(lines)
      const parts = totalOf(lines) === 0 ? [] : settled(payments, totalOf(lines))
      const body = {
        patientId,
        payments: parts.map(({ method, amountCents, tenderedCents, reference }) => ({
          method,
          amountCents,
          ...(tenderedCents !== null && { tenderedCents }),
          ...(reference.trim() && { reference: reference.trim() }),
        })),
      }
      return data(api.POST('/api/checkouts/{saleId}/pay', { params: { path: { saleId } }, body, headers: { 'Idempotency-Key': key } }))
    },
    onSuccess: async (paid) => {
      await queries.invalidateQueries({ queryKey: ['calendar'] })
      go(receiptOf(paid))
    },
    onError: async (error) => {
      // Somebody else has paid or voided it meanwhile: the page shows what is.
      if (error instanceof Problem && error.status === 409) await queries.invalidateQueries({ queryKey: ['checkout'] })
    },
  })
  const error = pay.error ?? refused ?? card.error
  const isRefused = error !== null && error !== undefined
  const name = card.data && formatName({ given: card.data.givenName, family: card.data.familyName, preferred: card.data.calledName })
  return (
    <div className="n-checkout">
      <PageHeader title="Check out" subtitle={name && <PatientName name={name} />} actions={<SaveNote state={saving.state} />} />
      {isRefused && (
        <div className="n-checkout__notice">
          <ErrorNotice error={error} {...(error instanceof Problem && error.errors.length > 0 && { whatToDo: 'Correct it, then record the payment again.' })} />
        </div>
      )}
      <div>
        <LineEditor lines={lines} onChange={change} />
        <div className="n-checkout__foot">
          <p>Names of treatments stay here: the receipt says “Services”.</p>
          <Button variant="subtle" color="gray" onClick={() => go('/calendar')}>
            Back to the calendar
          </Button>
        </div>
      </div>
      <PaymentPanel
        lines={lines}
        payments={payments}
        onChange={setPayments}
        state={pay.isPending ? 'paying' : lines.length === 0 || isWrong ? 'not ready' : 'ready'}
        onPay={() => pay.mutate(newIntention())}
      />
    </div>
  )
}
