import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatPhone, formatPlainDate } from '../../ui/format.ts'
import { RefusalNotice } from '../../ui/refusal-notice.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { todayIn } from '../../ui/zoned-day.ts'

const load = (patientId: string) => data(api.GET('/api/patients/{patientId}/representations', { params: { path: { patientId } } }))
type Loaded = Awaited<ReturnType<typeof load>>
type Line = Loaded['representations'][number]
type Basis = Line['basis']
type Scope = Line['scopes'][number]

const BASES: Record<Basis, string> = { 'minor-child': 'Parent of a minor', guardian: 'Guardian by court order', 'power-of-attorney': 'Power of attorney for health care' }
const SCOPES: Record<Scope, string> = { forms: 'Forms and consents', visits: 'Visits', messages: 'Messages and money' }
const basisNames: readonly Basis[] = ['minor-child', 'guardian', 'power-of-attorney']
const scopeNames: readonly Scope[] = ['forms', 'visits', 'messages']
const isBasis = (value: string): value is Basis => basisNames.some((name) => name === value)

/** Who acts for this patient: recorded by the desk, confirmed by whoever answers for it, ended at once. */
export function RepresentativesTab({ patientId }: { patientId: string }) {
  const go = useGo()
  const { user } = useSession()
  const [adding, setAdding] = useState(false)
  const all = useQuery({ queryKey: ['representations', patientId], queryFn: () => load(patientId) })
  if (all.error instanceof Problem && all.error.refusal)
    return <RefusalNotice refusal={all.error.refusal} heading="Representatives are closed to you." onFix={go} />
  if (all.error) return <ErrorNotice error={all.error} onRetry={() => void all.refetch()} onFix={go} />
  if (!all.data) return <SkeletonRows rows={2} label="Loading representatives" />
  const mayPropose = user.grants.has('representation.propose')
  const { representations, isMinor, flags } = all.data
  const record = { label: 'Record a representative', onClick: () => setAdding(true) }
  return (
    <Stack gap="md">
      {representations.length === 0 ? (
        <EmptyState
          icon={IconUsers}
          title="Nobody acts for this patient"
          hint={isMinor ? 'The patient is under 18: a parent or guardian signs the consents.' : 'A guardian, or somebody with a power of attorney, can fill in and sign forms.'}
          {...(mayPropose ? { action: record } : {})}
        />
      ) : (
        <>
          {representations.map((line) => (
            <Representation key={line.id} patientId={patientId} line={line} isMinor={isMinor} />
          ))}
          {mayPropose && (
            <div>
              <Button variant="default" size="md" leftSection={<IconUserPlus size={18} stroke={1.75} />} onClick={record.onClick}>
                {record.label}
              </Button>
            </div>
          )}
        </>
      )}
      {adding && <NewRepresentative patientId={patientId} isMinor={isMinor} flags={flags} onClose={() => setAdding(false)} />}
    </Stack>
  )
}

const chipOf = ({ state, stands }: Line) => {
  if (state === 'proposed') return { tone: 'warn', label: 'Waits to be confirmed' } as const
  if (state === 'ended') return { tone: 'neutral', label: 'Ended' } as const
  return stands ? ({ tone: 'ok', label: 'Confirmed' } as const) : ({ tone: 'neutral', label: 'Not in force today' } as const)
}

function Representation({ patientId, line, isMinor }: { patientId: string; line: Line; isMinor: boolean }) {
  const go = useGo()
  const { user } = useSession()
  const queries = useQueryClient()
  const [doing, setDoing] = useState<'confirm' | 'end'>()
  const [note, setNote] = useState('')
  const path = { patientId, representationId: line.id }
  const isParent = line.basis === 'minor-child' && isMinor
  const mayConfirm = user.grants.has(isParent ? 'representation.confirm-minor' : 'representation.confirm')
  const acting = useMutation({
    mutationFn: () => {
      if (doing === 'end') return data(api.POST('/api/patients/{patientId}/representations/{representationId}/end', { params: { path } }))
      return isParent
        ? data(api.POST('/api/patients/{patientId}/representations/{representationId}/confirm-minor', { params: { path }, body: { note } }))
        : data(api.POST('/api/patients/{patientId}/representations/{representationId}/confirm', { params: { path }, body: { note } }))
    },
    onSuccess: async () => {
      setDoing(undefined)
      await queries.invalidateQueries({ queryKey: ['representations', patientId] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    acting.mutate()
  }
  const until = line.endsOn ? ` until ${formatPlainDate(line.endsOn)}` : line.basis === 'minor-child' ? ' until the 18th birthday' : ''
  const contact = [line.email, line.phone && formatPhone(line.phone)].filter(Boolean).join(' · ')
  const refused = acting.error instanceof Problem ? acting.error.refusal : undefined
  return (
    <article className="n-panel n-representative" aria-label={line.name}>
      <header>
        <h3>{line.name}</h3>
        <StatusChip {...chipOf(line)} />
      </header>
      <p>
        {BASES[line.basis]}
        {line.document && `, ${line.document}`}
      </p>
      <p>
        {line.scopes.map((scope) => SCOPES[scope]).join(' · ')}, from {formatPlainDate(line.startsOn)}
        {until}
      </p>
      {contact && <p>{contact}</p>}
      {line.note && <p>Seen: {line.note}</p>}
      {line.state === 'proposed' && !mayConfirm && <p>The owner, the compliance officer or the medical director confirms this.</p>}
      {line.state !== 'ended' && (
        <div className="n-representative__actions">
          {line.state === 'proposed' && mayConfirm && (
            <Button size="md" onClick={() => setDoing('confirm')}>
              Confirm
            </Button>
          )}
          {user.grants.has('representation.end') && (
            <Button size="md" variant="default" onClick={() => setDoing('end')}>
              End
            </Button>
          )}
        </div>
      )}
      <Modal
        opened={doing !== undefined}
        onClose={() => setDoing(undefined)}
        title={doing === 'end' ? 'End at once?' : 'Confirm the representative'}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            {doing === 'end' ? (
              <Text>{line.name} is signed out and can no longer act for this patient. What was signed stays as it is.</Text>
            ) : (
              <Textarea
                data-autofocus
                label="What have you seen?"
                description="The paper or the persons. It goes on record with your name."
                required
                autosize
                minRows={2}
                maxLength={500}
                value={note}
                error={acting.error instanceof Problem ? acting.error.errors[0]?.message : undefined}
                onChange={(event) => setNote(event.currentTarget.value)}
              />
            )}
            {refused && <RefusalNotice refusal={refused} onFix={go} />}
            {acting.error && !refused && !(acting.error instanceof Problem && acting.error.errors.length > 0) && <ErrorNotice error={acting.error} />}
            <Button type="submit" size="md" {...(doing === 'end' ? { color: 'red' } : {})} loading={acting.isPending}>
              {doing === 'end' ? 'End it' : 'Confirm'}
            </Button>
          </Stack>
        </form>
      </Modal>
    </article>
  )
}

interface NewProps {
  patientId: string
  isMinor: boolean
  flags: readonly string[]
  onClose: () => void
}

function NewRepresentative({ patientId, isMinor, flags, onClose }: NewProps) {
  const queries = useQueryClient()
  const { timeZone } = useLocation()
  const [fields, setFields] = useState({ name: '', birthDate: '', email: '', phone: '', document: '', startsOn: todayIn(timeZone), endsOn: '' })
  const [basis, setBasis] = useState<Basis>(isMinor ? 'minor-child' : 'guardian')
  const [scopes, setScopes] = useState<readonly Scope[]>(['forms', 'visits'])
  const [language, setLanguage] = useState<'en' | 'es'>('en')
  const saving = useMutation({
    mutationFn: () => {
      const { endsOn, ...rest } = fields
      return data(
        api.POST('/api/patients/{patientId}/representations', {
          params: { path: { patientId } },
          body: { ...rest, basis, scopes: [...scopes], language, ...(endsOn ? { endsOn } : {}) },
        }),
      )
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['representations', patientId] })
      onClose()
    },
  })
  const told = (path: string) => (saving.error instanceof Problem ? saving.error.errors.find((e) => e.path === path)?.message : undefined)
  const field = (name: keyof typeof fields) => ({
    value: fields[name],
    error: told(name),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget
      setFields((now) => ({ ...now, [name]: value }))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  const isFieldError = saving.error instanceof Problem && saving.error.errors.length > 0
  return (
    <Modal opened onClose={onClose} title="Record a representative" size={560} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput data-autofocus label="Name" autoComplete="off" required {...field('name')} />
          <TextInput type="date" label="Birth date" description="She signs in with it." required {...field('birthDate')} />
          <Group grow align="flex-start">
            <TextInput label="E-mail" autoComplete="off" {...field('email')} />
            <TextInput label="Mobile phone" autoComplete="off" {...field('phone')} />
          </Group>
          <NativeSelect
            label="Acts as"
            data={basisNames.filter((name) => isMinor || name !== 'minor-child').map((name) => ({ value: name, label: BASES[name] }))}
            value={basis}
            error={told('basis')}
            onChange={(event) => isBasis(event.currentTarget.value) && setBasis(event.currentTarget.value)}
          />
          <TextInput
            label={basis === 'minor-child' ? 'Document (if any)' : 'Document'}
            description="Where the paper is: a court’s file number, a folder."
            autoComplete="off"
            required={basis !== 'minor-child'}
            {...field('document')}
          />
          <Checkbox.Group label="May act in" value={[...scopes]} error={told('scopes')} onChange={(next) => setScopes(scopeNames.filter((name) => next.includes(name)))}>
            <Stack gap="xs" mt="xs">
              {scopeNames.map((name) => (
                <Checkbox key={name} value={name} label={SCOPES[name]} />
              ))}
            </Stack>
          </Checkbox.Group>
          <Group grow align="flex-start">
            <TextInput type="date" label="From" required {...field('startsOn')} />
            <TextInput type="date" label="Until (if known)" {...field('endsOn')} />
          </Group>
          <NativeSelect
            label="Language of messages"
            data={[
              { value: 'en', label: 'English' },
              { value: 'es', label: 'Spanish' },
            ]}
            value={language}
            onChange={(event) => setLanguage(event.currentTarget.value === 'es' ? 'es' : 'en')}
          />
          <ul className="n-representative__flags">
            {flags.map((flag) => (
              <li key={flag}>{flag}</li>
            ))}
          </ul>
          {saving.error && !isFieldError && <ErrorNotice error={saving.error} />}
          <Button type="submit" size="md" loading={saving.isPending}>
            Record
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}
