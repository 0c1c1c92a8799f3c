import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { QrCode } from '../../ui/qr-code.tsx'
import { whole } from './team-data.ts'

interface HandOverProps {
  /** shown once: only its keyed hash is kept */
  link: string
  /** names the QR code */
  label: string
}

/** A link to be handed over on the spot: scanned from this screen, or copied. */
export function HandOver({ link, label }: HandOverProps) {
  const address = whole(link)
  return (
    <div className="n-team__once">
      <QrCode text={address} label={label} sizePixels={176} />
      <div className="n-team__form">
        <code className="n-team__link">{address}</code>
        <CopyButton value={address}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy} leftSection={copied ? <IconCheck size={18} stroke={1.75} aria-hidden /> : <IconCopy size={18} stroke={1.75} aria-hidden />}>
              {copied ? 'Copied' : 'Copy the link'}
            </Button>
          )}
        </CopyButton>
      </div>
    </div>
  )
}
