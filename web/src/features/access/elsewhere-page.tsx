import { Button, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconUserOff } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import './access.css'

type Found = operations['patient.find-elsewhere']['responses'][200]['content']['application/json'][number]
const shortestReason = 10

/** A patient of another location stands at this desk: she says when she was born and her name or phone, and the desk says why it needs her. */
export function ElsewherePage() {
  const go = useGo()
  const [who, setWho] = useState({ birthDate: '', familyName: '', phone: '' })
  const find = useMutation({
    mutationFn: () => {
      const { birthDate, familyName, phone } = who
      return data(api.POST('/api/patients/find-elsewhere', { body: { birthDate, ...(familyName ? { familyName } : {}), ...(phone ? { phone } : {}) } }))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    find.mutate()
  }
  const field = (name: keyof typeof who) => ({ value: who[name], onChange: (event: { currentTarget: { value: string } }) => setWho({ ...who, [name]: event.currentTarget.value }), autoComplete: 'off', size: 'md' as const })
  return (
    <div className="n-access">
      <PageHeader title="A patient of another location" subtitle="Ask her: birth date, and her full family name or her phone. You see initials and the place, until you say why you need her." />
      <form className="n-elsewhere" onSubmit={submit}>
        <TextInput type="date" label="Birth date" required {...field('birthDate')} />
        <TextInput label="Full family name" {...field('familyName')} />
        <TextInput type="tel" label="Whole phone number" {...field('phone')} />
        <Button type="submit" size="md" loading={find.isPending} disabled={!who.birthDate || (!who.familyName && !who.phone)}>
          Look
        </Button>
      </form>
      {find.isError && <ErrorNotice error={find.error} onFix={go} />}
      {find.data?.length === 0 && <EmptyState icon={IconUserOff} title="Nobody like that at another location" hint="Check the spelling with her. If she comes here already, the search finds her." />}
      {find.data?.map((found) => <Reach key={found.patientId} found={found} />)}
    </div>
  )
}

function Reach({ found: { patientId, initials, locations } }: { found: Found }) {
  const go = useGo()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const reach = useMutation({
    mutationFn: () => data(api.POST('/api/patients/{patientId}/reach', { params: { path: { patientId } }, body: { reason } })),
    onSuccess: async () => {
      await queries.resetQueries()
      go(`/patients/${encodeURIComponent(patientId)}`)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    reach.mutate()
  }
  return (
    <form className="n-panel n-review" onSubmit={submit} aria-label={`${initials}, ${locations.join(', ')}`}>
      <p>
        <strong>{initials}</strong> · {locations.join(', ')}
      </p>
      <Textarea label="Why do you need her?" description={`At least ${shortestReason} characters. Somebody reviews it.`} required autosize minRows={2} maxLength={500} size="md" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      {reach.isError && <ErrorNotice error={reach.error} onFix={go} />}
      <div>
        <Button type="submit" size="md" loading={reach.isPending} disabled={reason.trim().length < shortestReason}>
          Reach her for today
        </Button>
      </div>
    </form>
  )
}
