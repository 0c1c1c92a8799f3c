import { Modal } from '@mantine/core'
import { IconArrowRight, IconBolt, IconSearch, IconUser } from '@tabler/icons-react'
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { ErrorNotice } from './error-notice.tsx'
import { formatDate, formatPlainDate, formatTime } from './format.ts'
import { PatientName } from './privacy.tsx'
import type { Icon } from './status-chip.tsx'
import './command-palette.css'

export interface PalettePatient {
  id: string
  /** as called: "Mia Reyes" */
  name: string
  /** YYYY-MM-DD */
  birthDate: string
  /** instant of the next visit, if there is one */
  nextVisitAt?: string | undefined
}

export interface PaletteEntry {
  id: string
  label: string
  /** further words that find it */
  words?: string
  icon?: Icon
  onPick: () => void
}

export interface CommandPaletteProps {
  opened: boolean
  onOpenedChange: (opened: boolean) => void
  /** asked after a short pause, from two characters on; must honour the signal */
  searchPatients: (query: string, signal: AbortSignal) => Promise<readonly PalettePatient[]>
  onPickPatient: (patient: PalettePatient) => void
  pages: readonly PaletteEntry[]
  actions: readonly PaletteEntry[]
  /** of the location, for the next visit */
  timeZone: string
}

const fewestCharacters = 2
const searchPauseMs = 80
const keystrokeMemoryMs = 1200

/**
 * Finds a patient, a page or an action. Opens on Ctrl K / ⌘K, and on two characters typed while nothing has the focus
 * (they become the query). Arrow keys, Enter, Escape.
 */
export function CommandPalette(props: CommandPaletteProps) {
  const [query, setQuery] = useState('')
  const { opened, onOpenedChange } = props
  const close = () => {
    setQuery('')
    onOpenedChange(false)
  }
  usePaletteKeys(opened, (typed) => {
    setQuery(typed)
    onOpenedChange(true)
  })
  return (
    <Modal.Root
      opened={opened}
      onClose={close}
      padding={0}
      size={640}
      yOffset="10dvh"
      transitionProps={{ duration: 90 }}
      className="n-palette-modal"
    >
      <Modal.Overlay color="var(--n-veil)" backgroundOpacity={1} />
      <Modal.Content radius="lg" aria-label="Find a patient, page or action">
        <Modal.Body>
          <PaletteBody {...props} query={query} onQueryChange={setQuery} onClose={close} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

/** Keys that open the palette from anywhere. A query typed blind keeps its first characters. */
function usePaletteKeys(opened: boolean, open: (typed: string) => void): void {
  const openNow = useRef(open)
  openNow.current = open
  useEffect(() => {
    if (opened) return
    let typed = ''
    let lastMs = 0
    const listen = (event: globalThis.KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        openNow.current('')
        return
      }
      const { activeElement } = document
      const nothingFocused = activeElement === null || activeElement === document.body || activeElement.id === 'main'
      const isCharacter = event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key)
      if (!nothingFocused || !isCharacter || event.ctrlKey || event.metaKey || event.altKey) return
      typed = event.timeStamp - lastMs > keystrokeMemoryMs ? event.key : typed + event.key
      lastMs = event.timeStamp
      if (typed.length < fewestCharacters) return
      event.preventDefault()
      openNow.current(typed)
      typed = ''
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [opened])
}

interface Found {
  state: 'idle' | 'searching' | 'found' | 'failed'
  patients: readonly PalettePatient[]
  error?: unknown
}

function usePatientSearch(query: string, search: CommandPaletteProps['searchPatients']): Found {
  const [found, setFound] = useState<Found>({ state: 'idle', patients: [] })
  const searchNow = useRef(search)
  searchNow.current = search
  useEffect(() => {
    const wanted = query.trim()
    if (wanted.length < fewestCharacters) {
      setFound({ state: 'idle', patients: [] })
      return
    }
    const abort = new AbortController()
    const ask = async () => {
      setFound(({ patients }) => ({ state: 'searching', patients }))
      try {
        const patients = await searchNow.current(wanted, abort.signal)
        if (!abort.signal.aborted) setFound({ state: 'found', patients })
      } catch (error) {
        if (!abort.signal.aborted) setFound({ state: 'failed', patients: [], error })
      }
    }
    const timer = setTimeout(() => void ask(), searchPauseMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [query])
  return found
}

interface Option {
  key: string
  group: 'Patients' | 'Actions' | 'Pages'
  icon: Icon
  label: ReactNode
  detail?: ReactNode
  pick: () => void
}

const normal = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

const matches = (query: string) => (entry: PaletteEntry) => {
  const haystack = normal(`${entry.label} ${entry.words ?? ''}`)
  return normal(query)
    .split(/\s+/)
    .every((word) => haystack.includes(word))
}

const idleEntries = 6

function optionsOf(props: CommandPaletteProps, query: string, patients: readonly PalettePatient[]): Option[] {
  const fits = matches(query)
  const entries = (group: 'Actions' | 'Pages', icon: Icon, list: readonly PaletteEntry[]) =>
    list
      .filter(fits)
      .slice(0, idleEntries)
      .map((entry): Option => ({
        key: `${group} ${entry.id}`,
        group,
        icon: entry.icon ?? icon,
        label: entry.label,
        pick: entry.onPick,
      }))
  return [
    ...patients.map((patient): Option => ({
      key: `patient ${patient.id}`,
      group: 'Patients',
      icon: IconUser,
      label: <PatientName name={patient.name} />,
      detail: <PatientDetail patient={patient} timeZone={props.timeZone} />,
      pick: () => props.onPickPatient(patient),
    })),
    ...entries('Actions', IconBolt, props.actions),
    ...entries('Pages', IconArrowRight, props.pages),
  ]
}

function PatientDetail({ patient, timeZone }: { patient: PalettePatient; timeZone: string }) {
  const { birthDate, nextVisitAt } = patient
  return (
    <>
      <span>born {formatPlainDate(birthDate)}</span>
      <span>
        {nextVisitAt
          ? `next ${formatDate(nextVisitAt, { timeZone, style: 'short' })}, ${formatTime(nextVisitAt, { timeZone })}`
          : 'no visit booked'}
      </span>
    </>
  )
}

interface PaletteBodyProps extends CommandPaletteProps {
  query: string
  onQueryChange: (query: string) => void
  onClose: () => void
}

function PaletteBody(props: PaletteBodyProps) {
  const { query, onQueryChange, onClose } = props
  const listId = useId()
  const found = usePatientSearch(query, props.searchPatients)
  const options = useMemo(() => optionsOf(props, query, found.patients), [props, query, found.patients])
  const [activeKey, setActiveKey] = useState<string>()
  const active = Math.max(
    0,
    options.findIndex(({ key }) => key === activeKey),
  )
  const pick = (option: Option | undefined) => {
    if (!option) return
    onClose()
    option.pick()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setActiveKey(options[(active + step + options.length) % options.length]?.key)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      pick(options[active])
    }
  }
  return (
    <div className="n-palette">
      <div className="n-palette__field">
        <IconSearch size={20} stroke={1.75} aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-label="Find a patient, page or action"
          aria-expanded={options.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={options.length > 0 ? `${listId}-${active}` : undefined}
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          placeholder="Name, phone, birth date, page or action"
          value={query}
          onChange={(event) => {
            setActiveKey(undefined)
            onQueryChange(event.currentTarget.value)
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>Esc</kbd>
      </div>
      <OptionList listId={listId} options={options} active={active} onHover={setActiveKey} onPick={pick} />
      <PaletteFoot found={found} options={options} query={query} />
    </div>
  )
}

interface OptionListProps {
  listId: string
  options: readonly Option[]
  active: number
  onHover: (key: string) => void
  onPick: (option: Option) => void
}

function OptionList({ listId, options, active, onHover, onPick }: OptionListProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [active])
  const groups = (['Patients', 'Actions', 'Pages'] as const).filter((name) =>
    options.some(({ group }) => group === name),
  )
  return (
    <div className="n-palette__list" role="listbox" id={listId} aria-label="Results" ref={list}>
      {groups.map((name) => (
        <div key={name} role="group" aria-label={name}>
          <div className="n-palette__group" role="presentation">
            {name}
          </div>
          {options.map((option, index) =>
            option.group === name ? (
              <div
                key={option.key}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === active}
                className="n-palette__option"
                onPointerMove={() => onHover(option.key)}
                onClick={() => onPick(option)}
              >
                <option.icon size={18} stroke={1.6} aria-hidden />
                <span className="n-palette__label">{option.label}</span>
                {option.detail && <span className="n-palette__detail n-figures">{option.detail}</span>}
              </div>
            ) : null,
          )}
        </div>
      ))}
    </div>
  )
}

function PaletteFoot({ found, options, query }: { found: Found; options: readonly Option[]; query: string }) {
  if (found.state === 'failed') {
    return (
      <div className="n-palette__foot">
        <ErrorNotice error={found.error} />
      </div>
    )
  }
  const said =
    found.state === 'searching'
      ? 'Searching…'
      : found.state === 'found' && options.length === 0
        ? `Nothing found for “${query.trim()}”. Try fewer letters, the last four digits of the phone, or a birth date.`
        : ''
  return (
    <div className={said ? 'n-palette__foot' : 'n-hidden'} role="status">
      {said || `${options.length} results`}
    </div>
  )
}
