import { Button, Divider, PasswordInput, TextInput } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Navigate, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { nothing, Problem, request } from '../../api.ts'
import { askAnyPasskey, canUsePasskeys, offerInAutofill, PasskeyError, type UsedPasskey } from '../../passkeys.ts'
import { useSessionControls } from '../../session.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PersonTiles } from '../devices/person-tiles.tsx'
import { Wordmark } from '../../ui/wordmark.tsx'
import { SecondFactorForm } from '../sso/second-factor-form.tsx'
import { SsoButtons } from '../sso/sso-buttons.tsx'
import { readSsoReturn } from '../sso/sso-return.ts'
import { askSetUp } from './set-up-state.ts'
import './session.css'

/** A sentence of ours, shown as any other problem is. */
const shown = (failure: unknown) => (failure instanceof PasskeyError ? new Problem({ status: 401, title: failure.message }) : failure)

/** A passkey in one touch; or password and second factor in one form: one answer, which does not tell which of them was wrong. */
export function SignInPage() {
  const { state, refresh } = useSessionControls()
  const navigate = useNavigate()
  const setUp = useQuery({ queryKey: ['set-up'], queryFn: askSetUp })
  const [returned] = useState(() => readSsoReturn(window.location.hash))
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState<'form' | 'passkey' | 'second'>()

  const enter = async () => {
    await refresh()
    await navigate({ to: '/', replace: true })
  }
  const attempt = async (how: NonNullable<typeof busy>, signIn: () => Promise<void>) => {
    setBusy(how)
    setError(undefined)
    try {
      await signIn()
      await enter()
    } catch (failure) {
      setError(shown(failure))
      setCode('')
    } finally {
      setBusy(undefined)
    }
  }
  const enterWith = (passkey: UsedPasskey) => request('POST', '/api/session/passkey', nothing, { body: { passkey } })
  const isReady = setUp.data?.needed === false && state.kind === 'signed-out'
  const fromAutofill = useRef((_: UsedPasskey) => {})
  fromAutofill.current = (passkey) => void attempt('passkey', () => enterWith(passkey))
  // One question at a time: while a button has asked, the suggestions wait.
  useEffect(() => (isReady && busy === undefined ? offerInAutofill((passkey) => fromAutofill.current(passkey)) : undefined), [isReady, busy])

  if (setUp.data?.needed) return <Navigate to="/set-up" replace />
  if (state.kind === 'signed-in') return <Navigate to={state.session.user.home} replace />
  if (returned?.kind === 'second')
    return (
      <main className="n-gate">
        <SecondFactorForm half={returned.half} onDone={enter} />
      </main>
    )

  const submit = (event: FormEvent) => {
    event.preventDefault()
    void attempt('form', () => request('POST', '/api/session', nothing, { body: { email, password, code } }))
  }
  const passkeyInsteadOfCode = () =>
    void attempt('second', async () => request('POST', '/api/session', nothing, { body: { email, password, passkey: await askAnyPasskey() } }))
  const withPasskeys = canUsePasskeys()
  return (
    <main className="n-gate">
      <PersonTiles onOther={() => undefined} />
      <form className="n-gate__card" onSubmit={submit}>
        <Wordmark />
        <div>
          <h1 className="n-gate__title">Sign in</h1>
          <p className="n-gate__lead">Your own login, your own second factor.</p>
        </div>
        {error !== undefined && <ErrorNotice error={error} whatToDo="" />}
        {error === undefined && returned?.kind === 'failed' && <ErrorNotice error={new Problem({ status: 401, title: returned.words })} whatToDo="" />}
        {withPasskeys && (
          <Button
            size="md"
            variant="light"
            leftSection={<IconKey size={18} stroke={1.75} aria-hidden />}
            loading={busy === 'passkey'}
            onClick={() => void attempt('passkey', async () => enterWith(await askAnyPasskey()))}
          >
            Use a passkey
          </Button>
        )}
        <SsoButtons />
        {withPasskeys && <Divider label="or with your password" />}
        <div className="n-gate__fields">
          <TextInput label="E-mail" type="email" name="email" autoComplete="username webauthn" required size="md" value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
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
        <Button type="submit" size="md" loading={busy === 'form'}>
          Sign in
        </Button>
        {withPasskeys && email !== '' && password !== '' && (
          <Button variant="subtle" size="md" loading={busy === 'second'} onClick={passkeyInsteadOfCode}>
            Use a passkey instead of the code
          </Button>
        )}
        <Button component="a" href="/recover" variant="subtle" size="md">
          Cannot sign in?
        </Button>
      </form>
    </main>
  )
}
