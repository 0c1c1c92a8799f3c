import { Button, Checkbox, PasswordInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { ownDeviceKey, useOwnDevice, type OwnDevice } from './device-queries.ts'
import { PostureLines } from './posture-lines.tsx'
import './devices.css'

type Enrolled = NonNullable<OwnDevice['device']>

/** This device: what is asked of it, what is known, and step by step what to do about the rest. */
export function FixPage() {
  const own = useOwnDevice()
  if (own.isPending) return <SkeletonPage />
  if (own.isError) return <ErrorNotice error={own.error} onRetry={() => void own.refetch()} />
  const { device, agreement } = own.data
  if (!device) return <EmptyState title="This device is not enrolled" hint="Once it is in the register, this page says how it must be kept." action={{ label: 'Enrol this device', href: '/devices/enrol' }} />
  return (
    <div className="n-devices n-devices--narrow">
      <PageHeader title={device.name} subtitle={`${device.kindTitle} · ${device.ownership === 'personal' ? 'your own' : 'the practice’s'}`} />
      {device.agreementDue && <Agreement agreement={agreement} />}
      <Posture device={device} />
      {device.shared && <OwnPin device={device} />}
    </div>
  )
}

function Posture({ device }: { device: Enrolled }) {
  const queries = useQueryClient()
  const again = useMutation({
    mutationFn: () => data(api.POST('/api/device/check')),
    onSuccess: () => queries.invalidateQueries({ queryKey: ownDeviceKey }),
  })
  const open = device.posture.lines.filter((line) => line.state !== 'good')
  return (
    <section className="n-panel n-fix" aria-labelledby="fix-posture">
      <h2 id="fix-posture">How it is kept</h2>
      <PostureLines lines={device.posture.lines} />
      {open.length > 0 && (
        <div className="n-fix__steps">
          {open.map((line) => (
            <section key={line.fact}>
              <h3>{line.title}: what to do here</h3>
              <ol>{line.steps.map((step) => <li key={step}>{step}</li>)}</ol>
            </section>
          ))}
          {again.isError && <ErrorNotice error={again.error} />}
          {device.reports ? (
            <div className="n-fix__again">
              <Button loading={again.isPending} onClick={() => again.mutate()}>Check again</Button>
              {again.isSuccess && <span role="status">The agent on this device has been asked. It answers within a minute.</span>}
            </div>
          ) : (
            <p>No agent reports from this device. When it is done, an administrator looks at it and records it under Devices.</p>
          )}
        </div>
      )}
    </section>
  )
}

function Agreement({ agreement }: { agreement: OwnDevice['agreement'] }) {
  const queries = useQueryClient()
  const [read, setRead] = useState(false)
  const sign = useMutation({
    mutationFn: () => data(api.POST('/api/device/agreement', { body: { agreementVersion: agreement.version } })),
    onSuccess: () => queries.invalidateQueries(),
  })
  return (
    <section className="n-panel n-enrol__agreement n-fix" aria-labelledby="fix-agreement">
      <h2 id="fix-agreement">{agreement.title}</h2>
      <ul>{agreement.text.map((line) => <li key={line}>{line}</li>)}</ul>
      {sign.isError && <ErrorNotice error={sign.error} />}
      <Checkbox label="I have read this and keep to it" checked={read} onChange={(event) => setRead(event.currentTarget.checked)} />
      <div><Button disabled={!read} loading={sign.isPending} onClick={() => sign.mutate()}>Sign</Button></div>
    </section>
  )
}

function OwnPin({ device }: { device: Enrolled }) {
  const queries = useQueryClient()
  const go = useGo()
  const [pin, setPin] = useState('')
  const asked = useMutation({
    mutationFn: () => data(api.PUT('/api/device/pin', { body: { pin } })),
    onSuccess: async () => {
      setPin('')
      await queries.invalidateQueries({ queryKey: ownDeviceKey })
    },
  })
  const problem = asked.error instanceof Problem && !asked.error.refusal ? asked.error : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    asked.mutate()
  }
  return (
    <section className="n-panel n-fix" aria-labelledby="fix-pin">
      <h2 id="fix-pin">Your PIN at this device</h2>
      <p>
        {device.hasPin ? 'You have one: tap your tile on the lock screen and type it. A new one takes its place.' : 'With it you change to yourself here in two taps. It works at this device only, and for you only.'}
        {device.pinLocked && ' It is closed until you sign in here with your password and second factor.'}
      </p>
      {asked.isError && !problem && <ErrorNotice error={asked.error} onFix={go} />}
      {asked.isSuccess && <p role="status"><strong>Your PIN is set.</strong></p>}
      <form className="n-fix__pin" onSubmit={submit}>
        <PasswordInput
          label={device.hasPin ? 'New PIN' : 'PIN'} description="Six digits or more; no rows, repeats or years" inputMode="numeric" autoComplete="off" size="md" value={pin}
          error={problem ? (problem.errors[0]?.message ?? problem.detail) : undefined}
          onChange={(event) => setPin(event.currentTarget.value.replaceAll(/\D/g, '').slice(0, 12))}
        />
        <Button type="submit" size="md" loading={asked.isPending} disabled={pin.length < 6}>Set PIN</Button>
      </form>
    </section>
  )
}
