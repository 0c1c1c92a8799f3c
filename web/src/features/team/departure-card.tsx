import { IconCertificate } from '@tabler/icons-react'
import { useLocation } from '../../place.ts'
import { formatDateTime } from '../../ui/format.ts'
import type { Certificate } from './team-data.ts'

/** What ended when somebody left, as evidence. */
export function DepartureCard({ certificate }: { certificate: Certificate }) {
  const { timeZone } = useLocation()
  const { name, by, at, reason, roleTitles, ended } = certificate
  const some = ended.filter(({ count }) => count > 0)
  return (
    <article className="n-departure">
      <IconCertificate size={24} stroke={1.5} aria-hidden />
      <div>
        <h3>Access of {name} ended</h3>
        <p>
          {formatDateTime(at, { timeZone })}, by {by} · was {roleTitles.join(', ')}
        </p>
        <p>“{reason}”</p>
        <p>Ended with it: {some.length > 0 ? some.map(({ what, count }) => `${count} ${what}`).join(', ') : 'nothing was open'}.</p>
      </div>
    </article>
  )
}
