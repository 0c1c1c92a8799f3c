import type { operations } from '../../api.gen'
import type { Tone } from '../../ui/status-chip.tsx'

export type Line = operations['oversight.list']['responses'][200]['content']['application/json']['items'][number]
export type Kind = Line['kinds'][number]
export type Verdict = Exclude<Line['state'], 'open'>
export type Review = operations['campaign.mine']['responses'][200]['content']['application/json']['people'][number]
export type Report = operations['campaign.view']['responses'][200]['content']['application/json']
export type Marked = operations['oversight.marked']['responses'][200]['content']['application/json'][number]

export const KINDS: Record<Kind, string> = {
  'no-link': 'No visible cause',
  'same-surname': 'Same surname',
  'same-address': 'Same address',
  'same-contact': 'Same phone or e-mail',
  'staff-patient': 'Patient is of the team',
  vip: 'Well-known patient',
  volume: 'Far more than usual',
}
export const STATES: Record<Line['state'], { label: string; tone: Tone }> = {
  open: { label: 'Waits', tone: 'warn' },
  justified: { label: 'Justified', tone: 'ok' },
  'false-alarm': { label: 'False alarm', tone: 'neutral' },
  incident: { label: 'Incident', tone: 'danger' },
}
export const DECISIONS = { confirmed: { label: 'Kept', tone: 'ok' }, removed: { label: 'Removed', tone: 'danger' }, gone: { label: 'Gone already', tone: 'neutral' } } as const
export const REVIEW_STATES = { open: { label: 'Open', tone: 'info' }, overdue: { label: 'Overdue', tone: 'warn' }, finished: { label: 'Finished', tone: 'ok' } } as const

export const people = (n: number) => `${n} ${n === 1 ? 'person' : 'people'}`
