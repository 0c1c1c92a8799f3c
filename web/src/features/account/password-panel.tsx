import { Button, Modal, PasswordInput } from '@mantine/core'
import { IconPassword } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useLocation } from '../../place.ts'
import { formatDate } from '../../ui/format.ts'
import { toast } from '../calendar/toast.tsx'
import { AccountCard } from './account-card.tsx'
import { accountKey, type useAccount } from './account-data.ts'
import { SmallError } from './small-error.tsx'

export type Account = NonNullable<ReturnType<typeof useAccount>['data']>

export function PasswordPanel({ account }: { account: Account }) {
  const { timeZone } = useLocation()
  const [opened, setOpened] = useState(false)
  const { passwordChangedAt } = account
  return (
    <AccountCard
      icon={IconPassword}
      title="Password"
      hint={passwordChangedAt ? `Changed on ${formatDate(passwordChangedAt, { timeZone })}. A good one need never change.` : 'A good one need never change.'}
      action={
        <Button variant="default" onClick={() => setOpened(true)}>
          Change password
        </Button>
      }
    >
      <Modal opened={opened} onClose={() => setOpened(false)} title="Change your password" closeButtonProps={{ 'aria-label': 'Close' }}>
        <ChangePassword email={account.email} onDone={() => setOpened(false)} />
      </Modal>
    </AccountCard>
  )
}

function ChangePassword({ email, onDone }: { email: string; onDone: () => void }) {
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () => data(api.PUT('/api/account/password', { body: { password } })),
    onSuccess: async ({ ended }) => {
      onDone()
      toast({ message: ended === 0 ? 'Your password is changed.' : `Your password is changed, and ${ended} other ${ended === 1 ? 'session is' : 'sessions are'} ended.` })
      await queries.invalidateQueries({ queryKey: accountKey })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <form className="n-account__form" onSubmit={submit}>
      <p className="n-account__lead">
        At least 12 characters; four unrelated words are easy to remember. It is compared with lists of stolen passwords, here and without telling anybody. All your other
        sessions end.
      </p>
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <PasswordInput data-autofocus label="New password" size="md" required minLength={12} maxLength={200} autoComplete="new-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
      {change.error && <SmallError error={change.error} />}
      <Button type="submit" size="md" loading={change.isPending}>
        Change it
      </Button>
    </form>
  )
}
