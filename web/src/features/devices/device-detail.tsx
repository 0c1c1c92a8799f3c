import { Button, Radio, Select, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { devicesKey, ownDeviceKey, usePolicy, type DeviceCard, type FactLine } from './device-queries.ts'
import { PostureLines } from './posture-lines.tsx'
import { formatRelative } from './when.ts'

interface DetailProps {
  card: DeviceCard
  onDone: () => void
}

/** What is done with a device, asked to be refreshed afterwards. */
const useDoing = <T,>(work: (input: T) => Promise<unknown>, onDone?: () => void) => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: work,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: devicesKey })
      await queries.invalidateQueries({ queryKey: ownDeviceKey })
      onDone?.()
    },
  })
}
const of = (card: DeviceCard) => ({ params: { path: { deviceId: card.id } } })

/** One device: approve it, see how it is kept, record what was seen, end it. */
export function DeviceDetail({ card, onDone }: DetailProps) {
  const { grants } = useSession().user
  if (card.state === 'waiting') return <Approval card={card} onDone={onDone} mayApprove={grants.has('device.approve') ? 'yes' : 'no'} />
  return (
    <div className="n-detail">
      <Facts card={card} />
      {card.state === 'enrolled' && (
        <>
          <section>
            <h3>How it is kept</h3>
            <PostureLines lines={card.posture.lines} />
          </section>
          {grants.has('device.attest') && <Seen card={card} />}
          <Lose card={card} onDone={onDone} />
          {grants.has('device.retire') && <Retire card={card} onDone={onDone} />}
        </>
      )}
    </div>
  )
}

function Facts({ card }: { card: DeviceCard }) {
  const { mutate, isPending, error } = useDoing((serial: string) => data(api.PATCH('/api/devices/{deviceId}', { ...of(card), body: { serial } })))
  const { grants } = useSession().user
  const [serial, setSerial] = useState(card.serial ?? '')
  const lines: [string, string][] = [
    ['Kind', card.kindTitle],
    ['Whose', card.ownership === 'personal' ? `${card.askedBy}’s own` : 'The practice’s'],
    ['Asked for by', `${card.askedBy}, ${formatRelative(card.askedAt)}`],
    ...(card.enrolledBy && card.enrolledAt ? [['Approved by', `${card.enrolledBy}, ${formatRelative(card.enrolledAt)}${card.approvedAlone ? ' (the only administrator, who asked for it too)' : ''}`] satisfies [string, string]] : []),
    ['Signed in there now', card.sessions === 1 ? '1 person' : `${card.sessions} people`],
    ...(card.shared ? [['PINs', String(card.pins)] satisfies [string, string]] : []),
    ...(card.agreementSignedAt ? [['Agreement signed', formatRelative(card.agreementSignedAt)] satisfies [string, string]] : []),
    ...(card.disposal ? [['How it was cleared', DISPOSALS.find((d) => d.value === card.disposal)?.label ?? card.disposal] satisfies [string, string]] : []),
  ]
  return (
    <section>
      <dl className="n-detail__facts">
        {lines.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {card.state === 'enrolled' && grants.has('device.change') && (
        <form className="n-detail__row" onSubmit={(event) => { event.preventDefault(); mutate(serial) }}>
          <TextInput label="Serial number" description="By which reports of agents and consoles find it" value={serial} minLength={4} maxLength={64} error={error instanceof Problem ? (error.detail ?? error.title) : undefined} onChange={(e) => setSerial(e.currentTarget.value)} />
          <Button type="submit" variant="default" loading={isPending} disabled={serial.trim().length < 4 || serial === card.serial}>Save</Button>
        </form>
      )}
    </section>
  )
}

function Approval({ card, onDone, mayApprove }: DetailProps & { mayApprove: 'yes' | 'no' }) {
  const go = useGo()
  const [code, setCode] = useState('')
  const approve = useDoing(() => data(api.POST('/api/devices/{deviceId}/approve', { ...of(card), body: { code } })), onDone)
  const decline = useDoing(() => data(api.POST('/api/devices/{deviceId}/decline', of(card))), onDone)
  const wrong = approve.error instanceof Problem ? approve.error.errors.find(({ path }) => path === 'code')?.message : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    approve.mutate(undefined)
  }
  if (mayApprove === 'no') return <p>This device waits for the owner or the compliance officer.</p>
  return (
    <form className="n-detail" onSubmit={submit}>
      <Facts card={card} />
      <p>
        The device must show <strong className="n-detail__code">{card.code ? `${card.code.slice(0, 3)} ${card.code.slice(3)}` : ''}</strong>. Go there or have it read to you: whoever shows another code is another device.
      </p>
      {approve.error && !wrong && <ErrorNotice error={approve.error} onFix={go} />}
      {decline.error && <ErrorNotice error={decline.error} />}
      <TextInput label="The code that the device shows" inputMode="numeric" autoComplete="off" required size="md" value={code} error={wrong} onChange={(e) => setCode(e.currentTarget.value)} />
      <div className="n-detail__buttons">
        <Button type="submit" loading={approve.isPending}>Approve</Button>
        <Button variant="default" loading={decline.isPending} onClick={() => decline.mutate(undefined)}>Decline</Button>
      </div>
    </form>
  )
}

/** For tablets and phones without an agent: what an administrator saw in their settings, with her name, for 90 days. */
function Seen({ card }: { card: DeviceCard }) {
  const policy = usePolicy()
  const [said, setSaid] = useState<Partial<Record<FactLine['fact'], string>>>({})
  const record = useDoing((facts: { fact: FactLine['fact']; value: string }[]) => data(api.POST('/api/devices/{deviceId}/facts', { ...of(card), body: { facts } })), () => setSaid({}))
  const asked = policy.data?.rules.facts.filter(({ name }) => card.posture.lines.some(({ fact }) => fact === name)) ?? []
  const facts = asked.flatMap(({ name }) => (said[name] ? [{ fact: name, value: said[name] }] : []))
  return (
    <section>
      <h3>Record what you saw in its settings</h3>
      <p className="n-detail__hint">For devices on which no agent runs. It stands there with your name and counts for 90 days, unless a machine reports something else.</p>
      <form className="n-detail__seen" onSubmit={(event) => { event.preventDefault(); record.mutate(facts) }}>
        {asked.map(({ name, title, answers }) =>
          answers.length > 0 ? (
            <Select key={name} label={title} placeholder="Not looked" clearable data={answers} value={said[name] ?? null} onChange={(value) => setSaid({ ...said, [name]: value ?? '' })} />
          ) : (
            <TextInput key={name} label={title} placeholder={`${card.platform} 18.2`} value={said[name] ?? ''} onChange={(e) => setSaid({ ...said, [name]: e.currentTarget.value })} />
          ),
        )}
        {record.error && <ErrorNotice error={record.error} />}
        <div><Button type="submit" variant="default" loading={record.isPending} disabled={facts.length === 0}>Record</Button></div>
      </form>
    </section>
  )
}

function Lose({ card, onDone }: DetailProps) {
  const { user } = useSession()
  const lose = useDoing((how: 'lost' | 'stolen') => data(api.POST('/api/devices/{deviceId}/lose', { ...of(card), body: { how } })), onDone)
  if (!user.grants.has('device.approve') && !card.isOwn) return null
  return (
    <section className="n-detail__end">
      <h3>Lost or stolen</h3>
      <p className="n-detail__hint">Ends at once everybody who is signed in there, every PIN and its key, and opens a draft of an incident. Found again, it is simply enrolled anew.</p>
      {lose.error && <ErrorNotice error={lose.error} />}
      <div className="n-detail__buttons">
        <Button color="red" loading={lose.isPending} onClick={() => lose.mutate('lost')}>It is lost</Button>
        <Button color="red" variant="outline" loading={lose.isPending} onClick={() => lose.mutate('stolen')}>It was stolen</Button>
      </div>
    </section>
  )
}

type Disposal = NonNullable<DeviceCard['disposal']>
const DISPOSALS: { value: Disposal; label: string }[] = [
  { value: 'nothing-kept', label: 'Only the browser was used: nothing of a patient is on it' },
  { value: 'cleared', label: 'Cleared: reset by its own settings' },
  { value: 'purged', label: 'Purged: erased so that a laboratory finds nothing' },
  { value: 'destroyed', label: 'Destroyed' },
]

function Retire({ card, onDone }: DetailProps) {
  const [disposal, setDisposal] = useState<Disposal>()
  const retire = useDoing((how: Disposal) => data(api.POST('/api/devices/{deviceId}/retire', { ...of(card), body: { disposal: how } })), onDone)
  return (
    <section className="n-detail__end">
      <h3>Take it out of use</h3>
      <Radio.Group label="What became of what was on it? (NIST SP 800-88)" value={disposal ?? ''} onChange={(value) => setDisposal(DISPOSALS.find((d) => d.value === value)?.value)}>
        <div className="n-enrol__choices">{DISPOSALS.map(({ value, label }) => <Radio key={value} value={value} label={label} />)}</div>
      </Radio.Group>
      {retire.error && <ErrorNotice error={retire.error} />}
      <div><Button variant="default" disabled={!disposal} loading={retire.isPending} onClick={() => disposal && retire.mutate(disposal)}>Retire</Button></div>
    </section>
  )
}
