import { z } from 'zod'
import { id, LocationId, PatientId, UserId } from '#kernel/id.ts'
import { record, sealed } from '#kernel/record.ts'
import { location, practice, ServiceId } from '#schema/practices'
import { AppointmentId } from '#schema/scheduling'

export const SaleId = id('sal')
export const SaleState = z.enum(['open', 'paid', 'void'])
export const PaymentMethod = z.enum(['cash', 'external-terminal'])
const MOST_CENTS = 100_000_000
const Cents = z.int().min(0).max(MOST_CENTS)

/** The practice's receipt numbers: one row, so that they run without gaps. */
export const receiptBook = record(
  'receipt_book',
  { id: id('rbk'), lastNumber: z.int().min(0) },
  { what: 'The last receipt number that was given out.' },
)

/** What was sold to a patient. Receipt, number and totals say nothing of what was done to a body. */
export const sale = record(
  'sale',
  {
    id: SaleId,
    patientId: PatientId,
    appointmentId: AppointmentId.optional(),
    locationId: LocationId,
    /** Of the receipt; given when it is paid. */
    number: z.int().min(1).optional(),
    totalCents: Cents,
    state: SaleState,
    createdAt: z.iso.datetime(),
    closedAt: z.iso.datetime().optional(),
    voidedAt: z.iso.datetime().optional(),
    voidReason: sealed(z.string().max(300).optional()),
  },
  { what: 'A sale: open, paid or void, with its receipt number and total.' },
)
/** A line names a treatment, which is PHI: its description is sealed. */
export const saleLine = record(
  'sale_line',
  {
    id: id('sln'),
    saleId: SaleId,
    patientId: PatientId,
    serviceId: ServiceId.optional(),
    /** Order on the page. */
    position: z.int().min(0),
    description: sealed(z.string().min(1).max(200)),
    quantity: z.int().min(1).max(999),
    unitCents: Cents,
    /** Off the whole line. */
    discountCents: Cents,
  },
  { changes: 'removable', what: 'A line of a sale: what, how many, at what price.' },
)
/** Money taken, or given back when a sale is voided (negative). */
export const payment = record(
  'payment',
  {
    id: id('pay'),
    saleId: SaleId,
    patientId: PatientId,
    locationId: LocationId,
    method: PaymentMethod,
    amountCents: z.int().min(-MOST_CENTS).max(MOST_CENTS),
    /** Cash that was handed over. */
    tenderedCents: Cents.optional(),
    /** The number on the terminal's slip. Never a card's. */
    reference: sealed(z.string().max(64).optional()),
    takenBy: UserId,
    at: z.iso.datetime(),
  },
  { changes: 'added-only', what: 'A payment that was taken, or its reversal.' },
)

export const OfSale = z.object({ patientId: PatientId, saleId: SaleId })
/** A visit's appointment, or a location for a sale without a visit. */
export const NewSale = z.object({ patientId: PatientId, appointmentId: AppointmentId.optional(), locationId: LocationId.optional() })
export const LineInput = saleLine.fields.pick({ quantity: true, unitCents: true }).extend({
  serviceId: ServiceId.optional(),
  description: z.string().trim().min(1, 'Say what is sold.').max(200),
  discountCents: Cents.default(0),
})
export const LinesInput = OfSale.extend({ lines: z.array(LineInput).max(50) })
export const PaymentInput = z.object({
  method: PaymentMethod,
  amountCents: z.int().min(1).max(MOST_CENTS),
  tenderedCents: Cents.optional(),
  reference: z.string().trim().max(64).optional(),
})
export const PayInput = OfSale.extend({ payments: z.array(PaymentInput).max(5) })
export const VoidInput = OfSale.extend({ reason: z.string().trim().min(3, 'Say in a few words why.').max(300) })

export const LineView = saleLine.fields.pick({ id: true, description: true, quantity: true, unitCents: true, discountCents: true }).extend({
  serviceId: ServiceId.optional(),
  amountCents: Cents,
})
export const PaymentView = payment.fields.pick({ id: true, method: true, amountCents: true, tenderedCents: true, at: true })
export const SaleView = sale.fields.omit({ voidReason: true }).extend({ timeZone: z.string(), lines: z.array(LineView), payments: z.array(PaymentView) })
export const SaleLineOfList = sale.fields.omit({ voidReason: true })

/**
 * What a patient takes home, and what may be left lying about: no name, no treatment.
 * Rule PHI-15: payment data about care is PHI, so its lines say "Services".
 */
export const Receipt = z.object({
  saleId: SaleId,
  practice: practice.fields.pick({ name: true, phone: true }),
  location: location.fields.pick({ name: true, address: true, timeZone: true }),
  number: z.int().optional(),
  at: z.iso.datetime(),
  state: SaleState,
  lines: z.array(z.object({ label: z.literal('Services'), quantity: z.int(), amountCents: Cents, discountCents: Cents })),
  totalCents: Cents,
  payments: z.array(PaymentView),
  changeCents: Cents,
})

export const TakingsQuestion = z.object({ locationId: LocationId, date: z.iso.date() })
export const Takings = z.object({
  date: z.iso.date(),
  timeZone: z.string(),
  methods: z.array(z.object({ method: PaymentMethod, payments: z.int(), reversals: z.int(), amountCents: z.int() })),
  totalCents: z.int(),
})
