import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Navigate, useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { nothing, request } from '../../api.ts'
import { useSessionControls } from '../../session.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Wordmark } from '../../ui/wordmark.tsx'
import { askSetUp } from './set-up-state.ts'
import './session.css'

/** Password and second factor in one form: one answer, which does not tell which of them was wrong. */
export function SignInPage() {
  const { state, refresh } = useSessionControls()
  const navigate = useNavigate()
  const setUp = useQuery({ queryKey: ['set-up'], queryFn: askSetUp })
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  if (setUp.data?.needed) return <Navigate to="/set-up" replace />
  if (state.kind === 'signed-in') return <Navigate to={state.session.user.home} replace />

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await request('POST', '/api/session', nothing, { body: { email, password, code } })
      await refresh()
      await navigate({ to: '/', replace: true })
    } catch (failure) {
      setError(failure)
      setCode('')
    } finally {
      setBusy(false)
    }
  }
  return (
    <main className="n-gate">
      <form className="n-gate__card" onSubmit={(event) => void submit(event)}>
        <Wordmark />
        <div>
          <h1 className="n-gate__title">Sign in</h1>
          <p className="n-gate__lead">Your own login, your own second factor.</p>
        </div>
        {error !== undefined && <ErrorNotice error={error} />}
        <div className="n-gate__fields">
          <TextInput label="E-mail" type="email" name="email" autoComplete="username" required size="md" value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
          <PasswordInput label="Password" name="password" autoComplete="current-password" required size="md" value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
          <TextInput
            label="Code from your authenticator"
            description="Six digits, or one of your recovery codes"
            name="code"
            autoComplete="one-time-code"
            inputMode="numeric"
            required
            size="md"
            value={code}
            onChange={(e) => setCode(e.currentTarget.value)}
          />
        </div>
        <Button type="submit" size="md" loading={busy}>
          Sign in
        </Button>
      </form>
    </main>
  )
}
