import { Button, Textarea } from '@mantine/core'
import { IconUserOff } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Offboard } from './offboard.tsx'
import { fieldError, PersonFields } from './person-fields.tsx'
import { useAccessChanged, useRoles, type Member } from './team-data.ts'

interface PersonPanelProps {
  person: Member
  onDone: () => void
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((one) => b.includes(one))

interface Entry extends Pick<Member, 'name' | 'credential' | 'isProvider'> {
  roles: readonly string[]
  locationIds: readonly string[]
}
const entryOf = ({ name, credential, roles, locationIds, isProvider }: Member): Entry => ({ name, credential, roles, locationIds, isProvider })

/** Changes who somebody is and what she may do, or ends her access. */
export function PersonPanel({ person, onDone }: PersonPanelProps) {
  const { user } = useSession()
  const go = useGo()
  const changed = useAccessChanged()
  const roles = useRoles()
  const [leaving, setLeaving] = useState(false)
  // Taken once: while she is edited, the list behind may be asked again.
  const [before] = useState(person)
  const [entry, setEntry] = useState(() => entryOf(person))
  const [reason, setReason] = useState('')
  const save = useMutation({
    mutationFn: () =>
      data(api.POST('/api/team/{userId}', { params: { path: { userId: person.id } }, body: { ...entry, roles: [...entry.roles], locationIds: [...entry.locationIds], reason } })),
    onSuccess: async ({ effect }) => {
      await changed()
      if (effect !== 'proposed') onDone()
    },
  })
  if (leaving) return <Offboard person={before} onDone={onDone} onBack={() => setLeaving(false)} />
  if (save.data?.effect === 'proposed')
    return (
      <div className="n-team__form" role="status">
        <p className="n-team__lead">
          This gives {before.name} more than before, so a second person confirms it: another owner, or the compliance officer. It waits on this page for seven days; until then she keeps the roles that she has.
        </p>
        <Button onClick={onDone}>Done</Button>
      </div>
    )
  const rolesChange = !same(entry.roles, before.roles)
  const gains = entry.roles.filter((role) => !before.roles.includes(role))
  const titles = (roles.data ?? []).filter(({ name }) => gains.includes(name)).map(({ title }) => title)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form className="n-team__form" onSubmit={submit}>
      {save.error && <ErrorNotice error={save.error} onFix={go} />}
      <PersonFields entry={entry} onChange={setEntry} error={save.error} />
      {rolesChange && (
        <>
          <p className="n-team__note">
            {gains.length > 0
              ? `${titles.join(', ')}: what this adds takes effect when a second person has confirmed it. What you only take away ends at once.`
              : 'This takes access away: it takes effect at once, wherever she is signed in.'}
          </p>
          <Textarea label="Why" description="For whoever confirms it, and for the record" maxLength={500} autosize minRows={2} value={reason} error={fieldError(save.error, 'reason')} onChange={(event) => setReason(event.currentTarget.value)} />
        </>
      )}
      <div className="n-team__foot">
        <Button type="submit" loading={save.isPending} disabled={entry.roles.length === 0 || entry.locationIds.length === 0}>
          Save
        </Button>
        {user.id !== before.id && user.grants.has('user.offboard') && (
          <Button variant="subtle" color="red" leftSection={<IconUserOff size={18} stroke={1.75} aria-hidden />} onClick={() => setLeaving(true)}>
            She leaves
          </Button>
        )}
      </div>
    </form>
  )
}
