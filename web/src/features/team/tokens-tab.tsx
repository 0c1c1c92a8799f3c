import { Button, Checkbox, CopyButton, Modal, NumberInput, TextInput } from '@mantine/core'
import { IconCheck, IconCopy, IconKey, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate, formatDateTime } from '../../ui/format.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { ActionList, Reach } from './action-list.tsx'
import { fieldError } from './person-fields.tsx'
import { useAccessChanged, type ActionLine, type Token } from './team-data.ts'

const DEFAULT_DAYS = 90
const LONGEST_DAYS = 365

const useMine = (may: boolean) => useQuery({ queryKey: ['tokens', 'mine'], queryFn: () => data(api.GET('/api/tokens/mine')), enabled: may })
const useAll = (may: boolean) => useQuery({ queryKey: ['tokens', 'all'], queryFn: () => data(api.GET('/api/tokens')), enabled: may })

/** Programs that act for a person: what each may do, until when, and when it was last used. */
export function TokensTab() {
  const { user } = useSession()
  const mine = useMine(user.grants.has('token.mine'))
  const all = useAll(user.grants.has('token.list'))
  const [making, setMaking] = useState(false)
  const tokens = all.data ?? mine.data?.tokens
  const error = all.error ?? mine.error
  return (
    <div className="n-team">
      <div className="n-team__head">
        <p className="n-team__note">A token lets a program do what you choose from what you may do yourself. It never does more than you, and ends when you leave.</p>
        {user.grants.has('token.create') && (
          <Button leftSection={<IconPlus size={18} stroke={1.75} aria-hidden />} onClick={() => setMaking(true)}>
            Make a token
          </Button>
        )}
      </div>
      {error && <ErrorNotice error={error} />}
      {!tokens && !error && <SkeletonRows rows={3} label="Loading tokens" />}
      {tokens?.length === 0 && <EmptyState icon={IconKey} title="No program has access" hint="Tokens for integrations appear here, with what they may do and when they were last used." />}
      {tokens && tokens.length > 0 && (
        <ul className="n-team__rows n-panel" aria-label="Tokens">
          {tokens.map((token) => (
            <Line key={token.id} token={token} />
          ))}
        </ul>
      )}
      <Modal opened={making} onClose={() => setMaking(false)} title="Make a token" size="lg" closeOnClickOutside={false} closeButtonProps={{ 'aria-label': 'Close' }}>
        {making && mine.data && <NewToken mayDo={mine.data.mayDo} onDone={() => setMaking(false)} />}
      </Modal>
    </div>
  )
}

const states = { works: undefined, expired: { tone: 'neutral', label: 'Expired' }, revoked: { tone: 'neutral', label: 'Revoked' } } as const

function Line({ token }: { token: Token }) {
  const { timeZone } = useLocation()
  const go = useGo()
  const changed = useAccessChanged()
  const [looking, setLooking] = useState(false)
  const { id, label, owner, own, does, state, expiresAt, lastUsedAt } = token
  const revoke = useMutation({ mutationFn: () => data(api.POST('/api/tokens/{tokenId}/revoke', { params: { path: { tokenId: id } } })), onSuccess: changed })
  const look = states[state]
  return (
    <li>
      <div className="n-team__row">
        <div>
          <strong>{label}</strong>
          <p>
            {own ? 'Yours' : owner} · until {formatDate(expiresAt, { timeZone })} · {lastUsedAt ? `last used ${formatDateTime(lastUsedAt, { timeZone })}` : 'never used'}
          </p>
        </div>
        {look && <StatusChip {...look} />}
        <div className="n-team__buttons">
          <Button variant="subtle" aria-expanded={looking} onClick={() => setLooking(!looking)}>
            {looking ? 'Less' : `${does.length} ${does.length === 1 ? 'action' : 'actions'}`}
          </Button>
          {state === 'works' && (
            <Button variant="default" color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
              Revoke
            </Button>
          )}
        </div>
      </div>
      {revoke.error && <ErrorNotice error={revoke.error} onFix={go} />}
      {looking && <ActionList title="May" actions={does} />}
    </li>
  )
}

function NewToken({ mayDo, onDone }: { mayDo: readonly ActionLine[]; onDone: () => void }) {
  const { user } = useSession()
  const go = useGo()
  const changed = useAccessChanged()
  const [label, setLabel] = useState('')
  const [days, setDays] = useState(DEFAULT_DAYS)
  const [actions, setActions] = useState<string[]>([])
  const [places, setPlaces] = useState<string[]>(() => user.locations.map(({ id }) => id))
  const areas = useMemo(() => [...Map.groupBy(mayDo, ({ area }) => area)], [mayDo])
  const make = useMutation({ mutationFn: () => data(api.POST('/api/tokens', { body: { label, actions, locationIds: places, days } })), onSuccess: changed })
  if (make.data)
    return (
      <div className="n-team__form">
        <p className="n-team__lead">Put this into the program now. It is shown only here; only its keyed hash is kept.</p>
        <code className="n-team__link">{make.data.token}</code>
        <CopyButton value={make.data.token}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy} leftSection={copied ? <IconCheck size={18} stroke={1.75} aria-hidden /> : <IconCopy size={18} stroke={1.75} aria-hidden />}>
              {copied ? 'Copied' : 'Copy the token'}
            </Button>
          )}
        </CopyButton>
        <p className="n-team__note">
          It is sent with each request: <code>Authorization: Bearer …</code>
        </p>
        <Button onClick={onDone}>Done</Button>
      </div>
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form className="n-team__form" onSubmit={submit}>
      {make.error && <ErrorNotice error={make.error} onFix={go} />}
      <div className="n-team__pair">
        <TextInput data-autofocus label="What is it for?" required minLength={2} maxLength={80} autoComplete="off" value={label} error={fieldError(make.error, 'label')} onChange={(event) => setLabel(event.currentTarget.value)} />
        <NumberInput label="Days until it ends" required min={1} max={LONGEST_DAYS} value={days} error={fieldError(make.error, 'days')} onChange={(value) => setDays(Number(value) || DEFAULT_DAYS)} />
      </div>
      {user.locations.length > 1 && (
        <Checkbox.Group label="Works at" value={places} onChange={setPlaces}>
          <div className="n-team__choices">
            {user.locations.map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      <Checkbox.Group label="May" description="As little as the program needs" value={actions} onChange={setActions} error={fieldError(make.error, 'actions')}>
        {areas.map(([area, lines]) => (
          <fieldset key={area} className="n-role__area">
            <legend>{area}</legend>
            {lines.map(({ name, does, phi }) => (
              <div key={name} className="n-role__action">
                <Checkbox value={name} label={does} />
                <Reach phi={phi} />
              </div>
            ))}
          </fieldset>
        ))}
      </Checkbox.Group>
      <Button type="submit" loading={make.isPending} disabled={actions.length === 0 || places.length === 0}>
        Make the token
      </Button>
    </form>
  )
}
