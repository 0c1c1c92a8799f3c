import { Button, localStorageColorSchemeManager, MantineProvider, Select, TextInput } from '@mantine/core'
import {
  IconCalendar,
  IconCalendarPlus,
  IconEye,
  IconFingerprint,
  IconHandStop,
  IconPencil,
  IconPhoto,
  IconShieldCheck,
  IconUsers,
} from '@tabler/icons-react'
import { StrictMode, useState, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import '@mantine/core/styles.layer.css'
import './fonts.css'
import './page.css'
import './gallery.css'
import { Problem, type Refusal } from './api.ts'
import { preferredLanguage, startI18n, type Language } from './i18n.ts'
import { cssVariables, theme } from './theme.ts'
import { AppShell, type NavItem } from './ui/app-shell.tsx'
import { CameraCapture } from './ui/camera-capture.tsx'
import { CommandPalette, type PalettePatient } from './ui/command-palette.tsx'
import { DataList } from './ui/data-list.tsx'
import { DayBar } from './ui/day-bar.tsx'
import { DayCalendar, type CalendarEvent, type CalendarProvider } from './ui/day-calendar.tsx'
import { EmptyState } from './ui/empty-state.tsx'
import { ErrorNotice } from './ui/error-notice.tsx'
import { zoneAt } from './ui/face-zones.ts'
import { formatMoney, formatPlainDate } from './ui/format.ts'
import { InjectionMap, type InjectionPoint } from './ui/injection-map.tsx'
import { firstPage } from './ui/list-state.ts'
import { LockScreen } from './ui/lock-screen.tsx'
import { MoneyInput } from './ui/money-input.tsx'
import { PageHeader } from './ui/page-header.tsx'
import { PhotoCompare } from './ui/photo-compare.tsx'
import { PhotoGrid, type GridPhoto } from './ui/photo-grid.tsx'
import { PatientName, PrivacyProvider, type Privacy } from './ui/privacy.tsx'
import { DisplayTitle, PublicShell } from './ui/public-shell.tsx'
import { QuestionField } from './ui/question-field.tsx'
import { isComplete, type Answers, type Questionnaire } from './ui/questionnaire.ts'
import { RefusalNotice } from './ui/refusal-notice.tsx'
import { SignaturePad, type Signature } from './ui/signature-pad.tsx'
import { SkeletonCard, SkeletonRows } from './ui/skeletons.tsx'
import { StatusChip } from './ui/status-chip.tsx'
import { StepForm } from './ui/step-form.tsx'
import { Timeline } from './ui/timeline.tsx'
import { visitLooks, type FormsState, type VisitStatus } from './ui/visit-status.ts'
import { Wordmark } from './ui/wordmark.tsx'
import { instantOf } from './ui/zoned-day.ts'

/** The kit with invented people, for those who build it: `/gallery.html?show=<name>`. Dev server only. */

const timeZone = 'America/Denver'
const date = '2026-11-23'
const at = (clock: string) => {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  return instantOf({ date, minute: hour * 60 + minute }, timeZone)
}
const hours = (from: number, to: number) => [{ startMinute: from * 60, endMinute: to * 60 }]

const providers: CalendarProvider[] = [
  { id: 'p1', name: 'Dr. Ana Ruiz', title: 'MD', hours: hours(9, 17) },
  { id: 'p2', name: 'Jordan Blake', title: 'NP', hours: hours(9, 18) },
  { id: 'p3', name: 'Priya Nair', title: 'RN injector', hours: hours(10, 18) },
  { id: 'p4', name: 'Sam Okafor', title: 'Laser technician', hours: hours(8, 16) },
]

type Row = [string, string, string, string, string, VisitStatus, FormsState, string?]
const rows: Row[] = [
  ['p1', '9:00', '9:45', 'Mia Reyes', 'Lip filler', 'checked-out', 'complete', 'Room 1'],
  ['p1', '10:00', '10:30', 'Grace Lindqvist', 'Consultation', 'treated', 'complete', 'Room 1'],
  ['p1', '10:30', '11:30', 'Theo Marchetti', 'Cheek filler', 'arrived', 'started', 'Room 2'],
  ['p1', '13:00', '13:15', 'Ivy Chen', 'Follow-up', 'confirmed', 'none'],
  ['p1', '14:00', '15:00', 'Rosalind Achterberg', 'Full face', 'booked', 'missing'],
  ['p2', '9:15', '10:00', 'Noor Haddad', 'Wrinkle relaxer', 'in-treatment', 'complete', 'Room 3'],
  ['p2', '9:30', '10:15', 'Luca Ferri', 'Wrinkle relaxer', 'arrived', 'complete', 'Room 4'],
  ['p2', '11:00', '11:30', 'Wei Zhang', 'Consultation', 'confirmed', 'started'],
  ['p2', '15:00', '16:00', 'Elena Sokolova', 'Skin booster', 'booked', 'missing'],
  ['p3', '10:00', '10:45', 'Amara Diallo', 'Wrinkle relaxer', 'no-show', 'missing'],
  ['p3', '11:00', '11:30', 'Beatriz Coelho', 'Lip flip', 'confirmed', 'complete'],
  ['p3', '11:15', '12:00', 'Hannah Weiss', 'Wrinkle relaxer', 'confirmed', 'started'],
  ['p3', '11:30', '12:15', 'Olu Adeyemi', 'Skin booster', 'booked', 'missing'],
  ['p4', '8:30', '9:30', 'Carmen Vidal', 'Laser, legs', 'checked-out', 'complete', 'Laser'],
  ['p4', '10:00', '11:00', 'Freya Olsen', 'IPL, face', 'in-treatment', 'complete', 'Laser'],
  ['p4', '12:30', '13:30', 'Dev Kapoor', 'Laser, back', 'cancelled', 'none'],
]
const firstEvents = rows.map(
  ([providerId, start, end, patientName, detail, status, forms, room], index): CalendarEvent => ({
    id: `e${index}`,
    providerId,
    startsAt: at(start),
    endsAt: at(end),
    patientName,
    detail,
    status,
    forms,
    room,
  }),
)

const nav: NavItem[] = [
  { id: 'calendar', label: 'Calendar', href: '/calendar', icon: IconCalendar },
  { id: 'patients', label: 'Patients', href: '/patients', icon: IconUsers, waiting: 3 },
  { id: 'photos', label: 'Photos', href: '/photos', icon: IconPhoto },
  { id: 'posture', label: 'Posture', href: '/posture', icon: IconShieldCheck },
  { id: 'audit', label: 'Audit', href: '/audit', icon: IconFingerprint },
  { id: 'notes', label: 'Notes', href: '/notes', icon: IconPencil },
]
const people: PalettePatient[] = [
  { id: '1', name: 'Mia Reyes', birthDate: '1985-04-09', nextVisitAt: at('14:30') },
  { id: '2', name: 'Miriam Castellanos', birthDate: '1991-12-30' },
  { id: '3', name: 'Milo Andersson', birthDate: '1978-01-17', nextVisitAt: at('16:00') },
]
const findPeople = (query: string) =>
  new Promise<PalettePatient[]>((resolve) =>
    setTimeout(() => resolve(people.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()))), 60),
  )

function Shell({ children, path = '/calendar' }: { children: ReactNode; path?: string }) {
  const [privacy, setPrivacy] = useState<Privacy>('shown')
  const [searching, setSearching] = useState(false)
  const [locationId, setLocationId] = useState('l1')
  const none = () => undefined
  return (
    <PrivacyProvider privacy={privacy}>
      <AppShell
        nav={nav}
        currentPath={path}
        onNavigate={none}
        practiceName="Aurelia Aesthetics"
        locations={[
          { id: 'l1', name: 'Cherry Creek' },
          { id: 'l2', name: 'Boulder' },
        ]}
        locationId={locationId}
        onLocationChange={setLocationId}
        person={{ name: 'Dana Whitfield', role: 'Front desk' }}
        onLock={none}
        onSwitchPerson={none}
        onAccount={none}
        onSignOut={none}
        privacy={privacy}
        onPrivacyChange={setPrivacy}
        onSearch={() => setSearching(true)}
      >
        {children}
      </AppShell>
      <CommandPalette
        opened={searching}
        onOpenedChange={setSearching}
        searchPatients={findPeople}
        onPickPatient={none}
        pages={nav.map(({ id, label, icon }) => ({ id, label, icon, onPick: none }))}
        actions={[
          { id: 'book', label: 'Book a visit', icon: IconCalendarPlus, onPick: none },
          { id: 'lock', label: 'Lock this screen', onPick: none },
        ]}
        timeZone={timeZone}
      />
    </PrivacyProvider>
  )
}

function CalendarPage() {
  const [events, setEvents] = useState(firstEvents)
  const [day, setDay] = useState(date)
  const [last, setLast] = useState('')
  return (
    <Shell>
      <div className="gallery-calendar" data-last={last}>
        <DayBar date={day} today={date} onChange={setDay}>
          <Button leftSection={<IconCalendarPlus size={18} stroke={1.75} />}>Book</Button>
        </DayBar>
        <DayCalendar
          date={day}
          timeZone={timeZone}
          providers={providers}
          events={events}
          now={new Date(at('10:20'))}
          onOpen={({ patientName }) => setLast(`open ${patientName}`)}
          onPickSlot={({ startsAt }) => setLast(`slot ${startsAt}`)}
          onMove={({ event, ...move }) => {
            setLast(`move ${event.patientName} ${move.providerId} ${move.startsAt}`)
            setEvents((all) => all.map((other) => (other.id === event.id ? { ...other, ...move } : other)))
          }}
          empty={{
            title: 'No visits on this day',
            hint: 'Book one, or pick another day.',
            action: { label: 'Book a visit' },
          }}
        />
      </div>
    </Shell>
  )
}

const calendarFrame = (events: CalendarEvent[] | undefined) => (
  <Shell>
    <div className="gallery-calendar">
      <DayBar date={date} today={date} onChange={() => undefined} />
      <DayCalendar
        date={date}
        timeZone={timeZone}
        providers={providers}
        events={events}
        onOpen={() => undefined}
        empty={{
          icon: IconCalendar,
          title: 'No visits on this day',
          hint: 'Visits that are booked online or here appear in the provider’s column.',
          action: { label: 'Book a visit' },
        }}
      />
    </div>
  </Shell>
)

const refusal: Refusal = {
  why: 'The photo may not be posted: Mia has not authorized marketing use of it.',
  rule: '45 CFR 164.508(a)(3)',
  whoCanFix: 'Mia herself, in a separate authorization',
  fix: { label: 'Ask for the authorization', href: '/patients/1/authorizations' },
}
const closed: Refusal = {
  why: 'Treatment notes are open to the people who treat this patient.',
  rule: '45 CFR 164.502(b), minimum necessary',
  whoCanFix: 'Dr. Ana Ruiz or the privacy officer',
  fix: { label: 'Ask Dr. Ruiz', href: '/messages/new' },
  override: { label: 'Emergency access', action: 'glass.break', minutes: 60 },
}

function Notices() {
  return (
    <Shell path="/patients">
      <PageHeader title="Notices" subtitle="What the software says when it refuses, fails or has nothing" />
      <div className="gallery-stack">
        <RefusalNotice refusal={refusal} />
        <RefusalNotice refusal={closed} heading="This note is closed to the front desk." onOverride={() => undefined} />
        <ErrorNotice
          error={
            new Problem({
              status: 409,
              title: 'Somebody was faster',
              detail: 'The 2:30 PM slot was booked a moment ago.',
              reference: '7F3K-22Q9',
            })
          }
          whatToDo="Choose another time; everything else you typed is kept."
          onRetry={() => undefined}
        />
        <ErrorNotice error={new Problem({ status: 0, title: 'No connection' })} />
        <div className="n-panel">
          <EmptyState
            icon={IconPhoto}
            title="Released photos appear here"
            hint="A provider releases a photo after the patient has authorized its use."
            action={{ label: 'How a photo gets released', href: '/help' }}
          />
        </div>
        <div className="gallery-row">
          {Object.values(visitLooks).map((look) => (
            <StatusChip key={look.label} tone={look.tone} label={look.label} icon={look.icon} />
          ))}
        </div>
        <SkeletonRows rows={3} />
        <SkeletonCard />
      </div>
    </Shell>
  )
}

const products = [
  { name: 'Botox Cosmetic', unit: 'units', lots: ['C7712A', 'C7698B'], usualDose: 4 },
  { name: 'Juvéderm Volbella', unit: 'mL', lots: ['VB20-118'], usualDose: 0.1 },
] as const
const point = (id: string, x: number, y: number, units: number, product = 'Botox Cosmetic'): InjectionPoint => ({
  id,
  x,
  y,
  zone: zoneAt({ x, y }),
  product,
  units,
  lot: product === 'Botox Cosmetic' ? 'C7712A' : 'VB20-118',
})

function MapPage({ mode }: { mode: 'edit' | 'read' }) {
  const [points, setPoints] = useState<readonly InjectionPoint[]>([
    point('a', 0.5, 0.34, 4),
    point('b', 0.455, 0.36, 4),
    point('c', 0.545, 0.36, 4),
    point('d', 0.765, 0.405, 4),
    point('e', 0.235, 0.405, 4),
    point('f', 0.5, 0.66, 0.2, 'Juvéderm Volbella'),
  ])
  return (
    <Shell path="/notes">
      <PageHeader title="Injection map" subtitle="Mia Reyes · treatment note" />
      <InjectionMap mode={mode} points={points} products={products} onPointsChange={setPoints} />
    </Shell>
  )
}

/** A stand-in for a photograph: a head in front of a backdrop, two slightly different lights. */
function portrait(skin: string, shade: string, line: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1000"><rect width="800" height="1000" fill="#c9c7c2"/><ellipse cx="400" cy="1010" rx="360" ry="240" fill="#46515a"/><path d="M300 700h200v160q-100 80-200 0z" fill="${shade}"/><ellipse cx="400" cy="450" rx="220" ry="300" fill="${skin}"/><path d="M180 420q0-300 220-300t220 300q-40-170-220-190-180 20-220 190z" fill="#4a3428"/><g fill="none" stroke="${line}" stroke-width="7" stroke-linecap="round"><path d="M300 300h200M310 335h180M320 265h160"/></g><g fill="#2c2622"><ellipse cx="315" cy="440" rx="34" ry="16"/><ellipse cx="485" cy="440" rx="34" ry="16"/></g><path d="M385 450q-20 110-30 120 45 26 90 0" fill="none" stroke="${shade}" stroke-width="8"/><path d="M320 650q80-34 160 0-80 60-160 0z" fill="#b5645c"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
const beforeSrc = portrait('#dcb093', '#b98a6e', '#b07e62')
const afterSrc = portrait('#e3bba0', '#c0937a', '#dcb093')
const photos: GridPhoto[] = [
  'Front, at rest',
  'Front, brow raised',
  'Left oblique',
  'Right oblique',
  'Front, at rest',
].map((alt, index) => ({
  id: String(index),
  thumbSrc: index < 3 ? beforeSrc : afterSrc,
  alt,
  takenAt: index < 3 ? '2026-09-02T16:00:00Z' : '2026-11-20T17:00:00Z',
  note: index === 0 ? <StatusChip tone="ok" label="Released" /> : undefined,
}))

function PhotosPage() {
  const [selected, setSelected] = useState<readonly string[]>(['0', '4'])
  return (
    <Shell path="/photos">
      <PageHeader title="Photos" actions={<Button disabled={selected.length !== 2}>Compare</Button>} />
      <PhotoGrid
        photos={photos}
        timeZone={timeZone}
        onOpen={() => undefined}
        selectedIds={selected}
        onSelectedChange={setSelected}
        maxSelected={2}
      />
    </Shell>
  )
}

const comparePage = (mode: 'side' | 'slider') => (
  <main className="gallery-full">
    <h1 className="n-hidden">Compare photos</h1>
    <PhotoCompare
      before={{ src: beforeSrc, alt: 'Front view at rest, before', takenAt: '2026-09-02T16:00:00Z', label: 'Before' }}
      after={{
        src: afterSrc,
        alt: 'Front view at rest, after',
        takenAt: '2026-11-20T17:00:00Z',
        label: '11 weeks after',
      }}
      timeZone={timeZone}
      initialMode={mode}
      onClose={() => undefined}
    />
  </main>
)

const intake: Questionnaire = {
  items: [
    {
      linkId: 'blood-thinner',
      type: 'boolean',
      required: true,
      text: { en: 'Do you take a blood thinner?', es: '¿Toma algún anticoagulante?' },
      help: {
        en: 'For example aspirin, warfarin or fish oil.',
        es: 'Por ejemplo aspirina, warfarina o aceite de pescado.',
      },
    },
    {
      linkId: 'allergies',
      type: 'multi-choice',
      required: true,
      text: { en: 'Are you allergic to any of these?', es: '¿Es alérgica o alérgico a algo de esto?' },
      options: [
        { code: 'lidocaine', label: { en: 'Lidocaine', es: 'Lidocaína' } },
        { code: 'latex', label: { en: 'Latex', es: 'Látex' } },
        { code: 'albumin', label: { en: 'Albumin or egg', es: 'Albúmina o huevo' } },
        { code: 'none', label: { en: 'None of these', es: 'Nada de esto' }, exclusive: true },
      ],
    },
    { linkId: 'birth', type: 'date', required: true, text: { en: 'When were you born?', es: '¿Cuándo nació?' } },
    {
      linkId: 'medicines',
      type: 'long-text',
      enableWhen: [{ question: 'blood-thinner', operator: '=', answer: true }],
      text: { en: 'Which one, and how much?', es: '¿Cuál y cuánto?' },
    },
  ],
}

function IntakePage({ start = 0, language = 'en' }: { start?: number; language?: Language }) {
  const [answers, setAnswers] = useState<Answers>({ 'blood-thinner': true, allergies: ['latex'] })
  const [index, setIndex] = useState(start)
  const [signature, setSignature] = useState<Signature>()
  const questions = intake.items.map((item) => ({
    id: item.linkId,
    complete: isComplete(item, answers),
    content: ({ tried }: { tried: boolean }) => (
      <QuestionField
        item={item}
        answers={answers}
        language={language}
        onAnswer={(linkId, answer) => setAnswers((all) => ({ ...all, [linkId]: answer }))}
        error={tried ? 'Please answer this to continue.' : undefined}
      />
    ),
  }))
  return (
    <PublicShell practiceName="Aurelia Aesthetics">
      <StepForm
        title="Health questions"
        index={index}
        onIndexChange={setIndex}
        onFinish={() => undefined}
        saveState="saved"
        steps={[
          ...questions,
          {
            id: 'sign',
            complete: signature !== undefined,
            content: () => <SignaturePad value={signature} onChange={setSignature} />,
            nextLabel: 'I agree and sign',
          },
        ]}
      />
    </PublicShell>
  )
}

const bookPage = (
  <PublicShell
    practiceName="Aurelia Aesthetics"
    contact="Aurelia Aesthetics · (303) 555-0147 · 210 Fillmore St, Denver"
  >
    <DisplayTitle lead="Tell us when suits you. We ask about your health later, over a private link.">
      Book your visit
    </DisplayTitle>
    <div className="gallery-stack">
      <Select label="What would you like?" size="lg" data={['Consultation', 'Follow-up']} defaultValue="Consultation" />
      <TextInput label="Your name" size="lg" autoComplete="name" />
      <Button size="lg">Continue</Button>
    </div>
  </PublicShell>
)

function TimelinePage() {
  return (
    <Shell path="/audit">
      <PageHeader
        title="Who saw what"
        subtitle={
          <>
            <PatientName name="Mia Reyes" /> · last 30 days
          </>
        }
        actions={<Button leftSection={<IconShieldCheck size={18} stroke={1.75} />}>Verify the trail</Button>}
      />
      <div className="n-panel gallery-pad">
        <Timeline
          label="Access to this record"
          timeZone={timeZone}
          entries={[
            {
              id: '1',
              at: at('10:31'),
              actor: 'Dr. Ana Ruiz',
              did: 'opened the chart',
              facts: ['treatment', '14 fields disclosed', 'iPad 2'],
              icon: IconEye,
              tone: 'info',
              aside: <StatusChip look="plain" tone="neutral" label="#48 211" />,
            },
            {
              id: '2',
              at: at('10:28'),
              actor: 'Dana Whitfield',
              did: 'tried to open the photos and was refused',
              facts: ['45 CFR 164.502(b)', 'front desk'],
              icon: IconHandStop,
              tone: 'danger',
            },
            {
              id: '3',
              at: at('10:24'),
              actor: 'Dana Whitfield',
              did: 'checked the patient in',
              facts: ['operations'],
              icon: IconCalendar,
            },
            {
              id: '4',
              at: '2026-11-20T17:05:00Z',
              actor: 'Mia Reyes',
              did: 'signed the treatment consent, version 3',
              facts: ['drawn', 'by link'],
              icon: IconPencil,
              tone: 'ok',
            },
          ]}
        />
      </div>
    </Shell>
  )
}

interface Payment {
  id: string
  who: string
  birth: string
  phone: string
  balance: number
}
const payments = [
  ['Mia Reyes', '1985-04-09', '(303) 555-0112', 48_000],
  ['Theo Marchetti', '1979-08-21', '(303) 555-0187', 125_050],
  ['Noor Haddad', '1993-02-11', '(720) 555-0133', 0],
  ['Grace Lindqvist', '1966-10-02', '(303) 555-0129', 7_500],
] as const
const listRows = payments.map(([who, birth, phone, balance], index): Payment => ({
  id: String(index),
  who,
  birth,
  phone,
  balance,
}))

function ListPage() {
  const [state, setState] = useState(firstPage)
  const [cents, setCents] = useState<number | null>(12_050)
  return (
    <Shell path="/patients">
      <PageHeader title="Patients" actions={<Button>New patient</Button>} />
      <DataList
        label="Patients"
        searchLabel="Search"
        columns={[
          { id: 'name', header: 'Name', cell: ({ who }) => <PatientName name={who} />, sortable: 'yes' },
          { id: 'birth', header: 'Born', cell: ({ birth }) => formatPlainDate(birth), hideOn: 'phone' },
          { id: 'phone', header: 'Phone', cell: ({ phone }) => phone, hideOn: 'tablet' },
          {
            id: 'balance',
            header: 'Balance',
            cell: ({ balance }) => formatMoney(balance),
            align: 'end',
            sortable: 'yes',
          },
        ]}
        filters={[{ id: 'state', label: 'Forms', options: [{ value: 'missing', label: 'Missing' }] }]}
        rows={listRows}
        total={1284}
        pageSize={25}
        rowId={({ id }) => id}
        onOpen={() => undefined}
        state={state}
        onStateChange={setState}
        empty={{ title: 'Patients appear here' }}
      />
      <div className="gallery-narrow">
        <MoneyInput label="Payment" cents={cents} onChange={setCents} />
      </div>
    </Shell>
  )
}

const lockPage = (
  <>
    <CalendarPage />
    <LockScreen
      person={{ name: 'Dana Whitfield', role: 'Front desk' }}
      onUnlock={() => Promise.reject(new Problem({ status: 401, title: 'This password is not right' }))}
      onUnlockWithPasskey={() => Promise.resolve()}
      onSwitchPerson={() => undefined}
    />
  </>
)

const pages: Record<string, ReactNode> = {
  calendar: <CalendarPage />,
  'calendar-empty': calendarFrame([]),
  'calendar-loading': calendarFrame(undefined),
  notices: <Notices />,
  map: <MapPage mode="edit" />,
  'map-read': <MapPage mode="read" />,
  photos: <PhotosPage />,
  compare: comparePage('side'),
  slider: comparePage('slider'),
  intake: <IntakePage />,
  'intake-choice': <IntakePage start={1} />,
  'intake-date': <IntakePage start={2} language="es" />,
  sign: <IntakePage start={4} />,
  book: bookPage,
  timeline: <TimelinePage />,
  list: <ListPage />,
  lock: lockPage,
  camera: (
    <Shell path="/photos">
      <PageHeader title="Take a photo" />
      <CameraCapture onCapture={() => undefined} onCancel={() => undefined} ghostSrc={beforeSrc} />
    </Shell>
  ),
}

function Index() {
  return (
    <main className="gallery-index">
      <h1>
        <Wordmark sizePixels={40} />
      </h1>
      <ul>
        {Object.keys(pages).map((name) => (
          <li key={name}>
            <a href={`?show=${name}`}>{name}</a>
          </li>
        ))}
      </ul>
    </main>
  )
}

startI18n(preferredLanguage(window.location.search, ['en']))
const shown = new URLSearchParams(window.location.search).get('show') ?? ''
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        colorSchemeManager={localStorageColorSchemeManager({ key: 'nacre-theme' })}
      >
        {pages[shown] ?? <Index />}
      </MantineProvider>
    </StrictMode>,
  )
}
