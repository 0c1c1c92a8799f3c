import { Drawer, Tabs } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceLaptop, IconDeviceMobile, IconDevices, IconDeviceTablet } from '@tabler/icons-react'
import { useSession } from '../../session.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { StatusChip, type Icon, type Tone } from '../../ui/status-chip.tsx'
import { useUrlState } from '../../url-state.ts'
import { DeviceDetail } from './device-detail.tsx'
import { useDevices, usePractice, type DeviceCard } from './device-queries.ts'
import { PolicyTab } from './policy-tab.tsx'
import { ReportsTab } from './reports-tab.tsx'
import { formatRelative } from './when.ts'
import './devices.css'

const TABS = ['register', 'reports', 'rules'] as const
const ICONS: Record<DeviceCard['kind'], Icon> = { 'front-desk': IconDeviceDesktop, 'treatment-room': IconDeviceTablet, phone: IconDeviceMobile, laptop: IconDeviceLaptop, other: IconDevices }

/** Every device that opens patients' records: what it is, how it is kept, and who may use it. */
export function DevicesPage() {
  const { user } = useSession()
  const [url, setUrl] = useUrlState()
  const tab = TABS.find((name) => name === url.tab) ?? 'register'
  return (
    <div className="n-devices">
      <PageHeader title="Devices" subtitle="Every device that opens patients’ records, and how it is kept" />
      <Tabs value={tab} onChange={(value) => setUrl(value && value !== 'register' ? { tab: value } : {})} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="register">Register</Tabs.Tab>
          <Tabs.Tab value="reports">Reports</Tabs.Tab>
          <Tabs.Tab value="rules">Rules</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="register">
          <Register />
        </Tabs.Panel>
        <Tabs.Panel value="reports">
          <ReportsTab mayChange={user.grants.has('device.add-source') ? 'yes' : 'no'} />
        </Tabs.Panel>
        <Tabs.Panel value="rules">
          <PolicyTab mayChange={user.grants.has('device.change-policy') ? 'yes' : 'no'} />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}

const ORDER: Record<DeviceCard['state'], number> = { waiting: 0, enrolled: 1, lost: 2, retired: 3, declined: 4 }
const POSTURE: Record<DeviceCard['posture']['state'], { tone: Tone; label: string }> = {
  good: { tone: 'ok', label: 'Well kept' }, bad: { tone: 'danger', label: 'Must be fixed' }, unknown: { tone: 'neutral', label: 'Not all known' },
}
const ENDED = { lost: { tone: 'danger', label: 'Lost or stolen' }, retired: { tone: 'neutral', label: 'Retired' }, declined: { tone: 'neutral', label: 'Declined' } } as const

function Register() {
  const devices = useDevices()
  const practice = usePractice()
  const [url, setUrl] = useUrlState()
  if (devices.isPending) return <SkeletonPage />
  if (devices.isError) return <ErrorNotice error={devices.error} onRetry={() => void devices.refetch()} />
  const sorted = devices.data.toSorted((a, b) => ORDER[a.state] - ORDER[b.state])
  if (sorted.length === 0)
    return <EmptyState icon={IconDevices} title="Enrolled devices appear here" hint="Begin with the one in front of you: it shows a code, somebody else approves it here." action={{ label: 'Enrol this device', href: '/devices/enrol' }} />
  const chosen = sorted.find(({ id }) => id === url.device)
  const places = practice.data?.locations ?? []
  return (
    <>
      <ul className="n-panel n-register" aria-label="Devices">
        {sorted.map((card) => (
          <li key={card.id}>
            <button type="button" className="n-register__line" onClick={() => setUrl({ device: card.id })}>
              <KindSign kind={card.kind} />
              <span className="n-register__name">
                <strong>{card.name}</strong>
                <span>
                  {card.kindTitle} · {card.ownership === 'personal' ? 'personal' : (places.find(({ id }) => id === card.locationId)?.name ?? 'practice')}
                  {card.shared && ' · shared'}
                </span>
              </span>
              <span className="n-register__seen">{card.state === 'enrolled' && (card.lastSeenAt ? `seen ${formatRelative(card.lastSeenAt)}` : 'not used yet')}</span>
              <Chip card={card} />
            </button>
          </li>
        ))}
      </ul>
      <Drawer opened={chosen !== undefined} onClose={() => setUrl({})} position="right" size="lg" title={chosen?.name ?? ''} closeButtonProps={{ 'aria-label': 'Close' }}>
        {chosen && <DeviceDetail card={chosen} onDone={() => setUrl({})} />}
      </Drawer>
    </>
  )
}

function KindSign({ kind }: { kind: DeviceCard['kind'] }) {
  const IconOf = ICONS[kind]
  return <IconOf size={24} stroke={1.5} aria-hidden />
}

function Chip({ card }: { card: DeviceCard }) {
  if (card.state === 'waiting') return <StatusChip tone="action" label="Waits for approval" />
  if (card.state !== 'enrolled') return <StatusChip {...ENDED[card.state]} />
  return <StatusChip {...POSTURE[card.posture.state]} />
}
