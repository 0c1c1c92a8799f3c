import { z } from 'zod'
import { CodeableConcept, wordsOf } from './datatypes.ts'

const Quantity = z.object({ value: z.number().optional(), unit: z.string().optional() })
const Repeat = z.object({ frequency: z.number().optional(), period: z.number().optional(), periodUnit: z.string().optional() })
export const Dosage = z.object({
  text: z.string().optional(),
  asNeededBoolean: z.boolean().optional(),
  timing: z.object({ repeat: Repeat.optional(), code: CodeableConcept.optional() }).optional(),
  route: CodeableConcept.optional(),
  doseAndRate: z.array(z.object({ doseQuantity: Quantity.optional() })).optional(),
})
export type Dosage = z.infer<typeof Dosage>

const UNITS: Record<string, string> = { s: 'second', min: 'minute', h: 'hour', d: 'day', wk: 'week', mo: 'month', a: 'year' }
const times = (n: number) => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`)

const rhythm = ({ frequency = 1, period, periodUnit }: z.infer<typeof Repeat>): string | undefined => {
  const unit = UNITS[periodUnit ?? '']
  if (period === undefined || !unit) return undefined
  return `${times(frequency)} ${period === 1 ? `a ${unit}`.replace('a hour', 'an hour') : `every ${period} ${unit}s`}`
}

/** A dosage instruction in words: its own, or else what its structure says: `1 tablet, 3 times a day, as needed`. None when it says nothing. */
export const dosageInWords = (dosage: Dosage): string | undefined => {
  if (dosage.text?.trim()) return dosage.text.trim()
  const dose = dosage.doseAndRate?.[0]?.doseQuantity
  const parts = [
    dose?.value === undefined ? undefined : `${dose.value}${dose.unit ? ` ${dose.unit}` : ''}`,
    wordsOf(dosage.route),
    dosage.timing?.repeat ? rhythm(dosage.timing.repeat) : wordsOf(dosage.timing?.code),
    dosage.asNeededBoolean ? 'as needed' : undefined,
  ]
  return parts.filter((p) => p !== undefined).join(', ') || undefined
}
