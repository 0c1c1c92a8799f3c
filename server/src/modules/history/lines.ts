import type { Value } from '#kernel/record.ts'
import {
  nameOf, type allergy, type condition, type document, type encounter, type HistoryLine, type immunization, type medication, type Occurred, type procedure,
} from './schema.ts'

const begins = (occurred: Occurred | undefined) => occurred?.start ?? occurred?.end ?? ''
/** A date as exactly as it is known, as milliseconds: `1984` is its first moment. */
const instant = (moment: string) => (moment === '' ? Number.NEGATIVE_INFINITY : Date.parse(moment))

/** Newest first; without a date comes last; among equals the order stays the same from page to page. */
export const newestFirst = <T extends { id: string; occurred?: Occurred | undefined }>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => {
    const [x, y] = [instant(begins(a.occurred)), instant(begins(b.occurred))]
    return x === y ? (a.id < b.id ? 1 : -1) : y - x
  })

const line = (row: Pick<HistoryLine, 'id' | 'occurred'> & { code: Value<typeof allergy>['code'] }, details: readonly (string | undefined)[], status: string): HistoryLine => ({
  id: row.id,
  name: nameOf(row.code),
  occurred: row.occurred,
  status,
  details: details.flatMap((d) => d || []),
})

/** How each kind is told in one line. */
export const inOneLine = {
  allergy: (row: Value<typeof allergy>) =>
    line(row, [row.criticality && `${row.criticality} criticality`, row.reactions.flatMap((r) => r.manifestations).join(', ')], row.status),
  condition: (row: Value<typeof condition>) => line(row, [row.category], row.status),
  medication: (row: Value<typeof medication>) => line(row, [...row.dosage, row.reasons.join(', ')], row.status),
  immunization: (row: Value<typeof immunization>) => line(row, [row.lot && `lot ${row.lot}`, row.site], row.status),
  procedure: (row: Value<typeof procedure>) => line(row, [row.bodySites.join(', '), row.reasons.join(', ')], row.status),
  encounter: (row: Value<typeof encounter>) => line(row, [row.place, row.providers.join(', '), row.reasons.join(', ')], row.status),
  document: (row: Value<typeof document>) => line(row, [row.title, row.authors.join(', ')], row.status),
}
