import { Button, Checkbox, Modal } from '@mantine/core'
import { IconLifebuoy } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import { StatusChip } from '../../ui/status-chip.tsx'
import { AccountCard } from './account-card.tsx'
import { accountKey } from './account-data.ts'
import type { Account } from './password-panel.tsx'
import { SmallError } from './small-error.tsx'

const FEW = 3

export function RecoveryCodesPanel({ account: { recoveryCodesLeft } }: { account: Account }) {
  const queries = useQueryClient()
  const [kept, setKept] = useState(false)
  const renew = useMutation({
    mutationFn: () => data(api.POST('/api/account/recovery-codes')),
    onSuccess: () => queries.invalidateQueries({ queryKey: accountKey }),
  })
  const close = () => {
    renew.reset()
    setKept(false)
  }
  return (
    <AccountCard
      icon={IconLifebuoy}
      title="Recovery codes"
      hint={
        <>
          For the day on which the phone is lost: each stands in for the authenticator once.{' '}
          <StatusChip look="plain" tone={recoveryCodesLeft <= FEW ? 'warn' : 'ok'} label={recoveryCodesLeft === 0 ? 'None left' : `${recoveryCodesLeft} left`} />
        </>
      }
      action={
        <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
          Make new codes
        </Button>
      }
    >
      {renew.error && <SmallError error={renew.error} />}
      {/* What is shown once must not vanish with a stray click. */}
      <Modal opened={renew.data !== undefined} onClose={close} title="Your new recovery codes" withCloseButton={false} closeOnClickOutside={false} closeOnEscape={false}>
        <div className="n-account__form">
          <p className="n-account__lead">Write them down or print them, and keep them where your phone is not. They are shown once; the old ones do not work any more.</p>
          <ul className="n-account__codes">
            {renew.data?.recoveryCodes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
          <Checkbox label="I have kept them" checked={kept} onChange={(e) => setKept(e.currentTarget.checked)} />
          <Button size="md" disabled={!kept} onClick={close}>
            Done
          </Button>
        </div>
      </Modal>
    </AccountCard>
  )
}
