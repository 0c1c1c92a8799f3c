import { Button, Checkbox, Modal, NumberInput, Switch, TextInput } from '@mantine/core'
import { IconPlus, IconSparkles } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { DataList } from '../../ui/data-list.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatMoney } from '../../ui/format.ts'
import { firstPage } from '../../ui/list-state.ts'
import { MoneyInput } from '../../ui/money-input.tsx'
import { servicesKey, usePeople, useServices, type Person, type Service } from './team-data.ts'

const usualMinutes = 30
const step = 5

/** What can be booked, at what price, and who performs it. */
export function ServicesTab() {
  const services = useServices()
  const people = usePeople()
  const [editing, setEditing] = useState<Service | 'new'>()
  const providers = (people.data ?? []).filter(({ isProvider }) => isProvider)
  const namesOf = (ids: readonly string[]) => providers.filter(({ id }) => ids.includes(id)).map(({ name }) => name)
  return (
    <>
      <DataList
        label="Services"
        rows={services.data}
        total={0}
        pageSize={100}
        rowId={({ id }) => id}
        state={firstPage}
        onStateChange={() => undefined}
        onOpen={setEditing}
        error={services.error}
        onRetry={() => void services.refetch()}
        empty={{ icon: IconSparkles, title: 'Services appear here', hint: 'What patients can book, how long it takes and what it costs.', action: { label: 'Add the first service', onClick: () => setEditing('new') } }}
        actions={
          <Button leftSection={<IconPlus size={18} stroke={1.75} aria-hidden />} onClick={() => setEditing('new')}>
            Add a service
          </Button>
        }
        columns={[
          { id: 'name', header: 'Service', cell: ({ name }) => name },
          { id: 'minutes', header: 'Minutes', cell: ({ minutes }) => minutes, align: 'end', hideOn: 'phone' },
          { id: 'price', header: 'Price', cell: ({ priceCents }) => formatMoney(priceCents), align: 'end' },
          { id: 'who', header: 'Performed by', cell: ({ providerIds }) => namesOf(providerIds).join(', ') || 'Nobody yet', hideOn: 'tablet' },
          { id: 'online', header: 'Online', cell: ({ onlineBooking }) => (onlineBooking ? 'Yes' : 'No'), hideOn: 'tablet' },
        ]}
      />
      <Modal opened={editing !== undefined} onClose={() => setEditing(undefined)} title={editing === 'new' ? 'Add a service' : editing?.name} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
        {editing && <ServiceForm service={editing === 'new' ? undefined : editing} providers={providers} onDone={() => setEditing(undefined)} />}
      </Modal>
    </>
  )
}

interface ServiceFormProps {
  service: Service | undefined
  providers: readonly Person[]
  onDone: () => void
}

function ServiceForm({ service, providers, onDone }: ServiceFormProps) {
  const queries = useQueryClient()
  const [name, setName] = useState(service?.name ?? '')
  const [minutes, setMinutes] = useState(service?.minutes ?? usualMinutes)
  const [priceCents, setPriceCents] = useState(service?.priceCents ?? null)
  const [onlineBooking, setOnlineBooking] = useState(service?.onlineBooking ?? true)
  const [providerIds, setProviderIds] = useState<string[]>(service ? [...service.providerIds] : providers.map(({ id }) => id))
  const save = useMutation({
    mutationFn: () =>
      data(api.POST('/api/services', { body: { ...(service && { id: service.id }), name, minutes, priceCents: priceCents ?? 0, onlineBooking, active: true, providerIds } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: servicesKey })
      onDone()
    },
  })
  const errorAt = (path: string) => (save.error instanceof Problem ? save.error.errors.find((field) => field.path === path)?.message : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form className="n-team__form" onSubmit={submit}>
      {save.error && <ErrorNotice error={save.error} />}
      <TextInput data-autofocus label="Name" required maxLength={120} value={name} error={errorAt('name')} onChange={(event) => setName(event.currentTarget.value)} />
      <div className="n-team__pair">
        <NumberInput label="Minutes" required min={step} max={480} step={step} value={minutes} error={errorAt('minutes')} onChange={(value) => setMinutes(Number(value) || usualMinutes)} />
        <MoneyInput label="Price" cents={priceCents} error={errorAt('priceCents')} onChange={setPriceCents} />
      </div>
      <Switch label="Patients can book it online" checked={onlineBooking} onChange={(event) => setOnlineBooking(event.currentTarget.checked)} />
      {providers.length === 0 ? (
        <p style={{ margin: 0 }}>Nobody here treats patients yet. Add that person under People; then say here who performs this service.</p>
      ) : (
        <Checkbox.Group label="Performed by" value={providerIds} onChange={setProviderIds}>
          <div className="n-team__choices">
            {providers.map(({ id, name: called, credential }) => (
              <Checkbox key={id} value={id} label={credential ? `${called}, ${credential}` : called} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      <Button type="submit" loading={save.isPending}>
        {service ? 'Save' : 'Add the service'}
      </Button>
    </form>
  )
}
