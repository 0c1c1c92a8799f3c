import { Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconCalendarPlus, IconCash, IconDoorEnter, IconNotes, IconPencil } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { ageInYears, formatDateTime, formatName, formatPhone, formatPlainDate } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { PatientName } from '../../ui/privacy.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { useUrlChoice } from '../../ui/url-choice.ts'
import { todayIn, dayMinuteOf } from '../../ui/zoned-day.ts'
import { BookVisit, nextQuarter } from '../calendar/book-visit.tsx'
import { toast } from '../calendar/toast.tsx'
import { useVisitStep } from '../calendar/visit-actions.ts'
import { FormsPanel } from '../forms/forms-panel.tsx'
import { EditContact } from './edit-contact.tsx'
import { NotesTab, PhotosTab } from './patient-tabs.tsx'
import { RepresentativesTab } from './representatives-tab.tsx'
import { VisitsTab, type PatientVisit } from './visits-tab.tsx'
import './patients.css'

export type Card = operations['patient.card']['responses'][200]['content']['application/json']

/** A patient as the desk needs her: who, how to reach her, her visits, how far her forms are. Clinical tabs say why they stay closed. */
export function PatientPage() {
  const { patientId = '' } = useParams({ strict: false })
  const go = useGo()
  const card = useQuery({
    queryKey: ['patient-card', patientId],
    queryFn: () => data(api.GET('/api/patients/{patientId}/card', { params: { path: { patientId } } })),
  })
  if (card.isPending) return <SkeletonPage label="Loading the patient" />
  if (card.error) return <ErrorNotice error={card.error} onRetry={() => void card.refetch()} onFix={go} />
  return <Patient key={patientId} card={card.data} />
}

const tabs = ['visits', 'forms', 'representatives', 'notes', 'photos'] as const
type Tab = (typeof tabs)[number]

function Patient({ card }: { card: Card }) {
  const { timeZone } = useLocation()
  const { user } = useSession()
  const [chosen, setTab] = useUrlChoice('tab')
  const tab: Tab = tabs.find((name) => name === chosen) ?? 'visits'
  const visits = useQuery({
    queryKey: ['patient-visits', card.id],
    queryFn: () => data(api.GET('/api/patients/{patientId}/visits', { params: { path: { patientId: card.id } } })),
  })
  const mayWork = user.grants.has('patient.change')
  const treats = user.grants.has('chart.open')
  const go = useGo()
  const name = formatName({ given: card.givenName, family: card.familyName, preferred: card.calledName })
  return (
    <div className="n-patient">
      <PageHeader
        title={<PatientName name={name} />}
        subtitle={
          <>
            Born {formatPlainDate(card.birthDate)}, {ageInYears(card.birthDate, todayIn(timeZone))} years
            {card.calledName && card.calledName !== card.givenName && ` · on record as ${card.givenName} ${card.familyName}`}
          </>
        }
        actions={
          <>
            {mayWork && <DeskActions card={card} name={name} visits={visits.data ?? []} />}
            {treats && (
              <Button size="md" leftSection={<IconNotes size={18} stroke={1.75} />} onClick={() => go(`/patients/${encodeURIComponent(card.id)}/chart`)}>
                Open the chart
              </Button>
            )}
          </>
        }
      />
      <div className="n-patient__body">
        <ContactCard card={card} mayChange={mayWork} />
        <Tabs value={tab} onChange={(next) => setTab(next === null || next === 'visits' ? undefined : next)} keepMounted={false}>
          <Tabs.List aria-label="The patient’s record">
            <Tabs.Tab value="visits">Visits</Tabs.Tab>
            <Tabs.Tab value="forms">Forms</Tabs.Tab>
            <Tabs.Tab value="representatives">Representatives</Tabs.Tab>
            <Tabs.Tab value="notes">Notes</Tabs.Tab>
            <Tabs.Tab value="photos">Photos</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="visits" pt="md">
            <VisitsTab visits={visits.data} error={visits.error} onRetry={() => void visits.refetch()} timeZone={timeZone} mayWork={mayWork} patientId={card.id} />
          </Tabs.Panel>
          <Tabs.Panel value="forms" pt="md">
            <FormsPanel patientId={card.id} />
          </Tabs.Panel>
          <Tabs.Panel value="representatives" pt="md">
            <RepresentativesTab patientId={card.id} />
          </Tabs.Panel>
          <Tabs.Panel value="notes" pt="md">
            <NotesTab patientId={card.id} />
          </Tabs.Panel>
          <Tabs.Panel value="photos" pt="md">
            <PhotosTab patientId={card.id} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </div>
  )
}

interface DeskActionsProps {
  card: Card
  name: string
  visits: readonly PatientVisit[]
}

/** What the desk does next: today's visit decides which button is the big one. */
function DeskActions({ card, name, visits }: DeskActionsProps) {
  const location = useLocation()
  const go = useGo()
  const step = useVisitStep()
  const [booking, setBooking] = useState(false)
  const today = todayIn(location.timeZone)
  const todays = visits.filter(({ startsAt, locationId }) => locationId === location.id && dayMinuteOf(startsAt, location.timeZone).date === today)
  const expected = todays.find(({ state }) => state === 'booked')
  const leaving = todays.find(({ state }) => state === 'done') ?? todays.find(({ state }) => state === 'in-treatment')
  return (
    <>
      <Button variant={expected ?? leaving ? 'default' : 'filled'} size="md" leftSection={<IconCalendarPlus size={18} stroke={1.75} />} onClick={() => setBooking(true)}>
        Book
      </Button>
      {expected && (
        <Button
          size="md"
          loading={step.isPending}
          leftSection={<IconDoorEnter size={18} stroke={1.75} />}
          onClick={() => step.mutate({ visit: { id: expected.id, patientId: card.id }, what: 'check-in' })}
        >
          Check in
        </Button>
      )}
      {leaving && (
        <Button size="md" leftSection={<IconCash size={18} stroke={1.75} />} onClick={() => go(`/checkout/${encodeURIComponent(leaving.id)}?patient=${encodeURIComponent(card.id)}`)}>
          Check out
        </Button>
      )}
      {booking && <BookHere card={card} name={name} onClose={() => setBooking(false)} />}
    </>
  )
}

function BookHere({ card, name, onClose }: { card: Card; name: string; onClose: () => void }) {
  const location = useLocation()
  const team = useQuery({ queryKey: ['team'], queryFn: () => data(api.GET('/api/users')) })
  if (team.error) return <ErrorNotice error={team.error} onRetry={() => void team.refetch()} />
  if (!team.data) return null
  const providers = team.data.filter(({ isProvider, locationIds }) => isProvider && locationIds.includes(location.id))
  return (
    <BookVisit
      slot={nextQuarter(location.timeZone)}
      patient={{ id: card.id, name, birthDate: card.birthDate }}
      place={location}
      providers={providers}
      onClose={onClose}
      onBooked={({ startsAt }) => {
        onClose()
        toast({ message: `Booked for ${formatDateTime(startsAt, { timeZone: location.timeZone })}.` })
      }}
    />
  )
}

const languageNames = { en: 'English', es: 'Spanish' } as const

function ContactCard({ card, mayChange }: { card: Card; mayChange: boolean }) {
  const [editing, setEditing] = useState(false)
  return (
    <section className="n-panel n-contact" aria-label="Contact">
      <header>
        <h2>Contact</h2>
        {mayChange && (
          <Button variant="subtle" size="sm" leftSection={<IconPencil size={16} stroke={1.75} />} onClick={() => setEditing(true)}>
            Edit
          </Button>
        )}
      </header>
      <dl>
        <Line term="Phone">{card.phone ? <a href={`tel:${card.phone}`}>{formatPhone(card.phone)}</a> : 'Not on record'}</Line>
        <Line term="E-mail">{card.email ?? 'Not on record'}</Line>
        <Line term="Language">{languageNames[card.language]}</Line>
      </dl>
      {editing && <EditContact card={card} onClose={() => setEditing(false)} />}
    </section>
  )
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}
