import { Button, Checkbox, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconArrowLeft, IconLock } from '@tabler/icons-react'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { ActionList, Reach } from './action-list.tsx'
import { fieldError } from './person-fields.tsx'
import { useAccessChanged, type OpenedRole, type Preview } from './team-data.ts'

interface RoleEditorProps {
  /** the role that is open; for a new one the role that it begins with */
  base: string
  /** title of a new role */
  fresh?: string
  onClose: () => void
}

export function RoleEditor({ base, fresh, onClose }: RoleEditorProps) {
  const role = useQuery({ queryKey: ['role', base], queryFn: () => data(api.GET('/api/roles/{name}', { params: { path: { name: base } } })), staleTime: Infinity })
  if (role.error) return <ErrorNotice error={role.error} onRetry={() => void role.refetch()} />
  if (!role.data) return <SkeletonPage label="Loading the role" />
  return <Editor role={role.data} {...(fresh !== undefined && { fresh })} onClose={onClose} />
}

const pause = 250
const peopleWords = (people: readonly string[]) => (people.length === 0 ? 'Nobody has this role.' : `${people.length} ${people.length === 1 ? 'person has' : 'people have'} this role: ${people.join(', ')}.`)

/** What a role includes, in sentences; before it is saved the server says what would open and close, and for whom. */
function Editor({ role, fresh, onClose }: { role: OpenedRole; fresh?: string; onClose: () => void }) {
  const { user } = useSession()
  const go = useGo()
  const changed = useAccessChanged()
  const [title, setTitle] = useState(fresh ?? role.title)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(role.actions.filter(({ has }) => has).map(({ name }) => name)))
  const [reason, setReason] = useState('')
  const areas = useMemo(() => [...Map.groupBy(role.actions, ({ area }) => area)], [role.actions])
  const mayChange = user.grants.has('role.save')
  const isNew = fresh !== undefined
  const isChanged = isNew || title.trim() !== role.title || role.actions.some(({ name, has }) => has !== chosen.has(name))
  const draft = { ...(!isNew && { name: role.name }), title: title.trim(), basedOn: role.basedOn, actions: [...chosen].toSorted() }
  const [asked] = useDebouncedValue(draft, pause)
  const preview = useQuery({
    queryKey: ['role', role.name, 'preview', asked],
    queryFn: () => data(api.POST('/api/roles/preview', { body: asked })),
    enabled: isChanged && asked.title.length >= 2,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  })
  const save = useMutation({ mutationFn: () => data(api.POST('/api/roles', { body: { ...draft, reason } })), onSuccess: changed })
  const remove = useMutation({
    mutationFn: () => data(api.DELETE('/api/roles/{name}', { params: { path: { name: role.name } } })),
    onSuccess: async () => {
      await changed()
      onClose()
    },
  })
  const toggle = (name: string, checked: boolean) => {
    const next = new Set(chosen)
    if (checked) next.add(name)
    else next.delete(name)
    setChosen(next)
  }
  const back = (
    <div>
      <Button variant="subtle" leftSection={<IconArrowLeft size={18} stroke={1.75} aria-hidden />} onClick={onClose}>
        All roles
      </Button>
    </div>
  )
  if (save.data)
    return (
      <div className="n-team__form" role="status">
        {back}
        <p className="n-team__lead">{saved(save.data.effect, title)}</p>
      </div>
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const error = save.error ?? remove.error ?? preview.error
  return (
    <form className="n-role" onSubmit={submit}>
      <div className="n-team__form">
        {back}
        <div>
          <h2 className="n-role__title">{isNew ? title : role.title}</h2>
          <p className="n-team__note">
            {isNew ? `Begins as ${role.basedOnTitle}.` : peopleWords(role.people)} {role.own && `Began as ${role.basedOnTitle}.`}
          </p>
          {role.floor && (
            <p className="n-floor">
              <IconLock size={18} stroke={1.75} aria-hidden /> {role.floor}
            </p>
          )}
        </div>
        {mayChange && <TextInput label="Name of the role" required minLength={2} maxLength={60} autoComplete="off" value={title} error={fieldError(save.error, 'title')} onChange={(event) => setTitle(event.currentTarget.value)} style={{ maxInlineSize: 360 }} />}
        {areas.map(([area, actions]) => (
          <fieldset key={area} className="n-role__area n-panel">
            <legend>
              {area}
              <span>
                {actions.filter(({ name }) => chosen.has(name)).length} of {actions.length}
              </span>
            </legend>
            {actions.map(({ name, does, phi, locked, stepUp }) => (
              <div key={name} className="n-role__action">
                <Checkbox
                  label={does}
                  description={locked ?? (stepUp ? 'asks her to show again that it is she' : undefined)}
                  checked={chosen.has(name)}
                  disabled={!mayChange || locked !== undefined}
                  onChange={(event) => toggle(name, event.currentTarget.checked)}
                />
                {locked ? <IconLock size={18} stroke={1.75} aria-hidden /> : <Reach phi={phi} />}
              </div>
            ))}
          </fieldset>
        ))}
      </div>
      {mayChange && (
        <aside className="n-role__side n-panel" aria-label="What this changes">
          {error && <ErrorNotice error={error} onFix={go} />}
          {!isChanged && <p className="n-team__note">Tick or untick something: here stands what it opens and closes, and for whom, before you save.</p>}
          {isChanged && preview.data && <Consequences preview={preview.data} />}
          {isChanged && preview.data && preview.data.takes !== 'effect at once' && (
            <Textarea
              label="Why"
              description={preview.data.takes === 'second person' ? 'For whoever confirms it' : 'Nobody else here could confirm it: this stands under Posture until somebody has looked at it'}
              maxLength={500}
              autosize
              minRows={2}
              value={reason}
              error={fieldError(save.error, 'reason')}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          <Button type="submit" loading={save.isPending} disabled={!isChanged || !preview.data || preview.error !== null}>
            {preview.data?.takes === 'second person' ? 'Propose it' : 'Save'}
          </Button>
          {role.own && !isNew && (
            <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Remove this role
            </Button>
          )}
        </aside>
      )}
    </form>
  )
}

const saved = (effect: 'nothing' | 'done' | 'proposed' | 'done alone', title: string): string => {
  if (effect === 'proposed') return `${title} opens more for somebody, so a second person confirms it. It waits on this page for seven days; nothing has changed yet.`
  if (effect === 'done alone') return `${title} is saved. Nobody else could confirm it, so it stays marked until somebody has looked at it.`
  return effect === 'nothing' ? 'Nothing was different.' : `${title} is saved, and holds at once for whoever is signed in.`
}

const takes = ({ takes: how, confirmers, people, invited }: Preview): string => {
  const holders = people.length === 0 ? 'Nobody has this role yet.' : `For ${people.join(', ')}${invited > 0 ? `, and ${invited} invited` : ''}.`
  if (how === 'effect at once') return `${holders} Takes effect at once.`
  if (how === 'second person') return `${holders} Somebody gains access: takes effect when ${confirmers.join(' or ')} confirms.`
  return `${holders} Somebody gains access, and nobody else here could confirm it.`
}
const reaches = { none: 'No longer sees any patient.', identity: 'Comes to see who patients are, but nothing about their health.', clinical: 'Comes to see what is known of patients’ health.' } as const

function Consequences({ preview }: { preview: Preview }) {
  const { opens, closes } = preview
  return (
    <div className="n-team__form" role="status">
      {preview.reaches && <strong>{reaches[preview.reaches]}</strong>}
      <ActionList title="Opens: may" actions={opens} />
      <ActionList title="Closes: may no longer" actions={closes} />
      <p className="n-team__note">{takes(preview)}</p>
    </div>
  )
}
