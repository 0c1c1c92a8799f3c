import { Button, Modal } from '@mantine/core'
import { IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation } from '../../staff-zone.tsx'
import { DataList } from '../../ui/data-list.tsx'
import { firstPage } from '../../ui/list-state.ts'
import { StatusChip } from '../../ui/status-chip.tsx'
import { EndSessionsButton } from '../account/end-sessions.tsx'
import { ReviewBar } from '../trail/review-bar.tsx'
import { NewPerson } from './new-person.tsx'
import { roleLabel, usePeople } from './team-data.ts'

/** Everybody with a login. */
export function PeopleTab({ may }: { may: 'look' | 'change' }) {
  const { timeZone } = useLocation()
  const people = usePeople()
  const [adding, setAdding] = useState<'no' | 'form' | 'secrets'>('no')
  return (
    <div className="n-team">
      {may === 'change' && <ReviewBar subject="access" what="Does everybody still need the role that they have?" timeZone={timeZone} />}
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
        actions={
          may === 'change' && (
            <Button leftSection={<IconUserPlus size={18} stroke={1.75} aria-hidden />} onClick={() => setAdding('form')}>
              Add a person
            </Button>
          )
        }
        columns={[
          { id: 'name', header: 'Name', cell: ({ name, credential }) => <strong>{credential ? `${name}, ${credential}` : name}</strong> },
          { id: 'roles', header: 'Roles', cell: ({ roles }) => roles.map(roleLabel).join(', ') },
          { id: 'treats', header: 'Calendar', cell: ({ isProvider }) => (isProvider ? <StatusChip tone="action" label="Treats patients" /> : null), hideOn: 'phone' },
          { id: 'sessions', header: '', cell: ({ id }) => <EndSessionsButton userId={id} />, hideOn: 'phone' },
        ]}
      />
      {/* What is shown once must not vanish with a stray click. */}
      <Modal
        opened={adding !== 'no'}
        onClose={() => setAdding('no')}
        title="Add a person"
        size="lg"
        closeOnClickOutside={adding !== 'secrets'}
        closeOnEscape={adding !== 'secrets'}
        withCloseButton={adding !== 'secrets'}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {adding !== 'no' && <NewPerson onMade={() => setAdding('secrets')} onDone={() => setAdding('no')} />}
      </Modal>
    </div>
  )
}
