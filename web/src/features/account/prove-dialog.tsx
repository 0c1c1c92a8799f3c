import { Button, Divider, Modal, PasswordInput, TextInput } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { nothing, onStepUp, request } from '../../api.ts'
import { askOwnPasskey, canUsePasskeys } from '../../passkeys.ts'
import { useSession } from '../../session.tsx'
import { SmallError } from './small-error.tsx'
import './account.css'

/** Opens over any page when the server wants to know once more who is here, and goes on with what was asked. */
export function ProveDialog() {
  const waiting = useRef<(outcome: 'proven' | 'declined') => void>(undefined)
  const [opened, setOpened] = useState(false)
  useEffect(
    () =>
      onStepUp(
        () =>
          new Promise((resolve) => {
            waiting.current = resolve
            setOpened(true)
          }),
      ),
    [],
  )
  const settle = (outcome: 'proven' | 'declined') => {
    setOpened(false)
    waiting.current?.(outcome)
    waiting.current = undefined
  }
  return (
    <Modal
      opened={opened}
      onClose={() => settle('declined')}
      title="Show once more that it is you"
      // Above whatever dialog asked for it.
      zIndex={400}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <ProveForm onProven={() => settle('proven')} />
    </Modal>
  )
}

export function ProveForm({ onProven }: { onProven: () => void }) {
  const { hasPasskey, user } = useSession()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState<'passkey' | 'password'>()
  const prove = async (how: 'passkey' | 'password', body: () => Promise<object>) => {
    setBusy(how)
    setError(undefined)
    try {
      await request('POST', '/api/session/prove', nothing, { body: await body() })
      onProven()
    } catch (failure) {
      setError(failure)
      setCode('')
    } finally {
      setBusy(undefined)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void prove('password', () => Promise.resolve({ password, code }))
  }
  const withPasskey = hasPasskey && canUsePasskeys()
  return (
    <form className="n-account__form" onSubmit={submit}>
      <p className="n-account__lead">
        Nobody else at your screen should be able to take this step. Nothing you entered is lost, and you will not be asked again for ten minutes.
      </p>
      {error !== undefined && <SmallError error={error} />}
      {withPasskey && (
        <>
          <Button
            data-autofocus
            size="md"
            leftSection={<IconKey size={18} stroke={1.75} aria-hidden />}
            loading={busy === 'passkey'}
            onClick={() => void prove('passkey', async () => ({ passkey: await askOwnPasskey() }))}
          >
            Use your passkey
          </Button>
          <Divider label="or" />
        </>
      )}
      {/* For the password manager: whose password this is. */}
      <input type="hidden" name="username" autoComplete="username" value={user.name} readOnly />
      <PasswordInput label="Password" size="md" required autoComplete="current-password" data-autofocus={!withPasskey || undefined} value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
      <TextInput
        label="Code from your authenticator"
        description="Six digits, or one of your recovery codes. A code works once."
        size="md"
        required
        autoComplete="one-time-code"
        inputMode="numeric"
        value={code}
        onChange={(e) => setCode(e.currentTarget.value)}
      />
      <Button type="submit" size="md" variant={withPasskey ? 'default' : 'filled'} loading={busy === 'password'}>
        Confirm
      </Button>
    </form>
  )
}
