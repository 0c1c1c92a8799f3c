import content from '../../../../content/chart-alerts.json' with { type: 'json' }
import type { Value } from '#kernel/record.ts'
import { nameOf, type allergy, type Coded, type condition, type medication } from '#schema/history'
import { AlertKind, type Alert } from './schema.ts'

type Allergy = Pick<Value<typeof allergy>, 'code' | 'status' | 'verification' | 'criticality' | 'reactions'>
type Medication = Pick<Value<typeof medication>, 'code' | 'status'>
type Condition = Pick<Value<typeof condition>, 'code' | 'status' | 'verification' | 'occurred'>

/** No longer so; everything else, unknown included, is worth a question. */
const OVER = new Set(['inactive', 'remission', 'resolved'])
const TAKEN = new Set(['active', 'on-hold', 'unknown'])

const says = (coded: Coded, words: readonly string[]) => {
  const text = [coded.text, coded.display, ...(coded.also ?? []).map(({ display }) => display)].join(' ').toLowerCase()
  return words.some((word) => text.includes(word))
}

const allergyAlert = ({ code, criticality, reactions }: Allergy): Alert => {
  const manifestations = reactions.flatMap((reaction) => reaction.manifestations)
  const detail = [criticality === 'high' ? 'high risk' : '', ...new Set(manifestations)].filter(Boolean).join(', ')
  return { kind: 'allergy', text: nameOf(code), detail, source: 'history' }
}

const medicationAlert = ({ code }: Medication): Alert[] => {
  const found = content.medications.find(({ words }) => says(code, words))
  return found ? [{ kind: 'blood-thinner', text: nameOf(code), detail: found.group, source: 'history' }] : []
}

const conditionAlert = ({ code, occurred }: Condition): Alert[] => {
  const found = content.conditions.find(({ words }) => says(code, words))
  const since = occurred?.start?.slice(0, 10)
  return found ? [{ kind: AlertKind.parse(found.kind), text: nameOf(code), detail: since ? `since ${since}` : '', source: 'history' }] : []
}

/** Alerts from an imported history: every allergy that stands, and what content/chart-alerts.json names. One line for each thing. */
export const alertsFromHistory = (history: { allergies: readonly Allergy[]; medications: readonly Medication[]; conditions: readonly Condition[] }): Alert[] => {
  const stands = ({ status, verification }: { status: string; verification: string }) => !OVER.has(status) && verification !== 'refuted'
  return onlyOnce([
    ...history.allergies.filter(stands).map(allergyAlert),
    ...history.conditions.filter((c) => stands(c) && c.occurred?.end === undefined).flatMap(conditionAlert),
    ...history.medications.filter(({ status }) => TAKEN.has(status)).flatMap(medicationAlert),
  ])
}

const KINDS = AlertKind.options

/** Allergies first, then pregnancy, then what makes bleed; the same thing said twice is one line. */
export const onlyOnce = (alerts: readonly Alert[]): Alert[] => {
  const seen = new Set<string>()
  const first = alerts.filter(({ kind, text }) => {
    const key = `${kind} ${text.toLowerCase()}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
  return first.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind))
}
