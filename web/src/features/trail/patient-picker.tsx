import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, data } from '../../client.ts'
import { formatName, formatPlainDate } from '../../ui/format.ts'
import { usePatientName } from '../../ui/privacy.tsx'

interface PatientPickerProps {
  patientId: string | undefined
  onChange: (patientId: string | undefined) => void
}

const pauseMs = 250
const fewestLetters = 2

/** Chooses a patient by typing; only her id leaves this field. Looking one up is itself in the trail. */
export function PatientPicker({ patientId, onChange }: PatientPickerProps) {
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState('')
  const nameOf = usePatientName()
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed.trim()), pauseMs)
    return () => clearTimeout(timer)
  }, [typed])
  const chosen = useQuery({
    queryKey: ['card', patientId],
    enabled: patientId !== undefined,
    staleTime: Infinity,
    queryFn: () => data(api.GET('/api/patients/{patientId}/card', { params: { path: { patientId: patientId ?? '' } } })),
  })
  const found = useQuery({
    queryKey: ['trail', 'find', asked],
    enabled: asked.length >= fewestLetters,
    gcTime: 0,
    queryFn: () => data(api.POST('/api/patients/find', { body: { q: asked } })),
  })
  const line = (p: { id: string; givenName: string; familyName: string; calledName?: string; birthDate: string }) => ({
    value: p.id,
    label: `${nameOf(formatName({ given: p.givenName, family: p.familyName, preferred: p.calledName }))} · ${formatPlainDate(p.birthDate)}`,
  })
  const options = new Map([...(chosen.data ? [line(chosen.data)] : []), ...(asked.length >= fewestLetters ? (found.data ?? []).map(line) : [])].map((o) => [o.value, o]))
  return (
    <Select
      label="Patient"
      placeholder="Anybody"
      searchable
      clearable
      autoComplete="off"
      clearButtonProps={{ 'aria-label': 'All patients' }}
      data={[...options.values()]}
      // The server has searched already, in ways that a comparison of letters does not know.
      filter={({ options: all }) => all}
      nothingFoundMessage={asked.length < fewestLetters ? 'Type two letters of a name, a phone or a birth date' : found.isFetching ? 'Searching…' : 'Nobody found'}
      value={patientId ?? null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(value) => onChange(value ?? undefined)}
    />
  )
}
