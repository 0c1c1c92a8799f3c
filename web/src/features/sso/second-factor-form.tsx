import { Button, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { nothing, request } from '../../api.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'

interface Props {
  half: string
  onDone: () => Promise<void>
}

/** The organisation has said who it is, and not that it asked for two factors: the second one is Nacre's own. */
export function SecondFactorForm({ half, onDone }: Props) {
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await request('POST', '/api/sso/second', nothing, { body: { half, code } })
      await onDone()
    } catch (failure) {
      setError(failure)
      setCode('')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="n-gate__card" onSubmit={(event) => void submit(event)}>
      <div>
        <h1 className="n-gate__title">One more step</h1>
        <p className="n-gate__lead">Your organisation says who you are. Now the code that proves it.</p>
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
      <TextInput
        label="Code from your authenticator"
        description="Six digits, or one of your recovery codes"
        name="code"
        autoComplete="one-time-code"
        inputMode="numeric"
        required
        autoFocus
        size="md"
        value={code}
        onChange={(e) => setCode(e.currentTarget.value)}
      />
      <Button type="submit" size="md" loading={busy}>
        Sign in
      </Button>
    </form>
  )
}
