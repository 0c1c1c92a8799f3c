import { Button, NumberInput, SegmentedControl, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { toast } from '../calendar/toast.tsx'
import './access.css'

type Settings = operations['access-settings.view']['responses'][200]['content']['application/json']

const gates = [
  { gate: 'training', from: 'trainingFrom', label: 'Training', what: 'The law asks for training within a reasonable time; that no record opens before it is the practice’s choice.' },
  { gate: 'attestation', from: 'attestationFrom', label: 'Signed confidentiality and policies', what: 'Good practice; the law does not ask for a signature.' },
  { gate: 'licence', from: 'licenceFrom', label: 'Licence', what: 'State law: nobody treats without the licence that her role needs.' },
  { gate: 'exclusion', from: 'exclusionFrom', label: 'Exclusion lists', what: 'Federal law for whoever is paid by federal programs; for others good practice.' },
] as const
const times = [
  { name: 'treatsDaysBack', label: 'A visit opens the chart for so many days after it', min: 7, max: 365 },
  { name: 'treatsDaysAhead', label: 'and for so many days before it', min: 1, max: 90 },
  { name: 'reachHours', label: 'A patient of another location stays within reach for hours', min: 1, max: 24 },
  { name: 'graceDays', label: 'Days of grace for newcomers and new texts', min: 0, max: 60 },
] as const

/** How strict the gates on people are, and how long care relations last. */
export function GatesPage() {
  const settings = useQuery({ queryKey: ['access-settings'], queryFn: () => data(api.GET('/api/access-settings')) })
  const go = useGo()
  return (
    <div className="n-access">
      <PageHeader title="Gates and times" subtitle="What somebody’s access rests on, and how long care opens a chart" />
      {settings.error && <ErrorNotice error={settings.error} onRetry={() => void settings.refetch()} onFix={go} />}
      {settings.isPending && <SkeletonRows rows={6} label="Loading the settings" />}
      {settings.data && <GatesForm settings={settings.data} />}
    </div>
  )
}

function GatesForm({ settings }: { settings: Settings }) {
  const [now, setNow] = useState(settings)
  const queries = useQueryClient()
  const go = useGo()
  const save = useMutation({
    mutationFn: () => data(api.PUT('/api/access-settings', { body: now })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['access-settings'] })
      toast({ message: 'Saved. It holds within seconds, for everybody.' })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form className="n-access" onSubmit={submit}>
      <ul className="n-gates n-panel">
        {gates.map(({ gate, from, label, what }) => (
          <li key={gate}>
            <div>
              <strong>{label}</strong>
              <p>{what}</p>
            </div>
            <div className="n-gates__state">
              <SegmentedControl
                size="md"
                aria-label={label}
                data={[{ value: 'enforce', label: 'Enforce' }, { value: 'warn', label: 'Only warn' }]}
                value={now[gate]}
                onChange={(value) => setNow({ ...now, [gate]: value === 'enforce' ? 'enforce' : 'warn' })}
              />
              {now[gate] === 'warn' && (
                <TextInput
                  type="date"
                  label="Enforced from"
                  value={now[from] ?? ''}
                  onChange={(event) => {
                    const { [from]: _, ...rest } = now
                    const day = event.currentTarget.value
                    setNow(day ? { ...rest, [from]: day } : rest)
                  }}
                />
              )}
            </div>
          </li>
        ))}
      </ul>
      <div className="n-access__times n-panel">
        {times.map(({ name, label, min, max }) => (
          <NumberInput key={name} size="md" label={label} min={min} max={max} clampBehavior="strict" allowDecimal={false} value={now[name]} onChange={(value) => setNow({ ...now, [name]: Number(value) || min })} />
        ))}
      </div>
      {save.isError && <ErrorNotice error={save.error} onFix={go} />}
      <div>
        <Button type="submit" size="md" loading={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  )
}
