import { Button, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { HandOver } from './hand-over.tsx'
import { fieldError, PersonFields } from './person-fields.tsx'
import { useAccessChanged, usePractice, useRoles } from './team-data.ts'

/** Opens the way for somebody new. She chooses her own password and second factor: nobody here sees them. */
export function InvitePerson({ onDone }: { onDone: () => void }) {
  const go = useGo()
  const changed = useAccessChanged()
  const practice = usePractice()
  const roles = useRoles()
  const [typed, setTyped] = useState<{ name: string; credential: string; email: string; roles: readonly string[]; reason: string }>({ name: '', credential: '', email: '', roles: [], reason: '' })
  const [places, setPlaces] = useState<readonly string[]>()
  const [treats, setTreats] = useState<boolean>()
  const chosen = (roles.data ?? []).filter(({ name }) => typed.roles.includes(name))
  const entry = {
    ...typed,
    locationIds: places ?? (practice.data?.locations ?? []).map(({ id }) => id),
    isProvider: treats ?? chosen.some(({ clinical }) => clinical),
  }
  const manages = chosen.some((role) => role.manages)
  const invite = useMutation({
    mutationFn: () => data(api.POST('/api/invitations', { body: { ...entry, roles: [...entry.roles], locationIds: [...entry.locationIds] } })),
    onSuccess: changed,
  })
  if (invite.data?.link)
    return (
      <div className="n-team__form">
        <p className="n-team__lead">
          A message with this link is on its way to <strong>{entry.email}</strong>. You may also hand it over now: it works once, for three days, and is shown only here.
        </p>
        <HandOver link={invite.data.link} label={`QR code with the invitation of ${entry.name}`} />
        <Button onClick={onDone}>Done</Button>
      </div>
    )
  if (invite.data)
    return (
      <div className="n-team__form">
        <p className="n-team__lead">
          <strong>{entry.name}</strong> would give and take other people’s access, so a second person confirms first. Then the link goes to {entry.email}.
        </p>
        <Button onClick={onDone}>Done</Button>
      </div>
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate()
  }
  return (
    <form className="n-team__form" onSubmit={submit}>
      {invite.error && <ErrorNotice error={invite.error} onFix={go} />}
      <TextInput label="E-mail" type="email" required maxLength={254} autoComplete="off" description="Nobody else’s: one person, one login" value={typed.email} error={fieldError(invite.error, 'email')} onChange={(event) => setTyped({ ...typed, email: event.currentTarget.value })} />
      <PersonFields
        entry={entry}
        error={invite.error}
        onChange={(next) => {
          setTyped({ ...typed, name: next.name, credential: next.credential, roles: next.roles })
          if (next.locationIds !== entry.locationIds) setPlaces(next.locationIds)
          if (next.isProvider !== entry.isProvider) setTreats(next.isProvider)
        }}
      />
      {manages && (
        <Textarea label="Why" description="For whoever confirms it, and for the record" maxLength={500} autosize minRows={2} value={typed.reason} error={fieldError(invite.error, 'reason')} onChange={(event) => setTyped({ ...typed, reason: event.currentTarget.value })} />
      )}
      <Button type="submit" loading={invite.isPending} disabled={entry.roles.length === 0 || entry.locationIds.length === 0}>
        Invite {entry.name.trim() || 'this person'}
      </Button>
    </form>
  )
}
