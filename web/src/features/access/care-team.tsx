import { Button, Modal, NumberInput, Select } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconUserPlus } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate } from '../../ui/format.ts'
import { usePeople } from '../team/team-data.ts'

type Kind = operations['care-team.add']['requestBody']['content']['application/json']['kind']
const kinds: Record<Kind, string> = { 'care-team': 'Care team', 'covers': 'Covers', 'consults': 'Consults', 'open-task': 'Has a task' }
const isKind = (value: string | null): value is Kind => value !== null && value in kinds
const usualDays = 14

/** Who takes part in this patient's care beside her appointments, until when; and the way to let a colleague in. */
export function CareTeam({ patientId }: { patientId: string }) {
  const { timeZone } = useLocation()
  const { user } = useSession()
  const go = useGo()
  const queries = useQueryClient()
  const [isAdding, setAdding] = useState(false)
  const key = ['care-team', patientId]
  const team = useQuery({ queryKey: key, enabled: user.grants.has('care-team.list'), queryFn: () => data(api.GET('/api/patients/{patientId}/care-team', { params: { path: { patientId } } })) })
  const end = useMutation({
    mutationFn: (careTeamId: string) => data(api.POST('/api/patients/{patientId}/care-team/{careTeamId}/end', { params: { path: { patientId, careTeamId } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  })
  // In an emergency the team is not hers to see: the chart is.
  if (!team.data) return null
  return (
    <>
      <h2>Care team</h2>
      <ul className="n-panel n-facts">
        {team.data.map(({ id, name, credential, kind, until }) => (
          <li key={id}>
            <span>
              <strong>{credential ? `${name}, ${credential}` : name}</strong>
              <br />
              {kinds[kind]}, until {formatDate(until, { timeZone })}
            </span>
            <Button variant="subtle" color="gray" aria-label={`End ${name}’s part`} loading={end.isPending && end.variables === id} onClick={() => end.mutate(id)}>
              End
            </Button>
          </li>
        ))}
        <li>
          <Button variant="light" leftSection={<IconUserPlus size={18} stroke={1.75} aria-hidden />} onClick={() => setAdding(true)}>
            Let a colleague in
          </Button>
        </li>
      </ul>
      {end.isError && <ErrorNotice error={end.error} onFix={go} />}
      <Modal opened={isAdding} onClose={() => setAdding(false)} title="Let a colleague in" closeButtonProps={{ 'aria-label': 'Close' }}>
        {isAdding && <AddColleague patientId={patientId} onDone={() => setAdding(false)} />}
      </Modal>
    </>
  )
}

function AddColleague({ patientId, onDone }: { patientId: string; onDone: () => void }) {
  const { user } = useSession()
  const go = useGo()
  const queries = useQueryClient()
  const people = usePeople()
  const [userId, setUserId] = useState<string | null>(null)
  const [kind, setKind] = useState<Kind>('covers')
  const [days, setDays] = useState(usualDays)
  const add = useMutation({
    mutationFn: (whom: string) => data(api.POST('/api/patients/{patientId}/care-team', { params: { path: { patientId } }, body: { userId: whom, kind, days } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['care-team', patientId] })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (userId) add.mutate(userId)
  }
  return (
    <form className="n-access" onSubmit={submit}>
      <Select label="Colleague" size="md" searchable required data={(people.data ?? []).filter(({ id }) => id !== user.id).map(({ id, name }) => ({ value: id, label: name }))} value={userId} onChange={setUserId} />
      <Select label="Her part" size="md" allowDeselect={false} data={Object.entries(kinds).map(([value, label]) => ({ value, label }))} value={kind} onChange={(value) => isKind(value) && setKind(value)} />
      <NumberInput label="For days" size="md" min={1} max={365} allowDecimal={false} value={days} onChange={(value) => setDays(Number(value) || 1)} />
      {add.isError && <ErrorNotice error={add.error} onFix={go} />}
      <div>
        <Button type="submit" size="md" loading={add.isPending} disabled={!userId}>
          Let her in
        </Button>
      </div>
    </form>
  )
}
