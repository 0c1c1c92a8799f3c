import { Button, Modal } from '@mantine/core'
import { IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useState } from 'react'
import { useSession } from '../../session.tsx'
import { useLocation } from '../../place.ts'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { formatDate } from '../../ui/format.ts'
import { firstPage } from '../../ui/list-state.ts'
import { StatusChip } from '../../ui/status-chip.tsx'
import { EndSessionsButton } from '../account/end-sessions.tsx'
import { useUrlChoice } from '../../ui/url-choice.ts'
import { StandingButton } from '../access/standing-panel.tsx'
import { Invitations } from './invitations.tsx'
import { InvitePerson } from './invite-person.tsx'
import { PersonPanel } from './person-panel.tsx'
import { usePeople, useTeam, type Member, type Person } from './team-data.ts'

const named = ({ name, credential }: Pick<Person, 'name' | 'credential'>) => <strong>{credential ? `${name}, ${credential}` : name}</strong>
const calendar: ListColumn<Person> = { id: 'treats', header: 'Calendar', cell: ({ isProvider }) => (isProvider ? <StatusChip tone="action" label="Treats patients" /> : null), hideOn: 'phone' }

/** Everybody with a login. */
export function PeopleTab() {
  const { user } = useSession()
  return user.grants.has('user.team') ? <Managed /> : <Looked />
}

function Looked() {
  const people = usePeople()
  return (
    <DataList
      label="People"
      rows={people.data}
      total={0}
      pageSize={100}
      rowId={({ id }) => id}
      state={firstPage}
      onStateChange={() => undefined}
      error={people.error}
      onRetry={() => void people.refetch()}
      empty={{ icon: IconUsers, title: 'Nobody works here yet' }}
      columns={[{ id: 'name', header: 'Name', cell: named }, { id: 'roles', header: 'Roles', cell: ({ roleTitles }) => roleTitles.join(', ') }, calendar]}
    />
  )
}

function Managed() {
  const { timeZone } = useLocation()
  const { user } = useSession()
  const team = useTeam(true)
  const [inviting, setInviting] = useState<'no' | 'form'>('no')
  const [chosen, setChosen] = useUrlChoice('person')
  const listed = team.data?.find(({ id }) => id === chosen)
  // Whoever has just left is no longer in the list; what her leaving ended is still to be read.
  const [shown, setShown] = useState(listed)
  if (listed && listed !== shown) setShown(listed)
  const person = chosen === shown?.id ? shown : undefined
  const may = user.grants.has('user.invite') ? 'change' : 'look'
  const seen = ({ lastSignInAt, idle }: Member) => {
    const words = lastSignInAt ? formatDate(lastSignInAt, { timeZone }) : 'Never'
    return idle ? <StatusChip tone="warn" label={lastSignInAt ? `Not since ${words}` : 'Never came'} /> : words
  }
  return (
    <div className="n-team">
      <DataList
        label="People"
        rows={team.data}
        total={0}
        pageSize={100}
        rowId={({ id }) => id}
        state={firstPage}
        onStateChange={() => undefined}
        error={team.error}
        onRetry={() => void team.refetch()}
        {...(may === 'change' && { onOpen: ({ id }: Member) => setChosen(id) })}
        empty={{ icon: IconUsers, title: 'Nobody works here yet' }}
        actions={
          may === 'change' && (
            <Button leftSection={<IconUserPlus size={18} stroke={1.75} aria-hidden />} onClick={() => setInviting('form')}>
              Invite a person
            </Button>
          )
        }
        columns={[
          { id: 'name', header: 'Name', cell: named },
          { id: 'roles', header: 'Roles', cell: ({ roleTitles }) => roleTitles.join(', ') },
          { ...calendar, hideOn: 'tablet' },
          { id: 'seen', header: 'Last sign-in', cell: seen, hideOn: 'phone' },
          { id: 'sessions', header: '', cell: ({ id }) => <EndSessionsButton userId={id} />, hideOn: 'phone' },
          { id: 'standing', header: 'Standing', cell: ({ id, name }) => <StandingButton userId={id} name={name} />, hideOn: 'phone' },
        ]}
      />
      <Invitations may={may} />
      {/* What is shown once must not vanish with a stray click. */}
      <Modal opened={inviting !== 'no'} onClose={() => setInviting('no')} title="Invite a person" size="lg" closeOnClickOutside={false} closeButtonProps={{ 'aria-label': 'Close' }}>
        {inviting !== 'no' && <InvitePerson onDone={() => setInviting('no')} />}
      </Modal>
      <Modal opened={person !== undefined} onClose={() => setChosen(undefined)} title={person?.name} size="lg" closeOnClickOutside={false} closeButtonProps={{ 'aria-label': 'Close' }}>
        {person && <PersonPanel key={person.id} person={person} onDone={() => setChosen(undefined)} />}
      </Modal>
    </div>
  )
}
