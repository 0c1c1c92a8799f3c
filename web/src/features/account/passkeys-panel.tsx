import { ActionIcon, Button, Modal, TextInput } from '@mantine/core'
import { IconKey, IconPencil, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { canUsePasskeys, makePasskey } from '../../passkeys.ts'
import { useSessionControls } from '../../session.tsx'
import { useLocation } from '../../place.ts'
import { formatDate, formatDateTime } from '../../ui/format.ts'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { AccountCard } from './account-card.tsx'
import { passkeysKey, usePasskeys, type Passkey } from './account-data.ts'
import { SmallError } from './small-error.tsx'
import { thisDevice } from './this-device.ts'

/** Both factors in one touch: the quickest way in, and one that cannot be phished. */
export function PasskeysPanel() {
  const passkeys = usePasskeys()
  const [adding, setAdding] = useState(false)
  const [changing, setChanging] = useState<{ passkey: Passkey; how: 'rename' | 'remove' }>()
  const close = () => {
    setAdding(false)
    setChanging(undefined)
  }
  const able = canUsePasskeys()
  return (
    <AccountCard
      icon={IconKey}
      title="Passkeys"
      hint="Sign in with your finger, your face or the PIN of your device. No password to type, none to steal."
      action={
        able && (
          <Button leftSection={<IconKey size={18} stroke={1.75} aria-hidden />} onClick={() => setAdding(true)}>
            Add a passkey
          </Button>
        )
      }
    >
      {!able && <p className="n-account__empty">This browser has no passkeys. Open this page in a newer one to add yours.</p>}
      {passkeys.error && <SmallError error={passkeys.error} />}
      {passkeys.isPending && <SkeletonCard label="Loading your passkeys" />}
      {passkeys.data?.length === 0 && able && <p className="n-account__empty">You have none yet. Add one on each device that you use.</p>}
      {passkeys.data && passkeys.data.length > 0 && (
        <ul className="n-account__list">
          {passkeys.data.map((passkey) => (
            <PasskeyLine key={passkey.id} passkey={passkey} onChange={(how) => setChanging({ passkey, how })} />
          ))}
        </ul>
      )}
      <Modal opened={adding} onClose={close} title="Add a passkey" closeButtonProps={{ 'aria-label': 'Close' }}>
        <AddPasskey onDone={close} />
      </Modal>
      <Modal
        opened={changing !== undefined}
        onClose={close}
        title={changing?.how === 'remove' ? 'Remove this passkey?' : 'Name this passkey'}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {changing?.how === 'rename' && <RenamePasskey passkey={changing.passkey} onDone={close} />}
        {changing?.how === 'remove' && <RemovePasskey passkey={changing.passkey} onDone={close} />}
      </Modal>
    </AccountCard>
  )
}

function PasskeyLine({ passkey, onChange }: { passkey: Passkey; onChange: (how: 'rename' | 'remove') => void }) {
  const { timeZone } = useLocation()
  const { name, synced, createdAt, lastUsedAt, stoppedAt } = passkey
  return (
    <li>
      <div>
        <strong>{name}</strong>
        {stoppedAt ? <StatusChip tone="danger" label="Stopped: there may be a copy" /> : synced && <StatusChip tone="neutral" label="On several devices" />}
        <span className="n-account__dim">
          Added {formatDate(createdAt, { timeZone })}
          {lastUsedAt ? `, last used ${formatDateTime(lastUsedAt, { timeZone })}` : ', not used yet'}
        </span>
      </div>
      <div className="n-account__tools">
        <ActionIcon variant="subtle" color="gray" size={44} aria-label={`Rename ${name}`} onClick={() => onChange('rename')}>
          <IconPencil size={20} stroke={1.6} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="red" size={44} aria-label={`Remove ${name}`} onClick={() => onChange('remove')}>
          <IconTrash size={20} stroke={1.6} />
        </ActionIcon>
      </div>
    </li>
  )
}

/** The session says whether she has one, for the lock screen and for proofs. */
function usePasskeysChanged() {
  const queries = useQueryClient()
  const { refresh } = useSessionControls()
  return async () => {
    await Promise.all([queries.invalidateQueries({ queryKey: passkeysKey }), refresh()])
  }
}

function AddPasskey({ onDone }: { onDone: () => void }) {
  const changed = usePasskeysChanged()
  const [name, setName] = useState(thisDevice)
  const add = useMutation({
    mutationFn: async () => {
      const passkey = await makePasskey()
      return data(api.POST('/api/account/passkeys', { body: { name, passkey } }))
    },
    onSuccess: async () => {
      await changed()
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <form className="n-account__form" onSubmit={submit}>
      <TextInput data-autofocus label="What shall it be called?" description="By what you will know the device again" size="md" required maxLength={60} value={name} onChange={(e) => setName(e.currentTarget.value)} />
      {add.error && <SmallError error={add.error} />}
      <Button type="submit" size="md" loading={add.isPending}>
        Continue
      </Button>
    </form>
  )
}

function RenamePasskey({ passkey, onDone }: { passkey: Passkey; onDone: () => void }) {
  const changed = usePasskeysChanged()
  const [name, setName] = useState(passkey.name)
  const rename = useMutation({
    mutationFn: () => data(api.PATCH('/api/account/passkeys/{passkeyId}', { params: { path: { passkeyId: passkey.id } }, body: { name } })),
    onSuccess: async () => {
      await changed()
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate()
  }
  return (
    <form className="n-account__form" onSubmit={submit}>
      <TextInput data-autofocus label="Name" size="md" required maxLength={60} value={name} onChange={(e) => setName(e.currentTarget.value)} />
      {rename.error && <SmallError error={rename.error} />}
      <Button type="submit" size="md" loading={rename.isPending}>
        Save
      </Button>
    </form>
  )
}

function RemovePasskey({ passkey, onDone }: { passkey: Passkey; onDone: () => void }) {
  const changed = usePasskeysChanged()
  const remove = useMutation({
    mutationFn: () => data(api.DELETE('/api/account/passkeys/{passkeyId}', { params: { path: { passkeyId: passkey.id } } })),
    onSuccess: async () => {
      await changed()
      onDone()
    },
  })
  return (
    <div className="n-account__form">
      <p className="n-account__lead">
        <strong>{passkey.name}</strong> will not sign you in any more. Delete it on the device, too.
      </p>
      {remove.error && <SmallError error={remove.error} />}
      <div className="n-account__buttons">
        <Button color="red" size="md" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove it
        </Button>
        <Button variant="default" size="md" onClick={onDone}>
          Keep it
        </Button>
      </div>
    </div>
  )
}
