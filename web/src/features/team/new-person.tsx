import { Button, Checkbox, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import { newPassword, newTotpSecret, totpUri } from './first-sign-in.ts'
import { ROLES, usersKey } from './team-data.ts'

type Made = operations['user.create']['responses'][200]['content']['application/json']
interface Secrets {
  email: string
  password: string
  totpSecret: string
}
interface NewPersonProps {
  /** the account is there, and what is shown must be handed over before this is closed */
  onMade: () => void
  onDone: () => void
}

const usePractice = () => useQuery({ queryKey: ['practice'], queryFn: () => data(api.GET('/api/practice')) })

/** Adds a person with both factors. What the person signs in with is shown once. */
export function NewPerson({ onMade, onDone }: NewPersonProps) {
  const queries = useQueryClient()
  const practice = usePractice()
  const [secrets] = useState(() => ({ password: newPassword(), totpSecret: newTotpSecret() }))
  const [entry, setEntry] = useState({ name: '', email: '', credential: '' })
  const [roles, setRoles] = useState<string[]>([])
  const [places, setPlaces] = useState<string[]>()
  const [treats, setTreats] = useState<boolean>()
  const locations = practice.data?.locations ?? []
  const locationIds = places ?? locations.map(({ id }) => id)
  const isProvider = treats ?? roles.some((role) => role === 'provider' || role === 'medical-director')
  const create = useMutation({
    mutationFn: () => data(api.POST('/api/users', { body: { ...entry, ...secrets, roles, locationIds, isProvider } })),
    onSuccess: async () => {
      onMade()
      await queries.invalidateQueries({ queryKey: usersKey })
    },
  })
  if (create.data) return <HandOver made={create.data} secrets={{ email: entry.email, ...secrets }} practiceName={practice.data?.name ?? 'Nacre'} onDone={onDone} />
  const field = (name: keyof typeof entry) => ({
    value: entry[name],
    error: create.error instanceof Problem ? create.error.errors.find(({ path }) => path === name)?.message : undefined,
    onChange: (event: { currentTarget: { value: string } }) => setEntry({ ...entry, [name]: event.currentTarget.value }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <form className="n-team__form" onSubmit={submit}>
      {create.error && <ErrorNotice error={create.error} />}
      <div className="n-team__pair">
        <TextInput data-autofocus label="Name" required maxLength={120} autoComplete="off" {...field('name')} />
        <TextInput label="Credential" placeholder="RN, NP, MD" maxLength={20} autoComplete="off" {...field('credential')} />
      </div>
      <TextInput label="E-mail" type="email" required maxLength={254} autoComplete="off" description="Nobody else’s: one person, one login" {...field('email')} />
      <Checkbox.Group label="Roles" description="As few as the work needs" value={roles} onChange={setRoles}>
        <div className="n-team__choices">
          {ROLES.map(({ value, label, does }) => (
            <Checkbox key={value} value={value} label={label} description={does} />
          ))}
        </div>
      </Checkbox.Group>
      {locations.length > 1 && (
        <Checkbox.Group label="Works at" value={locationIds} onChange={setPlaces}>
          <div className="n-team__choices">
            {locations.map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      <Switch label="Treats patients" description="Has a column in the calendar" checked={isProvider} onChange={(event) => setTreats(event.currentTarget.checked)} />
      <Button type="submit" loading={create.isPending} disabled={roles.length === 0 || locationIds.length === 0}>
        Add {entry.name.trim() || 'this person'}
      </Button>
    </form>
  )
}

interface HandOverProps {
  made: Made
  secrets: Secrets
  practiceName: string
  onDone: () => void
}

function HandOver({ made, secrets, practiceName, onDone }: HandOverProps) {
  const [kept, setKept] = useState(false)
  return (
    <div className="n-team__form">
      <p style={{ margin: 0 }}>
        <strong>{made.name}</strong> can sign in now. Hand this over in person: it is shown once, and nobody can look it up again.
      </p>
      <div className="n-team__once">
        <QrCode text={totpUri(secrets.totpSecret, secrets.email, practiceName)} label={`QR code for the authenticator app of ${made.name}`} sizePixels={176} />
        <dl>
          <dt>E-mail</dt>
          <dd>{secrets.email}</dd>
          <dt>First password</dt>
          <dd>{secrets.password}</dd>
          <dt>Authenticator secret, if the code cannot be scanned</dt>
          <dd>{secrets.totpSecret}</dd>
        </dl>
      </div>
      <div>
        <p style={{ margin: '0 0 8px' }}>Recovery codes, each works once in place of the authenticator:</p>
        <ul className="n-team__codes">
          {made.recoveryCodes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <Checkbox label="The code is scanned, and the rest is in the right hands" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <Button disabled={!kept} onClick={onDone}>
        Done
      </Button>
    </div>
  )
}
