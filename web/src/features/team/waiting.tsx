import { Button } from '@mantine/core'
import { IconShieldQuestion } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { ActionList } from './action-list.tsx'
import { useAccessChanged, type Proposal } from './team-data.ts'

/** Raises that wait for a second person. Nothing, when none does. */
export function Waiting() {
  const proposals = useQuery({ queryKey: ['proposals'], queryFn: () => data(api.GET('/api/proposals')) })
  if (!proposals.data || proposals.data.length === 0) return null
  return (
    <section className="n-team__block" aria-labelledby="waiting">
      <h2 id="waiting">
        <IconShieldQuestion size={20} stroke={1.75} aria-hidden /> Waits for a second person
      </h2>
      <ul className="n-team__rows n-panel">
        {proposals.data.map((proposal) => (
          <Line key={proposal.id} proposal={proposal} />
        ))}
      </ul>
    </section>
  )
}

const headline = ({ kind, about, before, after }: Proposal): string => {
  if (kind === 'role') return before.title ? `The role ${about} is to include more` : `A new role: ${about}`
  const to = after.roles.join(', ')
  return kind === 'invitation' ? `${about} is to be invited as ${to}` : `${about}: ${before.roles.join(', ') || 'no role'} → ${to}`
}

function Line({ proposal }: { proposal: Proposal }) {
  const { timeZone } = useLocation()
  const go = useGo()
  const changed = useAccessChanged()
  const [looking, setLooking] = useState(false)
  const { id, you, proposedBy, reason, expiresAt, gains, loses } = proposal
  const params = { params: { path: { proposalId: id } } }
  const confirm = useMutation({ mutationFn: () => data(api.POST('/api/proposals/{proposalId}/confirm', params)), onSuccess: changed })
  const decline = useMutation({ mutationFn: () => data(api.POST('/api/proposals/{proposalId}/decline', params)), onSuccess: changed })
  const error = confirm.error ?? decline.error
  const mine = you === 'proposed it'
  return (
    <li>
      <div className="n-team__row">
        <div>
          <strong>{headline(proposal)}</strong>
          <p>
            {reason && <>“{reason}” · </>}
            {mine ? 'You proposed this' : `Proposed by ${proposedBy}`} · until {formatDateTime(expiresAt, { timeZone })}
          </p>
        </div>
        <div className="n-team__buttons">
          <Button variant="subtle" aria-expanded={looking} onClick={() => setLooking(!looking)}>
            {looking ? 'Less' : 'What it opens'}
          </Button>
          <Button variant="default" loading={decline.isPending} onClick={() => decline.mutate()}>
            {mine ? 'Take it back' : 'Decline'}
          </Button>
          {you === 'may confirm' && (
            <Button loading={confirm.isPending} onClick={() => confirm.mutate()}>
              Confirm
            </Button>
          )}
        </div>
      </div>
      {mine && <p className="n-team__note">Somebody else confirms it: another owner, or the compliance officer.</p>}
      {you === 'are concerned' && <p className="n-team__note">This is about your own access: somebody else confirms it.</p>}
      {error && <ErrorNotice error={error} onFix={go} />}
      {looking && (
        <div className="n-may__pair">
          <ActionList title="Will be able to" actions={gains} />
          <ActionList title="No longer" actions={loses} />
        </div>
      )}
    </li>
  )
}
