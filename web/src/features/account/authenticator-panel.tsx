import { Button, Modal, TextInput } from '@mantine/core'
import { IconDeviceMobileCode } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { QrCode } from '../../ui/qr-code.tsx'
import { toast } from '../calendar/toast.tsx'
import { AccountCard } from './account-card.tsx'
import type { Account } from './password-panel.tsx'
import { SmallError } from './small-error.tsx'

export function AuthenticatorPanel({ account }: { account: Account }) {
  const [opened, setOpened] = useState(false)
  const begin = useMutation({ mutationFn: () => data(api.POST('/api/account/authenticator')) })
  const open = () => {
    begin.mutate(undefined, { onSuccess: () => setOpened(true) })
  }
  return (
    <AccountCard
      icon={IconDeviceMobileCode}
      title="Authenticator"
      hint={account.hasAuthenticator ? 'An app that shows six digits, the second factor beside your password.' : 'You have none yet. An app shows six digits, the second factor beside your password.'}
      action={
        <Button variant="default" loading={begin.isPending} onClick={open}>
          {account.hasAuthenticator ? 'Change authenticator' : 'Add an authenticator'}
        </Button>
      }
    >
      {begin.error && <SmallError error={begin.error} />}
      <Modal opened={opened} onClose={() => setOpened(false)} title="A new authenticator" closeButtonProps={{ 'aria-label': 'Close' }}>
        {begin.data && <Scan {...begin.data} onDone={() => setOpened(false)} />}
      </Modal>
    </AccountCard>
  )
}

function Scan({ secret, uri, onDone }: { secret: string; uri: string; onDone: () => void }) {
  const [code, setCode] = useState('')
  const change = useMutation({
    mutationFn: () => data(api.PUT('/api/account/authenticator', { body: { code } })),
    onSuccess: () => {
      onDone()
      toast({ message: 'Your new authenticator is in use; the old one is not any more.' })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <form className="n-account__form" onSubmit={submit}>
      <p className="n-account__lead">Scan this with your authenticator app. The one you have keeps working until the new one has shown its first code.</p>
      <div className="n-account__scan">
        <QrCode text={uri} label="QR code for your authenticator app" sizePixels={176} />
        <div>
          <span className="n-account__dim">Or type this into the app</span>
          <code>{secret}</code>
        </div>
      </div>
      <TextInput data-autofocus label="The six digits it shows now" size="md" required inputMode="numeric" autoComplete="one-time-code" maxLength={10} value={code} onChange={(e) => setCode(e.currentTarget.value)} />
      {change.error && <SmallError error={change.error} />}
      <Button type="submit" size="md" loading={change.isPending}>
        Use this one
      </Button>
    </form>
  )
}
