import { useEffect, useState } from 'react'
import { Modal } from '@mantine/core'
import { useUrlState } from '../../url-state.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { useAccount } from './account-data.ts'
import { AuthenticatorPanel } from './authenticator-panel.tsx'
import { PasskeysPanel } from './passkeys-panel.tsx'
import { PasswordPanel } from './password-panel.tsx'
import { ProveForm } from './prove-dialog.tsx'
import { RecoveryCodesPanel } from './recovery-codes-panel.tsx'
import { SessionsPanel } from './sessions-panel.tsx'
import './account.css'

/** What signs a person in, and where she is signed in. `?prove=1`: the button of a refusal that wants a fresh proof. */
export function AccountPage() {
  const account = useAccount()
  const [{ prove }, setUrl] = useUrlState()
  const [proving, setProving] = useState(prove === '1')
  useEffect(() => {
    if (prove !== undefined) setUrl({ prove: undefined })
  }, [prove, setUrl])
  if (account.error) return <ErrorNotice error={account.error} onRetry={() => void account.refetch()} />
  if (!account.data) return <SkeletonCard label="Loading your account" />
  return (
    <div className="n-account">
      <PageHeader title="Your account" subtitle={`${account.data.name}, ${account.data.email}`} />
      <PasskeysPanel />
      <PasswordPanel account={account.data} />
      <AuthenticatorPanel account={account.data} />
      <RecoveryCodesPanel account={account.data} />
      <SessionsPanel />
      <Modal opened={proving} onClose={() => setProving(false)} title="Show once more that it is you" closeButtonProps={{ 'aria-label': 'Close' }}>
        <ProveForm onProven={() => setProving(false)} />
      </Modal>
    </div>
  )
}
