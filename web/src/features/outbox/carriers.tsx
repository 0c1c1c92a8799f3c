import { Button, Modal, TextInput } from '@mantine/core'
import { IconBuilding, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatPlainDate } from '../../ui/format.ts'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { addDays, todayIn } from '../../ui/zoned-day.ts'

type Vendor = operations['vendor.list']['responses'][200]['content']['application/json'][number]

const vendorsKey = ['vendors'] as const
const DAYS_OF_A_YEAR = 365

const errorAt = (error: unknown, path: string) => (error instanceof Problem ? error.errors.find((field) => field.path === path)?.message : undefined)

/** Companies that carry messages, and the agreements without which nothing about a person's health leaves by them. */
export function Carriers() {
  const [adding, setAdding] = useState<Vendor | 'carrier'>()
  const vendors = useQuery({ queryKey: vendorsKey, queryFn: () => data(api.GET('/api/vendors')) })
  const close = () => setAdding(undefined)
  if (vendors.error) return <ErrorNotice error={vendors.error} onRetry={() => void vendors.refetch()} />
  if (!vendors.data) return <SkeletonCard label="Loading the carriers" />
  return (
    <div className="n-carriers">
      {vendors.data.length === 0 ? (
        <EmptyState
          icon={IconBuilding}
          title="No carrier is registered"
          hint="A company that carries e-mail for the practice is a business associate (45 CFR 160.103): register it with the dates of your agreement."
          action={{ label: 'Register a carrier', onClick: () => setAdding('carrier') }}
        />
      ) : (
        <div>
          <Button variant="default" leftSection={<IconPlus size={18} stroke={1.75} aria-hidden />} onClick={() => setAdding('carrier')}>
            Register a carrier
          </Button>
        </div>
      )}
      {vendors.data.map((vendor) => (
        <section key={vendor.id} className="n-carrier n-panel">
          <div className="n-carrier__head">
            <h2>{vendor.name}</h2>
            <StatusChip tone={vendor.inForce ? 'ok' : 'danger'} label={vendor.inForce ? 'Agreement in force' : 'No agreement in force'} />
          </div>
          <ul>
            {vendor.agreements.map(({ id, startsOn, endsOn, signedBy }) => (
              <li key={id}>
                {formatPlainDate(startsOn)} to {formatPlainDate(endsOn)}, signed by {signedBy}
              </li>
            ))}
            {vendor.agreements.length === 0 && <li>No agreement is recorded. Only messages without PHI may leave by this carrier.</li>}
          </ul>
          <Button mt="sm" variant="light" onClick={() => setAdding(vendor)}>
            Record an agreement
          </Button>
        </section>
      ))}
      <Modal
        opened={adding !== undefined}
        onClose={close}
        title={adding === 'carrier' ? 'Register a carrier' : `Agreement with ${adding?.name ?? ''}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {adding === 'carrier' && <NewCarrier onDone={close} />}
        {adding && adding !== 'carrier' && <NewAgreement vendor={adding} onDone={close} />}
      </Modal>
    </div>
  )
}

function NewCarrier({ onDone }: { onDone: () => void }) {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => data(api.POST('/api/vendors', { body: { name, channel: 'email' } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: vendorsKey })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <form className="n-form" onSubmit={submit}>
      {create.error && <ErrorNotice error={create.error} />}
      <TextInput data-autofocus label="Company" description="It carries e-mail for the practice" required maxLength={120} value={name} error={errorAt(create.error, 'name')} onChange={(e) => setName(e.currentTarget.value)} />
      <Button type="submit" loading={create.isPending}>
        Register
      </Button>
    </form>
  )
}

function NewAgreement({ vendor, onDone }: { vendor: Vendor; onDone: () => void }) {
  const queries = useQueryClient()
  const { timeZone } = useLocation()
  const today = todayIn(timeZone)
  const [entry, setEntry] = useState({ startsOn: today, endsOn: addDays(today, DAYS_OF_A_YEAR), signedBy: '' })
  const create = useMutation({
    mutationFn: () => data(api.POST('/api/vendors/{vendorId}/agreements', { params: { path: { vendorId: vendor.id } }, body: entry })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: vendorsKey })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  const field = (name: keyof typeof entry) => ({
    required: true,
    value: entry[name],
    error: errorAt(create.error, name),
    onChange: (event: { currentTarget: { value: string } }) => setEntry({ ...entry, [name]: event.currentTarget.value }),
  })
  return (
    <form className="n-form" onSubmit={submit}>
      {create.error && <ErrorNotice error={create.error} />}
      <div className="n-form__pair">
        <TextInput type="date" label="In force from" {...field('startsOn')} />
        <TextInput type="date" label="Until" {...field('endsOn')} />
      </div>
      <TextInput label="Signed for the practice by" maxLength={120} {...field('signedBy')} />
      <Button type="submit" loading={create.isPending}>
        Record the agreement
      </Button>
    </form>
  )
}
