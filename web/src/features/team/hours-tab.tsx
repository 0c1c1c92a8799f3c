import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconClock, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import { useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { useUrlState } from '../../url-state.ts'
import { hoursKey, useHours, usePeople, type Hours, type Person } from './team-data.ts'
import { clockOf, minuteOf, shiftFault, USUAL, WEEKDAYS, weekOf, type Shift } from './week.ts'

/** When each provider regularly works at the location that one is at. */
export function HoursTab() {
  const people = usePeople()
  const hours = useHours()
  const location = useLocation()
  const [url, setUrl] = useUrlState()
  if (people.error ?? hours.error) return <ErrorNotice error={people.error ?? hours.error} />
  if (!people.data || !hours.data) return <SkeletonCard lines={7} label="Loading the working hours" />
  const providers = people.data.filter(({ isProvider, locationIds }) => isProvider && locationIds.includes(location.id))
  const who = providers.find(({ id }) => id === url.who) ?? providers[0]
  if (!who)
    return <EmptyState icon={IconClock} title="Working hours appear here" hint={`Nobody treats patients at ${location.name} yet. Add that person under People.`} />
  return (
    <div className="n-team">
      <NativeSelect
        label="Working hours of"
        description={`At ${location.name}, in its own time`}
        maw={360}
        data={providers.map(({ id, name }) => ({ value: id, label: name }))}
        value={who.id}
        onChange={(event) => setUrl({ tab: 'hours', who: event.currentTarget.value })}
      />
      <Week key={`${who.id} ${location.id}`} who={who} locationId={location.id} hours={hours.data} />
    </div>
  )
}

interface WeekProps {
  who: Person
  locationId: string
  hours: readonly Hours[]
}

function Week({ who, locationId, hours }: WeekProps) {
  const queries = useQueryClient()
  const [shifts, setShifts] = useState(() => weekOf(hours, who.id, locationId))
  const save = useMutation({
    mutationFn: () => {
      const elsewhere = hours.filter((of) => of.userId === who.id && of.locationId !== locationId).map(({ id: _, userId: __, ...of }) => of)
      return data(api.PUT('/api/hours/{userId}', { params: { path: { userId: who.id } }, body: { hours: [...elsewhere, ...shifts.map((shift) => ({ ...shift, locationId }))] } }))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: hoursKey }),
  })
  const fault = shiftFault(shifts)
  const isSaved = JSON.stringify(shifts) === JSON.stringify(weekOf(hours, who.id, locationId))
  const change = (shift: Shift, patch: Partial<Shift>) => setShifts(shifts.map((of) => (of === shift ? { ...of, ...patch } : of)))
  return (
    <section className="n-week n-panel" aria-label={`Working hours of ${who.name}`}>
      <table>
        <tbody>
          {WEEKDAYS.map((day, index) => (
            <Day
              key={day}
              day={day}
              shifts={shifts.filter(({ weekday }) => weekday === index + 1)}
              onAdd={() => setShifts([...shifts, { weekday: index + 1, ...USUAL }])}
              onChange={change}
              onRemove={(shift) => setShifts(shifts.filter((of) => of !== shift))}
            />
          ))}
        </tbody>
      </table>
      {save.error && <ErrorNotice error={save.error} />}
      <div className="n-week__foot">
        <Button loading={save.isPending} disabled={fault !== undefined || isSaved} onClick={() => save.mutate()}>
          Save the week
        </Button>
        <span role="status" style={{ color: fault ? 'var(--n-danger)' : 'var(--n-dimmed)' }}>
          {fault ?? (isSaved ? (save.isSuccess ? 'Saved.' : '') : 'Not saved yet.')}
        </span>
      </div>
    </section>
  )
}

interface DayProps {
  day: string
  shifts: readonly Shift[]
  onAdd: () => void
  onChange: (shift: Shift, patch: Partial<Shift>) => void
  onRemove: (shift: Shift) => void
}

function Day({ day, shifts, onAdd, onChange, onRemove }: DayProps) {
  const time = (shift: Shift, name: 'fromMinute' | 'toMinute') => (event: { currentTarget: { value: string } }) => {
    const minute = minuteOf(event.currentTarget.value)
    if (minute !== undefined) onChange(shift, { [name]: minute })
  }
  return (
    <tr>
      <th scope="row">{day}</th>
      <td>
        {shifts.map((shift, index) => (
          <div key={index} className="n-week__times">
            <TextInput type="time" aria-label={`${day} from`} value={clockOf(shift.fromMinute)} onChange={time(shift, 'fromMinute')} />
            <span>to</span>
            <TextInput type="time" aria-label={`${day} to`} value={clockOf(shift.toMinute)} onChange={time(shift, 'toMinute')} />
            <ActionIcon variant="subtle" color="gray" size={36} aria-label={`Remove this time of ${day}`} onClick={() => onRemove(shift)}>
              <IconTrash size={18} stroke={1.75} />
            </ActionIcon>
          </div>
        ))}
        <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={16} stroke={1.75} aria-hidden />} onClick={onAdd}>
          {shifts.length === 0 ? 'Works this day' : 'Another time'}
          <span className="n-hidden"> {day}</span>
        </Button>
      </td>
    </tr>
  )
}
