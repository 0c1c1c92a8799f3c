import { Button } from '@mantine/core'
import { IconDeviceLaptop, IconKey, IconShieldExclamation } from '@tabler/icons-react'
import type { Icon } from '../../ui/status-chip.tsx'
import { useOwnDevice, type OwnDevice } from './device-queries.ts'
import './devices.css'

interface Notice {
  icon: Icon
  tone: 'warn' | 'danger' | 'info'
  text: string
  fix: { label: string; href: string }
}
const ENROL = { label: 'Enrol this device', href: '/devices/enrol' }
const FIX = { label: 'See what to do', href: '/devices/fix' }

const noticeFor = ({ state, policy, device }: OwnDevice): Notice | undefined => {
  if (state === 'unenrolled')
    return {
      icon: IconDeviceLaptop, fix: ENROL, tone: policy === 'warn' ? 'warn' : 'danger',
      text: policy === 'warn' ? 'This device is not enrolled. It works for now; the practice should know every device that opens patients’ records.' : 'This device is not enrolled, so it opens nothing of a patient.',
    }
  if (!device) return undefined
  if (device.agreementDue) return { icon: IconShieldExclamation, tone: 'danger', text: 'The agreement about using your own device waits for your signature.', fix: { ...FIX, label: 'Read and sign' } }
  if (device.posture.state === 'bad') return { icon: IconShieldExclamation, tone: 'danger', text: 'This device is not kept as the practice asks, so it opens nothing of a patient.', fix: { ...FIX, label: 'Fix this device' } }
  if (device.shared && !device.hasPin) return { icon: IconKey, tone: 'info', text: 'Others work at this device too. Set a PIN and you change to yourself in two taps.', fix: { label: 'Set my PIN', href: '/devices/fix' } }
  return undefined
}

/** On every page, one line, as long as something about this device is to be done. */
export function DeviceNotice({ path, go }: { path: string; go: (href: string) => void }) {
  const own = useOwnDevice()
  const notice = own.data && !path.startsWith('/devices/') ? noticeFor(own.data) : undefined
  if (!notice) return null
  const { icon: IconOf, tone, text, fix } = notice
  return (
    <div className={`n-device-notice n-device-notice--${tone}`} role="status">
      <IconOf size={20} stroke={1.75} aria-hidden />
      <span>{text}</span>
      <Button variant="default" size="sm" component="a" href={fix.href} onClick={(event) => { event.preventDefault(); go(fix.href) }}>
        {fix.label}
      </Button>
    </div>
  )
}
