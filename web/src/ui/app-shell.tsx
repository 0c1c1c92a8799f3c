import { ActionIcon, Avatar, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import {
  IconBuilding,
  IconCheck,
  IconChevronDown,
  IconDeviceDesktop,
  IconDots,
  IconEye,
  IconEyeOff,
  IconLock,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
  IconUserCircle,
  IconUsers,
} from '@tabler/icons-react'
import { useEffect, useRef, type MouseEvent, type ReactNode } from 'react'
import { formatInitials } from './format.ts'
import type { Privacy } from './privacy.tsx'
import type { Icon } from './status-chip.tsx'
import { Mark } from './wordmark.tsx'
import './app-shell.css'

export interface NavItem {
  id: string
  label: string
  href: string
  icon: Icon
  /** a count that waits for this person, shown beside the label */
  waiting?: number
}

export interface ShellLocation {
  id: string
  name: string
}

export interface AppShellProps {
  /** at most seven; the first four stay visible in the phone's bottom bar */
  nav: readonly NavItem[]
  /** the path now, to mark the current item (longest matching href wins) */
  currentPath: string
  /** in-app navigation for plain clicks; modified clicks follow the link */
  onNavigate: (href: string) => void
  practiceName: string
  locations: readonly ShellLocation[]
  locationId: string | undefined
  onLocationChange: (locationId: string) => void
  person: { name: string; role: string }
  onLock: () => void
  onSwitchPerson: () => void
  onSignOut: () => void
  /** opens her own account: passkeys, password, sessions */
  onAccount: () => void
  privacy: Privacy
  onPrivacyChange: (privacy: Privacy) => void
  /** opens the command palette */
  onSearch: () => void
  children: ReactNode
}

const bottomBarItems = 4

/** The frame of every staff page: rail, top bar, content. A bottom bar replaces the rail on a phone. */
export function AppShell(props: AppShellProps) {
  const main = useMainFocus(props.currentPath)
  return (
    <div className="n-shell">
      <a className="n-shell__skip" href="#main" onClick={(event) => skipTo(event, main.current)}>
        Skip to content
      </a>
      <Rail {...props} />
      <TopBar {...props} />
      <main id="main" ref={main} tabIndex={0} className="n-shell__main">
        {props.children}
      </main>
      <BottomBar {...props} />
    </div>
  )
}

function skipTo(event: MouseEvent, main: HTMLElement | null): void {
  event.preventDefault()
  main?.focus()
}

/** Focus for screen readers: no ring around the whole page until the person tabs there. */
function focusQuietly(element: HTMLElement | null): void {
  if (!element) return
  element.dataset.quiet = 'yes'
  element.addEventListener('blur', () => delete element.dataset.quiet, { once: true })
  element.focus({ preventScroll: true })
}

/** A screen reader must hear that the page changed; the first page keeps the focus where the browser put it. */
function useMainFocus(path: string) {
  const main = useRef<HTMLElement>(null)
  const last = useRef(path)
  useEffect(() => {
    if (last.current === path) return
    last.current = path
    focusQuietly(main.current)
    main.current?.scrollTo({ top: 0 })
  }, [path])
  return main
}

function currentId(nav: readonly NavItem[], path: string): string | undefined {
  return nav
    .filter(({ href }) => path === href || path.startsWith(`${href}/`))
    .sort((a, b) => b.href.length - a.href.length)[0]?.id
}

const isPlainClick = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey

interface NavLinkProps {
  item: NavItem
  current: string | undefined
  className: string
  onNavigate: (href: string) => void
}

function NavLink({ item, current, className, onNavigate }: NavLinkProps) {
  const IconOf = item.icon
  return (
    <a
      className={className}
      href={item.href}
      aria-current={item.id === current ? 'page' : undefined}
      onClick={(event) => {
        if (!isPlainClick(event)) return
        event.preventDefault()
        onNavigate(item.href)
      }}
    >
      <span className="n-nav__icon">
        <IconOf size={22} stroke={1.6} aria-hidden />
        {item.waiting ? <span className="n-nav__waiting">{item.waiting}</span> : null}
      </span>
      <span className="n-nav__label">{item.label}</span>
      {item.waiting ? <span className="n-hidden">, {item.waiting} waiting</span> : null}
    </a>
  )
}

function Rail({ nav, currentPath, onNavigate }: AppShellProps) {
  const current = currentId(nav, currentPath)
  return (
    <nav className="n-rail" aria-label="Main">
      <span className="n-rail__mark">
        <Mark sizePixels={32} />
      </span>
      {nav.map((item) => (
        <NavLink key={item.id} className="n-nav" item={item} current={current} onNavigate={onNavigate} />
      ))}
    </nav>
  )
}

function BottomBar({ nav, currentPath, onNavigate }: AppShellProps) {
  const current = currentId(nav, currentPath)
  const shown = nav.length > bottomBarItems + 1 ? nav.slice(0, bottomBarItems) : nav
  const rest = nav.slice(shown.length)
  return (
    <nav className="n-bottom" aria-label="Main">
      {shown.map((item) => (
        <NavLink key={item.id} className="n-nav" item={item} current={current} onNavigate={onNavigate} />
      ))}
      {rest.length > 0 && (
        <Menu position="top-end" width={220}>
          <Menu.Target>
            <button type="button" className="n-plain n-nav" data-current={rest.some(({ id }) => id === current)}>
              <span className="n-nav__icon">
                <IconDots size={22} stroke={1.6} aria-hidden />
              </span>
              <span className="n-nav__label">More</span>
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map(({ id, label, href, icon: IconOf }) => (
              <Menu.Item key={id} leftSection={<IconOf size={18} stroke={1.6} />} onClick={() => onNavigate(href)}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </nav>
  )
}

/** What the platform's users press for "command". */
const commandKey = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'

function TopBar(props: AppShellProps) {
  return (
    <header className="n-top">
      <PlaceMenu {...props} />
      <button type="button" className="n-plain n-top__search" onClick={props.onSearch} aria-keyshortcuts="Control+K">
        <IconSearch size={18} stroke={1.75} aria-hidden />
        <span className="n-top__search-text">Find a patient, page or action</span>
        <kbd>{commandKey}</kbd>
      </button>
      <div className="n-top__end">
        <PrivacySwitch {...props} />
        <ActionIcon variant="subtle" color="gray" size={40} aria-label="Lock this screen" onClick={props.onLock}>
          <IconLock size={20} stroke={1.6} />
        </ActionIcon>
        <PersonMenu {...props} />
      </div>
    </header>
  )
}

function PrivacySwitch({ privacy, onPrivacyChange }: AppShellProps) {
  const hidden = privacy === 'hidden'
  return (
    <ActionIcon
      variant={hidden ? 'light' : 'subtle'}
      color={hidden ? 'teal' : 'gray'}
      size={40}
      aria-label="Privacy mode: hide names"
      aria-pressed={hidden}
      onClick={() => onPrivacyChange(hidden ? 'shown' : 'hidden')}
    >
      {hidden ? <IconEyeOff size={20} stroke={1.6} /> : <IconEye size={20} stroke={1.6} />}
    </ActionIcon>
  )
}

function PlaceMenu({ practiceName, locations, locationId, onLocationChange }: AppShellProps) {
  const here = locations.find(({ id }) => id === locationId)
  const label = (
    <>
      <span className="n-top__practice">{practiceName}</span>
      {here && <span className="n-top__location">{here.name}</span>}
    </>
  )
  if (locations.length < 2) return <div className="n-top__place">{label}</div>
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <button type="button" className="n-plain n-top__place n-top__place--menu">
          {label}
          <IconChevronDown size={16} stroke={1.75} aria-hidden />
          <span className="n-hidden">Change location</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Location</Menu.Label>
        {locations.map(({ id, name }) => (
          <Menu.Item
            key={id}
            leftSection={<IconBuilding size={18} stroke={1.6} />}
            rightSection={id === locationId ? <IconCheck size={16} aria-label="current" /> : null}
            onClick={() => onLocationChange(id)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const schemes: { value: MantineColorScheme; label: string; icon: Icon }[] = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the device', icon: IconDeviceDesktop },
]

const schemeOf = (value: string): MantineColorScheme =>
  schemes.find((scheme) => scheme.value === value)?.value ?? 'auto'

function PersonMenu({ person, onSwitchPerson, onSignOut, onAccount }: AppShellProps) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Menu position="bottom-end" width={260} closeOnItemClick>
      <Menu.Target>
        <button type="button" className="n-plain n-top__person">
          <Avatar size={36} radius="xl" color="teal" alt="">
            {formatInitials(person.name).replace(/[. ]/g, '').slice(0, 2)}
          </Avatar>
          <span className="n-top__who">
            <span className="n-top__name">{person.name}</span>
            <span className="n-top__role">{person.role}</span>
          </span>
          <IconChevronDown size={16} stroke={1.75} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUserCircle size={18} stroke={1.6} />} onClick={onAccount}>
          Your account
        </Menu.Item>
        <Menu.Item leftSection={<IconUsers size={18} stroke={1.6} />} onClick={onSwitchPerson}>
          Switch person
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={18} stroke={1.6} />} onClick={onSignOut}>
          Sign out
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(next) => setColorScheme(schemeOf(next))}>
          {schemes.map(({ value, label, icon: IconOf }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<IconOf size={18} stroke={1.6} />}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
