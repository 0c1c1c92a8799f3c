import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { operations } from '../../api.gen'
import { newIntention, Problem } from '../../api.ts'
import { api, data } from '../../client'
import type { PalettePatient } from '../../ui/command-palette.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatPlainDate, formatTime } from '../../ui/format.ts'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { dayMinuteOf, instantOf } from '../../ui/zoned-day.ts'
import { NewPatientForm } from '../patients/new-patient.tsx'
import { PatientPicker } from '../patients/patient-picker.tsx'
import { useVisitsChanged } from './visit-actions.ts'

type Service = operations['service.list']['responses'][200]['content']['application/json'][number]

export interface Slot {
  providerId?: string | undefined
  /** YYYY-MM-DD */
  date: string
  /** on the clock of the wall */
  minute: number
}
export interface BookVisitProps {
  slot: Slot
  patient?: PalettePatient | undefined
  place: { id: string; timeZone: string }
  providers: readonly { id: string; name: string }[]
  onClose: () => void
  onBooked: (visit: { id: string; startsAt: string }) => void
}

const stepMinutes = 15
const minutesOfDay = Array.from({ length: (24 * 60) / stepMinutes }, (_, i) => i * stepMinutes)
const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** Books a visit from an empty place in the calendar, or from a patient's page. */
export function BookVisit(props: BookVisitProps) {
  const services = useQuery({ queryKey: ['services'], queryFn: () => data(api.GET('/api/services')) })
  const [patient, setPatient] = useState(props.patient)
  const [newName, setNewName] = useState<string>()
  return (
    <Modal opened onClose={props.onClose} title={newName === undefined ? 'Book a visit' : 'New patient'} size={560}>
      {services.isPending && <SkeletonCard lines={4} />}
      {services.error && <ErrorNotice error={services.error} onRetry={() => void services.refetch()} />}
      {services.data && newName !== undefined && (
        <NewPatientForm
          typed={newName}
          onCancel={() => setNewName(undefined)}
          onCreated={(made) => {
            setPatient(made)
            setNewName(undefined)
          }}
        />
      )}
      {services.data && newName === undefined && (
        <BookForm {...props} services={services.data} patient={patient} onPatient={setPatient} onNew={setNewName} />
      )}
    </Modal>
  )
}

interface BookFormProps extends BookVisitProps {
  services: readonly Service[]
  onPatient: (patient: PalettePatient | undefined) => void
  onNew: (typed: string) => void
}

function BookForm({ slot, patient, place, providers, services, onPatient, onNew, onClose, onBooked }: BookFormProps) {
  const [serviceId, setServiceId] = useState('')
  const [providerId, setProviderId] = useState(slot.providerId ?? '')
  const [date, setDate] = useState(slot.date)
  const [minute, setMinute] = useState(slot.minute)
  const [tried, setTried] = useState(false)
  const [key] = useState(newIntention)
  const changed = useVisitsChanged()
  const offered = services.filter((s) => providerId === '' || s.providerIds.includes(providerId))
  const service = offered.find(({ id }) => id === serviceId)
  const able = providers.filter(({ id }) => service === undefined || service.providerIds.includes(id))
  const startsAt = instantOf({ date, minute }, place.timeZone)
  const book = useMutation({
    mutationFn: (who: PalettePatient) =>
      data(
        api.POST('/api/appointments', {
          // The same slot and patient: pressing twice books once.
          headers: { 'Idempotency-Key': `${key} ${who.id} ${providerId} ${serviceId} ${startsAt}` },
          body: { patientId: who.id, locationId: place.id, providerId, serviceId, startsAt },
        }),
      ),
    onSettled: changed,
    onSuccess: onBooked,
  })
  const told = (path: string) => (book.error instanceof Problem ? book.error.errors.find((e) => e.path === path)?.message : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (patient && service && providerId) book.mutate(patient)
  }
  const endsAt = service && new Date(Date.parse(startsAt) + service.minutes * 60_000)
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <PatientPicker value={patient} onChange={onPatient} onNew={onNew} error={tried && !patient ? 'Who is it for?' : undefined} />
        <NativeSelect
          label="Service"
          error={tried && !service ? 'What is it for?' : told('serviceId')}
          value={service ? serviceId : ''}
          onChange={(event) => setServiceId(event.currentTarget.value)}
          data={[{ value: '', label: 'Choose' }, ...offered.map(({ id, name, minutes }) => ({ value: id, label: `${name} · ${minutes} min` }))]}
        />
        <NativeSelect
          label="With"
          error={tried && !providerId ? 'Who gives it?' : told('providerId')}
          value={providerId}
          onChange={(event) => setProviderId(event.currentTarget.value)}
          data={[{ value: '', label: 'Choose' }, ...able.map(({ id, name }) => ({ value: id, label: name }))]}
        />
        <Group grow align="flex-start">
          <TextInput type="date" label="Day" value={date} onChange={(event) => event.currentTarget.value && setDate(event.currentTarget.value)} />
          <NativeSelect
            label="Time"
            value={String(minute)}
            onChange={(event) => setMinute(Number(event.currentTarget.value))}
            data={minutesOfDay.map((value) => ({ value: String(value), label: formatTime(`2026-01-01T${clock(value)}:00Z`, { timeZone: 'UTC' }) }))}
          />
        </Group>
        <p className="n-book__when">
          {formatPlainDate(date, 'en', 'day')}, {formatTime(startsAt, { timeZone: place.timeZone })}
          {endsAt && ` to ${formatTime(endsAt, { timeZone: place.timeZone })}`}
        </p>
        {book.error && !(book.error instanceof Problem && book.error.errors.length > 0) && (
          <ErrorNotice error={book.error} whatToDo="Choose another time or provider, then book again." />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={book.isPending}>
            Book
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The next quarter of an hour, for a booking that starts from nowhere. */
export const nextQuarter = (timeZone: string, now: Date = new Date()): { date: string; minute: number } =>
  dayMinuteOf(new Date(Math.ceil(now.getTime() / 900_000) * 900_000), timeZone)
