import { Checkbox, Switch, TextInput } from '@mantine/core'
import { Problem } from '../../api.ts'
import { noteOf, usePractice, useRoles, type Role } from './team-data.ts'

export interface PersonEntry {
  name: string
  credential: string
  roles: readonly string[]
  locationIds: readonly string[]
  isProvider: boolean
}

export const fieldError = (error: unknown, path: string): string | undefined =>
  error instanceof Problem ? error.errors.find((field) => field.path === path)?.message : undefined

interface PersonFieldsProps<Entry extends PersonEntry> {
  entry: Entry
  onChange: (entry: Entry) => void
  error: unknown
}

/** Who somebody is to the practice: name, roles, places. */
export function PersonFields<Entry extends PersonEntry>({ entry, onChange, error }: PersonFieldsProps<Entry>) {
  const roles = useRoles()
  const locations = usePractice().data?.locations ?? []
  return (
    <>
      <div className="n-team__pair">
        <TextInput data-autofocus label="Name" required maxLength={120} autoComplete="off" value={entry.name} error={fieldError(error, 'name')} onChange={(event) => onChange({ ...entry, name: event.currentTarget.value })} />
        <TextInput label="Credential" placeholder="RN, NP, MD" maxLength={20} autoComplete="off" value={entry.credential} error={fieldError(error, 'credential')} onChange={(event) => onChange({ ...entry, credential: event.currentTarget.value })} />
      </div>
      <Checkbox.Group label="Roles" description="As few as the work needs" value={[...entry.roles]} error={fieldError(error, 'roles')} onChange={(chosen) => onChange({ ...entry, roles: chosen })}>
        <div className="n-team__choices">
          {(roles.data ?? []).map((role) => (
            <Checkbox key={role.name} value={role.name} label={role.title} description={describe(role)} />
          ))}
        </div>
      </Checkbox.Group>
      {locations.length > 1 && (
        <Checkbox.Group label="Works at" value={[...entry.locationIds]} error={fieldError(error, 'locationIds')} onChange={(chosen) => onChange({ ...entry, locationIds: chosen })}>
          <div className="n-team__choices">
            {locations.map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      <Switch label="Treats patients" description="Has a column in the calendar" checked={entry.isProvider} onChange={(event) => onChange({ ...entry, isProvider: event.currentTarget.checked })} />
    </>
  )
}

const describe = (role: Role) => [noteOf(role), role.manages ? 'gives and takes access: two people decide' : ''].filter(Boolean).join(' · ')
