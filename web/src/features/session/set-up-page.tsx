import { Button, Checkbox, PasswordInput, Select, TextInput } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { useState, type FormEvent, type ReactNode } from 'react'
import { Problem } from '../../api.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import { Wordmark } from '../../ui/wordmark.tsx'
import { askSecondFactor, askSetUp, sendSetUp, type SecondFactor, type SetUpDone } from './set-up-state.ts'
import './session.css'

const zones = Intl.supportedValuesOf('timeZone')
const here = Intl.DateTimeFormat().resolvedOptions().timeZone

const empty = {
  code: '', practiceName: '', practicePhone: '', locationName: '', address: '', timeZone: zones.includes(here) ? here : 'America/New_York',
  name: '', email: '', password: '', totpCode: '',
}
type Entry = typeof empty

/** The first visit: practice, first location, first administrator with both factors, recovery codes, key back-up. */
export function SetUpPage() {
  const state = useQuery({ queryKey: ['set-up'], queryFn: askSetUp, staleTime: Infinity })
  const [entry, setEntry] = useState<Entry>(empty)
  const [factor, setFactor] = useState<SecondFactor>()
  const [done, setDone] = useState<SetUpDone>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  if (done) return <KeepSafe done={done} />
  if (state.data && !state.data.needed) return <Navigate to="/sign-in" replace />

  const field = (name: keyof Entry) => ({
    name,
    value: entry[name],
    size: 'md' as const,
    required: name !== 'practicePhone',
    error: errorOf(error, name),
    onChange: (event: { currentTarget: { value: string } }) => setEntry({ ...entry, [name]: event.currentTarget.value }),
  })
  const run = async (work: () => Promise<void>) => {
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      if (!factor) return setFactor(await askSecondFactor(entry.email))
      const { locationName, address, timeZone, ...rest } = entry
      setDone(await sendSetUp({ ...rest, totpSecret: factor.totpSecret, location: { name: locationName, address, timeZone } }))
    })
  }
  return (
    <main className="n-gate">
      <form className="n-gate__card" data-width="wide" onSubmit={submit}>
        <Wordmark />
        <div>
          <h1 className="n-gate__title">Set up your practice</h1>
          <p className="n-gate__lead">Once, in about two minutes. Everything can be changed later.</p>
        </div>
        {error !== undefined && <ErrorNotice error={error} />}
        <Part title="This server">
          <TextInput label="Set-up code" description="Eight digits; the terminal that started Nacre shows them" inputMode="numeric" autoComplete="off" {...field('code')} />
        </Part>
        <Part title="The practice and its first location">
          <TextInput label="Name of the practice" autoComplete="organization" {...field('practiceName')} />
          <div className="n-gate__pair">
            <TextInput label="Phone for patients" type="tel" {...field('practicePhone')} />
            <TextInput label="Name of the location" {...field('locationName')} />
          </div>
          <TextInput label="Address" autoComplete="street-address" {...field('address')} />
          <Select label="Time zone" searchable size="md" data={zones} value={entry.timeZone} allowDeselect={false} onChange={(value) => value && setEntry({ ...entry, timeZone: value })} />
        </Part>
        <Part title="You, the first administrator">
          <div className="n-gate__pair">
            <TextInput label="Your name" autoComplete="name" {...field('name')} />
            <TextInput label="E-mail" type="email" autoComplete="username" {...field('email')} />
          </div>
          <PasswordInput label="Password" description="At least 12 characters; four or more unrelated words are best" autoComplete="new-password" {...field('password')} />
        </Part>
        {factor && (
          <Part title="Your second factor">
            <div className="n-gate__factor">
              <QrCode text={factor.uri} label="QR code for your authenticator app" />
              <div>
                <span>Scan with an authenticator app, or type the secret:</span>
                <code className="n-gate__secret">{factor.totpSecret}</code>
                <TextInput label="The six digits it shows now" inputMode="numeric" autoComplete="one-time-code" autoFocus {...field('totpCode')} />
              </div>
            </div>
          </Part>
        )}
        <Button type="submit" size="md" loading={busy}>
          {factor ? 'Set up Nacre' : 'Continue to the second factor'}
        </Button>
      </form>
    </main>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }} className="n-gate__fields">
      <legend style={{ padding: 0, fontWeight: 600, marginBlockEnd: 12 }}>{title}</legend>
      {children}
    </fieldset>
  )
}

const paths: Partial<Record<string, keyof Entry>> = { 'location.name': 'locationName', 'location.address': 'address' }
const errorOf = (error: unknown, name: keyof Entry): string | undefined =>
  error instanceof Problem ? error.errors.find(({ path }) => (paths[path] ?? path) === name)?.message : undefined

function KeepSafe({ done }: { done: SetUpDone }) {
  const [kept, setKept] = useState(false)
  const save = (text: string, fileName: string) => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    link.download = fileName
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <main className="n-gate">
      <div className="n-gate__card" data-width="wide">
        <Wordmark />
        <div>
          <h1 className="n-gate__title">Keep these two things safe</h1>
          <p className="n-gate__lead">They are shown once. Nobody, not even we, can make them again.</p>
        </div>
        <section className="n-gate__fields" aria-labelledby="codes">
          <h2 id="codes" style={{ fontSize: 18, margin: 0 }}>Your recovery codes</h2>
          <span>Each works once in place of your authenticator, when your phone is lost.</span>
          <ul className="n-gate__codes">{done.recoveryCodes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
        </section>
        <section className="n-gate__fields" aria-labelledby="key">
          <h2 id="key" style={{ fontSize: 18, margin: 0 }}>The key of this server</h2>
          <span>Without it nobody can read the data, backups included. Keep it apart from the data: a password manager, a safe.</span>
          <Button variant="default" size="md" leftSection={<IconDownload size={18} aria-hidden />} onClick={() => save(done.keyBackup, 'nacre-key-backup.json')}>
            Download the key back-up
          </Button>
        </section>
        <Checkbox size="md" label="I have kept both" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
        <Button size="md" disabled={!kept} onClick={() => window.location.assign('/sign-in')}>
          Sign in
        </Button>
      </div>
    </main>
  )
}
