import { TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { formatMoney, parseMoney } from './format.ts'

export interface MoneyInputProps {
  label: string
  /** null is an empty field */
  cents: number | null
  /** called while typing, whenever the text is an amount (or empty: null) */
  onChange: (cents: number | null) => void
  currency?: string
  description?: ReactNode
  error?: ReactNode
  required?: 'yes'
}

/** An amount of money: typed as people type it, kept in cents, shown formatted when left. */
export function MoneyInput({
  label,
  cents,
  onChange,
  currency = 'USD',
  description,
  error,
  required,
}: MoneyInputProps) {
  const [typed, setTyped] = useState<string | undefined>()
  const written = cents === null ? '' : formatMoney(cents, { currency })
  const wrong = typed !== undefined && typed.trim() !== '' && parseMoney(typed) === undefined
  return (
    <TextInput
      label={label}
      description={description}
      error={wrong ? 'Write an amount, for example 120 or 120.50.' : error}
      required={required === 'yes'}
      inputMode="decimal"
      autoComplete="off"
      classNames={{ input: 'n-figures' }}
      value={typed ?? written}
      onFocus={(event) => {
        setTyped(cents === null ? '' : (cents / 100).toFixed(2))
        const field = event.currentTarget
        requestAnimationFrame(() => field.select())
      }}
      onBlur={() => setTyped(wrong ? typed : undefined)}
      onChange={(event) => {
        const next = event.currentTarget.value
        setTyped(next)
        const amount = parseMoney(next)
        if (next.trim() === '') onChange(null)
        else if (amount !== undefined) onChange(amount)
      }}
    />
  )
}
