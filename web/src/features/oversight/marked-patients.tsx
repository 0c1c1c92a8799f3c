import { Button, Modal, SegmentedControl, Select, Textarea } from '@mantine/core'
import { IconBookmark, IconBookmarkPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useGo, useLocation } from '../../place.ts'
import { DataList } from '../../ui/data-list.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate } from '../../ui/format.ts'
import { firstPage } from '../../ui/list-state.ts'
import { PatientName } from '../../ui/privacy.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { PatientPicker } from '../trail/patient-picker.tsx'
import { usePeople } from '../team/team-data.ts'
import type { Marked } from './words.ts'

const markedKey = ['oversight', 'marked'] as const

/** Patients whose chart asks why it is opened. */
export function MarkedPatients() {
  const { timeZone } = useLocation()
  const go = useGo()
  const queries = useQueryClient()
  const [adding, setAdding] = useState(false)
  const marked = useQuery({ queryKey: markedKey, gcTime: 0, queryFn: () => data(api.GET('/api/oversight/marked')) })
  const end = useMutation({
    mutationFn: ({ patientId, id }: Marked) => data(api.POST('/api/patients/{patientId}/marks/{flagId}/end', { params: { path: { patientId, flagId: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: markedKey }),
  })
  return (
    <div className="n-oversight__tab">
      {end.error && <ErrorNotice error={end.error} onFix={go} />}
      <DataList
        label="Marked patients"
        rows={marked.data}
        total={0}
        pageSize={500}
        rowId={({ id }) => id}
        state={firstPage}
        onStateChange={() => undefined}
        error={marked.error}
        onRetry={() => void marked.refetch()}
        empty={{ icon: IconBookmark, title: 'No patient is marked', hint: 'The chart of a marked patient asks why it is opened, once a day. Colleagues who are patients are found by their e-mail address and phone.' }}
        actions={
          <Button leftSection={<IconBookmarkPlus size={18} stroke={1.75} aria-hidden />} onClick={() => setAdding(true)}>
            Mark a patient
          </Button>
        }
        columns={[
          { id: 'patient', header: 'Patient', cell: ({ patientName }) => <strong><PatientName name={patientName} /></strong> },
          { id: 'kind', header: 'Why', cell: ({ kind, whoName }) => (kind === 'vip' ? <StatusChip tone="accent" label="Well known" /> : <StatusChip tone="info" label={`Of the team${whoName ? `: ${whoName}` : ''}`} />) },
          { id: 'reason', header: 'Said', cell: ({ reason }) => reason ?? 'Same e-mail address or phone', hideOn: 'tablet' },
          { id: 'by', header: 'Marked', cell: ({ setAt, setByName }) => `${formatDate(setAt, { timeZone })}, ${setByName}`, hideOn: 'phone' },
          {
            id: 'end', header: '', align: 'end',
            cell: (row) => (
              <Button variant="default" loading={end.isPending && end.variables.id === row.id} onClick={() => end.mutate(row)}>
                Take back
              </Button>
            ),
          },
        ]}
      />
      <Modal opened={adding} onClose={() => setAdding(false)} title="Mark a patient" closeButtonProps={{ 'aria-label': 'Close' }}>
        {adding && <NewMark onDone={() => setAdding(false)} />}
      </Modal>
    </div>
  )
}

function NewMark({ onDone }: { onDone: () => void }) {
  const queries = useQueryClient()
  const team = usePeople()
  const [patientId, setPatientId] = useState<string>()
  const [kind, setKind] = useState<'vip' | 'team'>('vip')
  const [userId, setUserId] = useState<string | null>(null)
  const [reason, setReason] = useState('')
  const mark = useMutation({
    mutationFn: async () => {
      if (patientId) await data(api.POST('/api/patients/{patientId}/marks', { params: { path: { patientId } }, body: { kind, reason, ...(kind === 'team' && userId ? { userId } : {}) } }))
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: markedKey })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    mark.mutate()
  }
  return (
    <form className="n-form" onSubmit={submit}>
      {mark.error && <ErrorNotice error={mark.error} />}
      <PatientPicker patientId={patientId} onChange={setPatientId} />
      <SegmentedControl
        aria-label="Why"
        data={[{ value: 'vip', label: 'Well known' }, { value: 'team', label: 'Of the team' }]}
        value={kind}
        onChange={(value) => setKind(value === 'team' ? 'team' : 'vip')}
      />
      {kind === 'team' && <Select label="Who of the team" required searchable data={(team.data ?? []).map(({ id, name }) => ({ value: id, label: name }))} value={userId} onChange={setUserId} />}
      <Textarea label="What makes eyes curious" description="Read by whoever looks after the records" required autosize minRows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Button type="submit" loading={mark.isPending} disabled={!patientId || reason.trim().length < 3 || (kind === 'team' && !userId)}>
        Mark
      </Button>
    </form>
  )
}
