import type { DeviceCard } from './device-queries.ts'

export type Kind = DeviceCard['kind']
export const KINDS: { value: Kind; label: string }[] = [
  { value: 'front-desk', label: 'Front desk computer' },
  { value: 'treatment-room', label: 'Treatment room tablet' },
  { value: 'laptop', label: 'Laptop' },
  { value: 'phone', label: 'Phone' },
  { value: 'other', label: 'Something else' },
]
