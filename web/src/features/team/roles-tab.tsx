import { Button, Select, TextInput } from '@mantine/core'
import { IconLock, IconPlus, IconUserShield } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useSession } from '../../session.tsx'
import { DataList } from '../../ui/data-list.tsx'
import { firstPage } from '../../ui/list-state.ts'
import { StatusChip } from '../../ui/status-chip.tsx'
import { useUrlState } from '../../url-state.ts'
import { RoleEditor } from './role-editor.tsx'
import { useRoles, type Role } from './team-data.ts'

const kinds = { shipped: undefined, changed: { tone: 'info', label: 'Changed here' }, own: { tone: 'accent', label: 'Your own' } } as const

/** The roles of the practice; one of them open, when the URL says so. */
export function RolesTab() {
  const { user } = useSession()
  const [url, setUrl] = useUrlState()
  const roles = useRoles()
  const [making, setMaking] = useState(false)
  const [fresh, setFresh] = useState<{ title: string; basedOn: string }>()
  const open = (role: string | undefined) => {
    setFresh(undefined)
    setUrl({ tab: 'roles', role })
  }
  if (fresh) return <RoleEditor key="new" base={fresh.basedOn} fresh={fresh.title} onClose={() => open(undefined)} />
  if (url.role) return <RoleEditor key={url.role} base={url.role} onClose={() => open(undefined)} />
  const mayChange = user.grants.has('role.save')
  return (
    <div className="n-team">
      {making && <NewRole roles={roles.data ?? []} onStart={(title, basedOn) => setFresh({ title, basedOn })} onCancel={() => setMaking(false)} />}
      <DataList<Role>
        label="Roles"
        rows={roles.data}
        total={0}
        pageSize={100}
        rowId={({ name }) => name}
        state={firstPage}
        onStateChange={() => undefined}
        onOpen={({ name }) => open(name)}
        error={roles.error}
        onRetry={() => void roles.refetch()}
        empty={{ icon: IconUserShield, title: 'No roles' }}
        actions={
          mayChange &&
          !making && (
            <Button leftSection={<IconPlus size={18} stroke={1.75} aria-hidden />} onClick={() => setMaking(true)}>
              Make a role
            </Button>
          )
        }
        columns={[
          { id: 'title', header: 'Role', cell: ({ title }) => <strong>{title}</strong> },
          { id: 'people', header: 'People', cell: ({ people }) => people, align: 'end' },
          { id: 'actions', header: 'Actions', cell: ({ actions }) => actions, align: 'end', hideOn: 'phone' },
          { id: 'kind', header: '', cell: ({ kind }) => (kinds[kind] ? <StatusChip {...kinds[kind]} look="plain" /> : null), hideOn: 'phone' },
          {
            id: 'floor',
            header: 'Floor',
            hideOn: 'tablet',
            cell: ({ floor }) =>
              floor ? (
                <span className="n-floor">
                  <IconLock size={16} stroke={1.75} aria-hidden /> {floor}
                </span>
              ) : null,
          },
        ]}
      />
    </div>
  )
}

interface NewRoleProps {
  roles: readonly Role[]
  onStart: (title: string, basedOn: string) => void
  onCancel: () => void
}

/** A role of the practice's own begins as a copy of one that Nacre ships, and keeps its floor. */
function NewRole({ roles, onStart, onCancel }: NewRoleProps) {
  const [title, setTitle] = useState('')
  const [basedOn, setBasedOn] = useState<string | null>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (basedOn) onStart(title.trim(), basedOn)
  }
  return (
    <form className="n-team__form n-panel n-team__inset" onSubmit={submit}>
      <div className="n-team__pair">
        <TextInput autoFocus label="Name of the role" required minLength={2} maxLength={60} autoComplete="off" value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
        <Select label="Begins as" description="It keeps that role’s floor" required data={roles.filter(({ kind }) => kind !== 'own').map(({ name, title: label }) => ({ value: name, label }))} value={basedOn} onChange={setBasedOn} />
      </div>
      <div className="n-team__foot">
        <Button type="submit" disabled={title.trim().length < 2 || !basedOn}>
          Choose its actions
        </Button>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
