import type { SuspicionKind } from './schema.ts'

const OF_WHOM: Partial<Record<SuspicionKind, string>> = {
  'same-surname': 'with the same surname',
  'same-address': 'at the same address',
  'same-contact': 'with the same phone or e-mail address',
  'staff-patient': 'who works here too',
  vip: 'who is marked as well known',
}
const list = (parts: readonly string[]) => (parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`)

interface Said {
  kinds: readonly SuspicionKind[]
  clinical: boolean
  patientsThatDay?: number | undefined
  usualPatients?: number | undefined
}
/** What somebody did, as a sentence after her name. Names no patient. */
export const saidOf = ({ kinds, clinical, patientsThatDay = 0, usualPatients = 0 }: Said): string => {
  const of = list(kinds.flatMap((k) => OF_WHOM[k] ?? []))
  const volume = kinds.includes('volume') ? `; ${patientsThatDay} patients that day, usually ${usualPatients}` : ''
  const link = kinds.includes('no-link') ? `${of ? ', ' : ' '}without appointment, task, message or payment` : ''
  return `opened the ${clinical ? 'chart' : 'record'} of a patient${of ? ` ${of}` : ''}${link}${volume}`
}
