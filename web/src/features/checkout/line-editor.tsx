import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { api, data } from '../../client.ts'
import { formatMoney } from '../../ui/format.ts'
import { MoneyInput } from '../../ui/money-input.tsx'
import { amountOf, lineFault, type DraftLine } from './sale-lines.ts'

interface LineEditorProps {
  lines: readonly DraftLine[]
  onChange: (lines: readonly DraftLine[]) => void
}

const MOST_OF_ONE = 999

/** What is sold: lines with quantity, price and discount. */
export function LineEditor({ lines, onChange }: LineEditorProps) {
  const services = useQuery({ queryKey: ['services'], queryFn: () => data(api.GET('/api/services')) })
  const change = (key: string, patch: Partial<DraftLine>) => onChange(lines.map((line) => (line.key === key ? { ...line, ...patch } : line)))
  const add = (line: Omit<DraftLine, 'key' | 'quantity' | 'discountCents'>) => onChange([...lines, { ...line, key: crypto.randomUUID(), quantity: 1, discountCents: 0 }])
  return (
    <section className="n-sale n-panel" aria-label="What is sold">
      <ol className="n-sale__lines">
        {lines.map((line, index) => (
          <Line key={line.key} line={line} number={index + 1} onChange={(patch) => change(line.key, patch)} onRemove={() => onChange(lines.filter(({ key }) => key !== line.key))} />
        ))}
      </ol>
      <div className="n-sale__add">
        <Select
          label="Add a service"
          placeholder="Search the services"
          searchable
          data={(services.data ?? []).map(({ id, name, priceCents }) => ({ value: id, label: `${name} · ${formatMoney(priceCents)}` }))}
          value={null}
          onChange={(id) => {
            const picked = services.data?.find((service) => service.id === id)
            if (picked) add({ serviceId: picked.id, description: picked.name, unitCents: picked.priceCents })
          }}
        />
        <Button variant="default" leftSection={<IconPlus size={18} stroke={1.75} aria-hidden />} onClick={() => add({ serviceId: undefined, description: '', unitCents: 0 })}>
          Something else
        </Button>
      </div>
    </section>
  )
}

interface LineProps {
  line: DraftLine
  number: number
  onChange: (patch: Partial<DraftLine>) => void
  onRemove: () => void
}

function Line({ line, number, onChange, onRemove }: LineProps) {
  const fault = lineFault(line)
  return (
    <li className="n-sale__line" aria-label={`Line ${number}`}>
      <TextInput
        label="What"
        maxLength={200}
        autoComplete="off"
        value={line.description}
        error={fault === 'description' ? 'Say what is sold.' : undefined}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <NumberInput
        label="Quantity"
        min={1}
        max={MOST_OF_ONE}
        clampBehavior="strict"
        allowDecimal={false}
        hideControls
        value={line.quantity}
        onChange={(value) => onChange({ quantity: Math.max(1, Number(value) || 1) })}
      />
      <MoneyInput label="Price each" cents={line.unitCents} onChange={(cents) => onChange({ unitCents: Math.max(0, cents ?? 0) })} />
      <MoneyInput
        label="Discount"
        cents={line.discountCents === 0 ? null : line.discountCents}
        error={fault === 'discount' ? 'More than the line.' : undefined}
        onChange={(cents) => onChange({ discountCents: Math.max(0, cents ?? 0) })}
      />
      <span className="n-sale__amount">{formatMoney(amountOf(line))}</span>
      <ActionIcon className="n-sale__remove" variant="subtle" color="gray" size={36} aria-label={`Remove line ${number}`} onClick={onRemove}>
        <IconTrash size={18} stroke={1.75} />
      </ActionIcon>
    </li>
  )
}
