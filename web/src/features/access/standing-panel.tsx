import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconCertificate } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatPlainDate } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { GateList } from './gate-list.tsx'
import { standingKey } from './standing-banner.tsx'
import './access.css'

type Fact = operations['standing.of-person']['responses'][200]['content']['application/json']['facts'][number]
type NewFact = operations['standing.record']['requestBody']['content']['application/json']['fact']

const licences = [
  ['md', 'Physician (MD)'], ['do', 'Physician (DO)'], ['np', 'Nurse practitioner'], ['pa', 'Physician assistant'], ['rn', 'Registered nurse'], ['lpn', 'Licensed practical nurse'],
  ['esthetician', 'Esthetician'], ['laser', 'Laser technician'], ['electrologist', 'Electrologist'],
] as const
const licenceLabel = (what: string) => licences.find(([value]) => value === what)?.[1] ?? what

/** A button in a list of people: what this person's access rests on, for whoever administers it. */
export function StandingButton({ userId, name }: { userId: string; name: string }) {
  const { user } = useSession()
  const [isOpen, setOpen] = useState(false)
  if (!user.grants.has('standing.of-person')) return null
  return (
    <>
      <Button variant="subtle" leftSection={<IconCertificate size={18} stroke={1.75} aria-hidden />} aria-label={`Training and licences of ${name}`} onClick={() => setOpen(true)}>
        Standing
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`What ${name}’s access rests on`} size="xl" closeButtonProps={{ 'aria-label': 'Close' }}>
        {isOpen && <StandingPanel userId={userId} />}
      </Modal>
    </>
  )
}

/** Gates and facts of a person, and the forms to record one. Until the compliance centre knows them by itself. */
export function StandingPanel({ userId }: { userId: string }) {
  const standing = useQuery({ queryKey: [...standingKey, userId], queryFn: () => data(api.GET('/api/users/{userId}/standing', { params: { path: { userId } } })) })
  if (standing.error) return <ErrorNotice error={standing.error} onRetry={() => void standing.refetch()} />
  if (!standing.data) return <SkeletonRows rows={4} label="Loading the standing" />
  return (
    <div className="n-access">
      <GateList gates={standing.data.gates} />
      <Facts userId={userId} facts={standing.data.facts} />
      <RecordFact userId={userId} />
    </div>
  )
}

const factWords = ({ kind, what, state, said, heldFrom, heldUntil, result, version }: Fact): string => {
  const until = heldUntil ? `, until ${formatPlainDate(heldUntil)}` : ''
  if (kind === 'licence') return `${licenceLabel(what)}, ${state ?? ''} ${said ?? ''}${until}`
  if (kind === 'training') return `Training on ${formatPlainDate(heldFrom)}${until}`
  if (kind === 'attestation') return `Signed “${what}” ${version ?? ''} on ${formatPlainDate(heldFrom)}`
  return `${what} on ${formatPlainDate(heldFrom)}: ${result === 'clear' ? 'not listed' : 'LISTED'}`
}

function Facts({ userId, facts }: { userId: string; facts: readonly Fact[] }) {
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: (factId: string) => data(api.DELETE('/api/users/{userId}/standing/{factId}', { params: { path: { userId, factId } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: standingKey }),
  })
  if (facts.length === 0) return null
  return (
    <section aria-label="On record">
      <h3>On record</h3>
      {end.isError && <ErrorNotice error={end.error} />}
      <ul className="n-facts-of">
        {facts.map((fact) => (
          <li key={fact.id}>
            <span>{factWords(fact)}</span>
            <Button variant="subtle" color="gray" loading={end.isPending && end.variables === fact.id} aria-label={`Take back: ${factWords(fact)}`} onClick={() => end.mutate(fact.id)}>
              Take back
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

const kinds = [{ value: 'training', label: 'Training' }, { value: 'licence', label: 'Licence' }, { value: 'exclusion-check', label: 'Exclusion check' }]
type Typed = Readonly<Record<string, string>>

const factOf = (kind: string, typed: Typed): NewFact | undefined => {
  const { day = '', until = '', what = '', number = '', state = '', list = '', result = '' } = typed
  if (kind === 'training') return day ? { kind: 'training', doneOn: day, ...(until ? { validUntil: until } : {}) } : undefined
  if (kind === 'licence') return what && number && state && until ? { kind: 'licence', what, number, state: state.toUpperCase(), expiresOn: until, ...(day ? { issuedOn: day } : {}) } : undefined
  const lists = { 'oig-leie': 'oig-leie', 'sam': 'sam', 'state-medicaid': 'state-medicaid' } as const
  const chosen = Object.values(lists).find((name) => name === list)
  return day && chosen && (result === 'clear' || result === 'excluded') ? { kind: 'exclusion-check', list: chosen, checkedOn: day, result } : undefined
}

function RecordFact({ userId }: { userId: string }) {
  const queries = useQueryClient()
  const [kind, setKind] = useState('training')
  const [typed, setTyped] = useState<Typed>({})
  const fact = factOf(kind, typed)
  const record = useMutation({
    mutationFn: (made: NewFact) => data(api.POST('/api/users/{userId}/standing', { params: { path: { userId } }, body: { fact: made } })),
    onSuccess: async () => {
      setTyped({})
      await queries.invalidateQueries({ queryKey: standingKey })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (fact) record.mutate(fact)
  }
  const text = (name: string) => ({ value: typed[name] ?? '', onChange: (event: { currentTarget: { value: string } }) => setTyped({ ...typed, [name]: event.currentTarget.value }), size: 'md' as const, autoComplete: 'off' })
  const choice = (name: string) => ({ value: typed[name] ?? null, onChange: (value: string | null) => setTyped({ ...typed, [name]: value ?? '' }), size: 'md' as const })
  return (
    <form onSubmit={submit} aria-label="Record">
      <h3>Record</h3>
      <div className="n-elsewhere">
        <Select label="What" allowDeselect={false} data={kinds} value={kind} size="md" onChange={(value) => setKind(value ?? 'training')} />
        {kind === 'training' && (
          <>
            <TextInput type="date" label="Done on" required {...text('day')} />
            <TextInput type="date" label="Valid until" {...text('until')} />
          </>
        )}
        {kind === 'licence' && (
          <>
            <Select label="Kind" data={licences.map(([value, label]) => ({ value, label }))} {...choice('what')} />
            <TextInput label="Number" required {...text('number')} />
            <TextInput label="State" placeholder="NY" maxLength={2} required {...text('state')} />
            <TextInput type="date" label="Expires on" required {...text('until')} />
          </>
        )}
        {kind === 'exclusion-check' && (
          <>
            <Select label="List" data={[{ value: 'oig-leie', label: 'OIG LEIE' }, { value: 'sam', label: 'SAM.gov' }, { value: 'state-medicaid', label: 'State Medicaid' }]} {...choice('list')} />
            <TextInput type="date" label="Checked on" required {...text('day')} />
            <Select label="Result" data={[{ value: 'clear', label: 'Not listed' }, { value: 'excluded', label: 'Listed' }]} {...choice('result')} />
          </>
        )}
        <Button type="submit" size="md" loading={record.isPending} disabled={!fact}>
          Record
        </Button>
      </div>
      {record.isError && <ErrorNotice error={record.error} />}
    </form>
  )
}
