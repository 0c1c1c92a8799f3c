import { Anchor } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newIntention, Problem, type FieldError } from '../../api.ts'
import { api, data } from '../../client'
import { isLanguage, type Language } from '../../i18n.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate, formatPhone, formatTime } from '../../ui/format.ts'
import { PublicShell } from '../../ui/public-shell.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { BookedScreen } from './booked.tsx'
import {
  hasName,
  isEmail,
  isPhone,
  nobody,
  openPlaces,
  providersFor,
  servicesAt,
  type Booked,
  type Catalogue,
  type Person,
  type Place,
  type Service,
} from './catalogue.ts'
import { useChoices, type Choices, type Choose } from './choices.ts'
import { Frame, Pick } from './frame.tsx'
import './texts.ts'
import { TimeStep } from './time-step.tsx'
import { BirthFields, ContactFields, NameFields } from './who-steps.tsx'
import './booking.css'

/** Booking without signing in: what, with whom, when, who. Never a question about health. */
export function BookPage() {
  const { t, i18n } = useTranslation('booking')
  const language: Language = isLanguage(i18n.language) ? i18n.language : 'en'
  const catalogue = useQuery({
    queryKey: ['booking-catalogue'],
    queryFn: () => data(api.GET('/api/public/catalogue')),
    staleTime: 10 * 60_000,
  })
  const practice = catalogue.data?.practice
  const contact = practice?.phone && (
    <>
      {t('call')} <Anchor href={`tel:${practice.phone}`}>{formatPhone(practice.phone)}</Anchor>
    </>
  )
  return (
    <PublicShell practiceName={practice?.name ?? ''} contact={contact}>
      {catalogue.isPending && <SkeletonCard lines={6} />}
      {catalogue.error && <ErrorNotice error={catalogue.error} onRetry={() => void catalogue.refetch()} />}
      {catalogue.data && <Booking catalogue={catalogue.data} language={language} />}
    </PublicShell>
  )
}

interface BookingProps {
  catalogue: Catalogue
  language: Language
}

function Booking({ catalogue, language }: BookingProps) {
  const { t } = useTranslation('booking')
  const [choices, choose] = useChoices()
  const [person, setPerson] = useState(nobody)
  const [booked, setBooked] = useState<Booked>()
  useLanguageInUrl(language, choose)
  const places = openPlaces(catalogue)
  const place = places.length === 1 ? places[0] : places.find(({ id }) => id === choices.at)
  const service = place && servicesAt(catalogue, place).find(({ id }) => id === choices.service)
  if (booked) return <BookedScreen booked={booked} language={language} />
  if (places.length === 0) return <EmptyState title={t('closed.title')} hint={t('closed.hint')} />
  const offset = places.length > 1 ? 1 : 0
  const shared = { catalogue, choices, choose, language, person, setPerson, offset }
  if (!place) return <PlaceStep {...shared} places={places} />
  if (!service) return <ServiceStep {...shared} place={place} />
  const able = providersFor(catalogue, service, place)
  const providerId = choices.with === 'any' || able.some(({ id }) => id === choices.with) ? choices.with : undefined
  if (!providerId) return <ProviderStep {...shared} place={place} service={service} />
  const chosen = { place, service, providerId }
  if (!isInstant(choices.time)) return <WhenStep {...shared} {...chosen} />
  return <WhoSteps {...shared} {...chosen} time={choices.time} onBooked={setBooked} />
}

const isInstant = (text: string | undefined): text is string => text !== undefined && !Number.isNaN(Date.parse(text))

/** A reload keeps the language that was chosen. */
function useLanguageInUrl(language: Language, choose: Choose): void {
  useEffect(() => {
    const now = new URLSearchParams(window.location.search).get('lang')
    if (now !== language && (now !== null || language !== 'en')) choose({ lang: language }, { replace: true })
  }, [language, choose])
}

interface StepProps extends BookingProps {
  choices: Choices
  choose: Choose
  person: Person
  setPerson: (person: Person) => void
  /** questions before the service */
  offset: number
}
interface Chosen {
  place: Place
  service: Service
  providerId: string
}

const stepsAfterPlace = 6
const back = () => window.history.back()

function PlaceStep({ choose, places }: StepProps & { places: readonly Place[] }) {
  const { t } = useTranslation('booking')
  return (
    <Frame id="place" step={1} steps={1 + stepsAfterPlace} title={t('title.location')}>
      <div className="n-picks">
        {places.map(({ id, name, address }) => (
          <Pick key={id} label={name} hint={address} onPick={() => choose({ at: id })} />
        ))}
      </div>
    </Frame>
  )
}

function ServiceStep({ catalogue, choose, offset, place }: StepProps & { place: Place }) {
  const { t } = useTranslation('booking')
  return (
    <Frame id="service" step={1 + offset} steps={offset + stepsAfterPlace} title={t('title.service')} onBack={offset > 0 ? () => choose({ at: undefined }) : undefined}>
      <div className="n-picks">
        {servicesAt(catalogue, place).map(({ id, name, minutes }) => (
          <Pick key={id} label={name} hint={t('minutes', { minutes })} onPick={() => choose({ service: id, with: undefined, time: undefined })} />
        ))}
      </div>
    </Frame>
  )
}

function ProviderStep({ catalogue, choose, offset, place, service }: StepProps & Omit<Chosen, 'providerId'>) {
  const { t } = useTranslation('booking')
  const pick = (id: string) => choose({ with: id, time: undefined, day: undefined, from: undefined })
  return (
    <Frame id="provider" step={2 + offset} steps={offset + stepsAfterPlace} title={t('title.provider')} onBack={() => choose({ service: undefined })}>
      <div className="n-picks">
        <Pick label={t('provider.any')} hint={t('provider.any.hint')} onPick={() => pick('any')} />
        {providersFor(catalogue, service, place).map(({ id, name }) => (
          <Pick key={id} label={name} onPick={() => pick(id)} />
        ))}
      </div>
    </Frame>
  )
}

function WhenStep({ choices, choose, language, offset, place, service, providerId }: StepProps & Chosen) {
  const { t } = useTranslation('booking')
  return (
    <Frame id="time" step={3 + offset} steps={offset + stepsAfterPlace} title={t('title.time')} onBack={() => choose({ with: undefined })}>
      {choices.step === 'taken' && (
        <p className="n-booking__taken" role="alert">
          {t('taken')}
        </p>
      )}
      <TimeStep place={place} service={service} providerId={providerId} choices={choices} choose={choose} language={language} />
    </Frame>
  )
}

type Question = 'name' | 'birth' | 'contact'
const questions: readonly Question[] = ['name', 'birth', 'contact']
const isAnswered: Record<Question, (person: Person) => boolean> = {
  name: hasName,
  birth: ({ birthDate }) => birthDate !== undefined,
  contact: ({ email, phone }) => isEmail(email) && isPhone(phone),
}

/** The question that the URL names, or an earlier one whose answer a reload has lost. */
const questionAt = (step: string | undefined, person: Person): Question => {
  const wanted = Math.max(0, questions.findIndex((q) => q === step))
  return questions.slice(0, wanted).find((q) => !isAnswered[q](person)) ?? questions[wanted] ?? 'name'
}

interface WhoStepsProps extends StepProps, Chosen {
  time: string
  onBooked: (booked: Booked) => void
}

function WhoSteps(props: WhoStepsProps) {
  const { choices, choose, language, person, setPerson, offset, place, service, time } = props
  const { t } = useTranslation('booking')
  const question = questionAt(choices.step, person)
  const [tried, setTried] = useState<Question>()
  const booking = useBooking(props)
  const index = questions.indexOf(question)
  const next = () => {
    if (!isAnswered[question](person)) return setTried(question)
    const following = questions[index + 1]
    if (following) return choose({ step: following })
    void booking.book()
  }
  const fields = { person, onChange: setPerson, tried: tried === question }
  return (
    <Frame
      id={question}
      step={4 + index + offset}
      steps={offset + stepsAfterPlace}
      title={t(`title.${question}`)}
      lead={question === 'birth' ? t('birth.hint') : undefined}
      onBack={index === 0 ? () => choose({ time: undefined, step: undefined }) : back}
      next={{ label: question === 'contact' ? t('book') : t('kit:next'), busy: booking.busy, onNext: next }}
    >
      {question === 'name' && <NameFields {...fields} />}
      {question === 'birth' && <BirthFields {...fields} language={language} errors={booking.errors} />}
      {question === 'contact' && (
        <>
          <ContactFields {...fields} errors={booking.errors} />
          <section className="n-panel n-summary" aria-label={t('summary.title')}>
            <p>
              <strong>
                {formatDate(time, { timeZone: place.timeZone, language, style: 'day' })}, <span className="n-summary__time">{formatTime(time, { timeZone: place.timeZone, language })}</span>
              </strong>
              <span>
                {service.name} · {t('minutes', { minutes: service.minutes })} · {place.name}
              </span>
            </p>
            <button type="button" className="n-plain n-summary__change" onClick={() => choose({ time: undefined, step: undefined })}>
              {t('summary.change')}
            </button>
          </section>
          {booking.problem !== undefined && <ErrorNotice error={booking.problem} />}
        </>
      )}
    </Frame>
  )
}

const isTaken = (error: unknown) => error instanceof Problem && error.status === 409

/** Books once for each intention. A time that was lost leads back to the times, with everything typed still there. */
function useBooking({ choose, language, person, setPerson, place, service, providerId, time, onBooked }: WhoStepsProps) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>()
  const [errors, setErrors] = useState<readonly FieldError[]>([])
  // The same until there is an answer: pressing again after a lost connection does not book, or refuse, a second time.
  const intention = useRef(newIntention())
  const ask = () =>
    data(
      api.POST('/api/public/bookings', {
        headers: { 'Idempotency-Key': intention.current },
        body: {
          serviceId: service.id,
          locationId: place.id,
          providerId,
          startsAt: time,
          givenName: person.givenName.trim(),
          familyName: person.familyName.trim(),
          birthDate: person.birthDate ?? '',
          email: person.email.trim(),
          phone: person.phone.trim(),
          language,
        },
      }),
    )
  const book = async () => {
    setBusy(true)
    setProblem(undefined)
    setErrors([])
    try {
      // For those who do not mind who it is, a colleague may still be free.
      const booked = await ask().catch((error: unknown) => {
        if (providerId !== 'any' || !isTaken(error)) throw error
        intention.current = newIntention()
        return ask()
      })
      onBooked(booked)
      setPerson(nobody)
      choose({ at: undefined, service: undefined, with: undefined, from: undefined, day: undefined, time: undefined, step: undefined }, { replace: true })
    } catch (error) {
      await settle(error)
    } finally {
      setBusy(false)
    }
  }
  const settle = async (error: unknown) => {
    if (error instanceof Problem && !error.isOffline) intention.current = newIntention()
    if (isTaken(error)) {
      await queries.invalidateQueries({ queryKey: ['booking-slots'] })
      return choose({ time: undefined, step: 'taken' }, { replace: true })
    }
    if (error instanceof Problem && error.errors.length > 0) {
      setErrors(error.errors)
      if (error.errors.some(({ path }) => path === 'birthDate')) choose({ step: 'birth' }, { replace: true })
      if (error.errors.every(({ path }) => ['birthDate', 'email', 'phone'].includes(path))) return undefined
    }
    setProblem(error)
    return undefined
  }
  return { book, busy, problem, errors }
}
