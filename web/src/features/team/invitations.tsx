import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api, data } from '../../client.ts'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { StatusChip } from '../../ui/status-chip.tsx'
import { HandOver } from './hand-over.tsx'
import { useAccessChanged, useInvitations, type Invitation } from './team-data.ts'

interface InvitationsProps {
  may: 'look' | 'change'
}

/** Who is invited and has not joined yet. Nothing, when nobody is. */
export function Invitations({ may }: InvitationsProps) {
  const invitations = useInvitations(true)
  if (!invitations.data || invitations.data.length === 0) return null
  return (
    <section className="n-team__block" aria-labelledby="invited">
      <h2 id="invited">Invited</h2>
      <ul className="n-team__rows n-panel">
        {invitations.data.map((invitation) => (
          <Line key={invitation.id} invitation={invitation} may={may} />
        ))}
      </ul>
    </section>
  )
}

function Line({ invitation, may }: InvitationsProps & { invitation: Invitation }) {
  const { timeZone } = useLocation()
  const go = useGo()
  const changed = useAccessChanged()
  const { id, name, email, roleTitles, expiresAt, expired, waits } = invitation
  const params = { params: { path: { invitationId: id } } }
  const renew = useMutation({ mutationFn: () => data(api.POST('/api/invitations/{invitationId}/renew', params)), onSuccess: changed })
  const withdraw = useMutation({ mutationFn: () => data(api.POST('/api/invitations/{invitationId}/withdraw', params)), onSuccess: changed })
  const error = renew.error ?? withdraw.error
  return (
    <li>
      <div className="n-team__row">
        <div>
          <strong>{name}</strong>
          <p>
            {email} · {roleTitles.join(', ')} · by {invitation.invitedBy}
          </p>
        </div>
        {waits ? (
          <StatusChip tone="warn" label="A second person confirms" />
        ) : expired ? (
          <StatusChip tone="danger" label="Expired" />
        ) : (
          <StatusChip tone="info" label={`Until ${formatDateTime(expiresAt, { timeZone })}`} />
        )}
        {may === 'change' && (
          <div className="n-team__buttons">
            {!waits && (
              <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
                New link
              </Button>
            )}
            <Button variant="subtle" color="red" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
              Withdraw
            </Button>
          </div>
        )}
      </div>
      {error && <ErrorNotice error={error} onFix={go} />}
      {renew.data && <HandOver link={renew.data.link} label={`QR code with the invitation of ${name}`} />}
    </li>
  )
}
