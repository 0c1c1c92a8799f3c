import { Button, Checkbox, Radio, Select, Switch, TextInput } from '@mantine/core'
import { IconCircleCheck, IconHourglass } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { keepKey, newKeys, ownKey, publicKeyOf, sign } from '../../device/device-key.ts'
import { newChallenge, renewProof } from '../../device/device-proof.ts'
import { useSession } from '../../session.tsx'
import { useGo } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { ownPlatform, reportBrowser, suggestedName } from './browser-facts.ts'
import { ownDeviceKey, useOwnDevice, type OwnDevice } from './device-queries.ts'
import { KINDS, type Kind } from './kinds.ts'
import './devices.css'

const LOOK_EVERY_MS = 3000

/** At the device itself: what it is, then a code that the approving person sees too. */
export function EnrolPage() {
  const own = useOwnDevice()
  const [asked, setAsked] = useState<string>()
  if (own.isPending) return <SkeletonPage />
  if (own.isError) return <ErrorNotice error={own.error} onRetry={() => void own.refetch()} />
  if (own.data.state === 'enrolled')
    return <EmptyState icon={IconCircleCheck} title="This device is enrolled" hint={`It is in the register as “${own.data.device?.name ?? ''}”.`} action={{ label: 'Go on working', href: '/' }} />
  return (
    <div className="n-devices n-devices--narrow">
      <PageHeader title="Enrol this device" subtitle="The practice knows every device that opens patients’ records, and can end it when it is lost" />
      {asked ? <Waiting code={asked} /> : <AskForm own={own.data} onAsked={setAsked} />}
    </div>
  )
}

/** The code stands here and beside the device in the register; once approved, this page goes on by itself. */
function Waiting({ code }: { code: string }) {
  const queries = useQueryClient()
  const state = useQuery({
    queryKey: ['device-approval'],
    queryFn: async () => {
      const proven = await renewProof()
      if (proven === 'proven') {
        await reportBrowser()
        await queries.invalidateQueries({ queryKey: ownDeviceKey })
      }
      return proven
    },
    refetchInterval: LOOK_EVERY_MS,
    gcTime: 0,
  })
  if (state.data === 'ended') return <EmptyState title="This device was declined" hint="Talk to the owner or the compliance officer, then ask again." action={{ label: 'Ask again', href: '/devices/enrol' }} />
  return (
    <section className="n-panel n-enrol__waiting" role="status">
      <IconHourglass size={28} stroke={1.5} aria-hidden />
      <h2>Show this code to the person who approves</h2>
      <p className="n-enrol__code">{`${code.slice(0, 3)} ${code.slice(3)}`}</p>
      <p>The owner or the compliance officer opens Devices, finds this device and types the code. This page then goes on by itself; it can stay open meanwhile.</p>
    </section>
  )
}

function AskForm({ own, onAsked }: { own: OwnDevice; onAsked: (code: string) => void }) {
  const { user } = useSession()
  const go = useGo()
  const [entry, setEntry] = useState({ name: suggestedName(), locationId: user.locations[0]?.id ?? '' })
  const [kind, setKind] = useState<Kind>(ownPlatform() === 'ipados' ? 'treatment-room' : 'front-desk')
  const [ownership, setOwnership] = useState<'practice' | 'personal'>('practice')
  const [shared, setShared] = useState(true)
  const [signed, setSigned] = useState(false)
  const isPersonal = ownership === 'personal'
  const ask = useMutation({
    mutationFn: async () => {
      const keys = await newKeys()
      const challenge = await newChallenge('session')
      const agreement = isPersonal ? { agreementVersion: own.agreement.version } : {}
      const made = await data(
        api.POST('/api/devices', {
          body: {
            ...entry, kind, ownership, shared: !isPersonal && shared, people: isPersonal ? [user.id] : [], platform: ownPlatform(), ...agreement,
            publicKey: await publicKeyOf(keys), challenge, signature: await sign(keys, 'enrol', challenge),
          },
        }),
      )
      // Kept only now: a key that the register does not know would stand in the way.
      await keepKey({ deviceId: made.id, keys })
      if (!(await ownKey())) throw new Problem({ status: 0, title: 'This browser keeps no keys', detail: 'Open Nacre in a normal window, not a private one, and ask again.' })
      return made.code
    },
    onSuccess: onAsked,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate()
  }
  return (
    <form className="n-panel n-enrol" onSubmit={submit}>
      {ask.isError && <ErrorNotice error={ask.error} onFix={go} />}
      <TextInput label="What do you call it?" description="As it is known in the practice: Front desk left, Room 2" required maxLength={80} size="md" value={entry.name} onChange={(e) => setEntry({ ...entry, name: e.currentTarget.value })} />
      <Select label="What is it?" data={KINDS} allowDeselect={false} size="md" value={kind} onChange={(value) => setKind(KINDS.find((k) => k.value === value)?.value ?? 'other')} />
      {user.locations.length > 1 && (
        <Select label="Where is it?" data={user.locations.map(({ id, name }) => ({ value: id, label: name }))} allowDeselect={false} size="md" value={entry.locationId} onChange={(value) => setEntry({ ...entry, locationId: value ?? entry.locationId })} />
      )}
      <Radio.Group label="Whose is it?" value={ownership} onChange={(value) => setOwnership(value === 'personal' ? 'personal' : 'practice')}>
        <div className="n-enrol__choices">
          <Radio value="practice" label="The practice’s" />
          <Radio value="personal" label="My own" />
        </div>
      </Radio.Group>
      {!isPersonal && <Switch label="Several people work at it" description="It locks after five minutes, and each person changes to herself with her own PIN" checked={shared} onChange={(e) => setShared(e.currentTarget.checked)} />}
      {isPersonal && (
        <section className="n-enrol__agreement" aria-label={own.agreement.title}>
          <h2>{own.agreement.title}</h2>
          <ul>{own.agreement.text.map((line) => <li key={line}>{line}</li>)}</ul>
          {!own.personalAllowed && <p><strong>Your role may not use a device of its own for patients’ records.</strong> The owner decides which roles may; enrolled, it opens everything else.</p>}
          <Checkbox label="I have read this and keep to it" checked={signed} onChange={(e) => setSigned(e.currentTarget.checked)} />
        </section>
      )}
      <div>
        <Button type="submit" size="md" loading={ask.isPending} disabled={isPersonal && !signed}>
          Ask for approval
        </Button>
      </div>
    </form>
  )
}
