import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { Problem } from '../../api.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import { newTotpSecret, totpUri } from './authenticator.ts'

export interface OwnSecretsEntry {
  password: string
  totpSecret: string
  totpCode: string
}

interface OwnSecretsProps {
  /** as her authenticator names the account */
  account: string
  practiceName: string
  error: unknown
  busy: boolean
  submitLabel: string
  onSubmit: (entry: OwnSecretsEntry) => void
  /** asked before everything else */
  children?: ReactNode
}

const errorAt = (error: unknown, path: string) => (error instanceof Problem ? error.errors.find((field) => field.path === path)?.message : undefined)

/** She chooses her own password and her own authenticator. What she chooses is known to nobody else. */
export function OwnSecrets({ account, practiceName, error, busy, submitLabel, onSubmit, children }: OwnSecretsProps) {
  const [totpSecret] = useState(newTotpSecret)
  const [password, setPassword] = useState('')
  const [totpCode, setTotpCode] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit({ password, totpSecret, totpCode })
  }
  return (
    <form className="n-gate__fields" onSubmit={submit}>
      {error !== null && error !== undefined && <ErrorNotice error={error} />}
      {children}
      {/* For the password manager: which account this is. */}
      <input type="text" name="username" autoComplete="username" value={account} readOnly hidden />
      <PasswordInput
        label="Your password"
        description="At least 12 characters; four or more unrelated words are best"
        autoComplete="new-password"
        required
        minLength={12}
        maxLength={200}
        size="md"
        value={password}
        error={errorAt(error, 'password')}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <fieldset className="n-join__factor">
        <legend>Your second factor</legend>
        <div className="n-gate__factor">
          <QrCode text={totpUri(totpSecret, account, practiceName)} label="QR code for your authenticator app" sizePixels={176} />
          <div>
            <span>Scan it with an authenticator app, or type the secret:</span>
            <code className="n-gate__secret">{totpSecret}</code>
            <TextInput
              label="The six digits it shows now"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              size="md"
              value={totpCode}
              error={errorAt(error, 'totpCode')}
              onChange={(event) => setTotpCode(event.currentTarget.value)}
            />
          </div>
        </div>
      </fieldset>
      <Button type="submit" size="md" loading={busy}>
        {submitLabel}
      </Button>
    </form>
  )
}

/** Recovery codes, once. */
export function KeepCodes({ codes, title }: { codes: readonly string[]; title: string }) {
  const [kept, setKept] = useState(false)
  return (
    <>
      <div>
        <h1 className="n-gate__title">{title}</h1>
        <p className="n-gate__lead">Keep these recovery codes where you keep your passwords. Each works once in place of your authenticator, when your phone is lost. They are shown only here.</p>
      </div>
      <ul className="n-gate__codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Checkbox size="md" label="I have kept them" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <Button size="md" disabled={!kept} onClick={() => window.location.assign('/sign-in')}>
        Sign in
      </Button>
    </>
  )
}
