import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '../../client'
import type { Language } from '../../i18n.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate, formatPlainDate, formatTime } from '../../ui/format.ts'
import { Delayed } from '../../ui/skeletons.tsx'
import { addDays, dayMinuteOf, todayIn } from '../../ui/zoned-day.ts'
import type { FreeSlots, Place, Service } from './catalogue.ts'
import type { Choices, Choose } from './choices.ts'

const daysShown = 14

export interface TimeStepProps {
  place: Place
  service: Service
  providerId: string
  choices: Choices
  choose: Choose
  language: Language
}

/** Free times of two weeks: the next one first, then by day. */
export function TimeStep({ place, service, providerId, choices, choose, language }: TimeStepProps) {
  const { t } = useTranslation('booking')
  const today = todayIn(place.timeZone)
  const from = choices.from && choices.from > today ? choices.from : today
  const query = { serviceId: service.id, locationId: place.id, providerId, from, days: daysShown }
  const slots = useQuery({
    queryKey: ['booking-slots', query],
    queryFn: () => data(api.GET('/api/public/slots', { params: { query } })),
    staleTime: 20_000,
  })
  const turn = (days: number) => choose({ from: addDays(from, days), day: undefined }, { replace: true })
  if (slots.error) return <ErrorNotice error={slots.error} onRetry={() => void slots.refetch()} />
  if (!slots.data) return <Waiting label={t('time.loading')} />
  const days = slots.data.days
  const open = days.filter(({ times }) => times.length > 0)
  const shown = open.find(({ date }) => date === choices.day) ?? open[0]
  const first = from === today ? open[0]?.times[0] : undefined
  const pick = (time: string) => choose({ time, step: undefined })
  return (
    <div className="n-when">
      {first && (
        <button type="button" className="n-plain n-when__first" onClick={() => pick(first)}>
          <span>{t('time.next')}</span>
          <strong>
            {formatDate(first, { timeZone: place.timeZone, language, style: 'day' })}, {formatTime(first, { timeZone: place.timeZone, language })}
          </strong>
        </button>
      )}
      <Days days={days} shown={shown?.date} language={language} onShow={(day) => choose({ day }, { replace: true })} />
      {shown ? (
        <Times day={shown} timeZone={place.timeZone} language={language} onPick={pick} />
      ) : (
        <div className="n-when__none">
          <p>{t('time.none')}</p>
          <p>{t('time.none.hint')}</p>
        </div>
      )}
      <div className="n-when__turn">
        {from > today && (
          <Button variant="default" size="md" onClick={() => turn(-daysShown)}>
            {t('time.earlier')}
          </Button>
        )}
        <Button variant="default" size="md" onClick={() => turn(daysShown)}>
          {t('time.later')}
        </Button>
      </div>
    </div>
  )
}

type Day = FreeSlots['days'][number]

interface DaysProps {
  days: readonly Day[]
  shown: string | undefined
  language: Language
  onShow: (date: string) => void
}

function Days({ days, shown, language, onShow }: DaysProps) {
  const { t } = useTranslation('booking')
  const strip = useRef<HTMLDivElement>(null)
  useEffect(() => {
    strip.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [shown])
  return (
    <div className="n-days" role="group" aria-label={t('time.days')} ref={strip}>
      {days.map(({ date, times }) => {
        const said = formatPlainDate(date, language, 'day')
        return (
          <button
            key={date}
            type="button"
            className="n-plain n-day"
            aria-pressed={date === shown}
            aria-label={times.length === 0 ? t('time.day.none', { day: said }) : said}
            disabled={times.length === 0}
            onClick={() => onShow(date)}
          >
            <span>{formatPlainDate(date, language, 'short').split(/[\s,]/)[0]}</span>
            <strong className="n-figures">{Number(date.slice(8))}</strong>
          </button>
        )
      })}
    </div>
  )
}

const parts = [
  ['time.morning', 0, 12 * 60],
  ['time.afternoon', 12 * 60, 17 * 60],
  ['time.evening', 17 * 60, 24 * 60],
] as const

interface TimesProps {
  day: Day
  timeZone: string
  language: Language
  onPick: (time: string) => void
}

function Times({ day, timeZone, language, onPick }: TimesProps) {
  const { t } = useTranslation('booking')
  const minutes = new Map(day.times.map((time) => [time, dayMinuteOf(time, timeZone).minute]))
  return (
    <section className="n-times" aria-label={formatPlainDate(day.date, language, 'day')}>
      <h2>{formatPlainDate(day.date, language, 'day')}</h2>
      {parts.map(([name, fromMinute, toMinute]) => {
        const times = day.times.filter((time) => (minutes.get(time) ?? 0) >= fromMinute && (minutes.get(time) ?? 0) < toMinute)
        if (times.length === 0) return null
        return (
          <div key={name} role="group" aria-label={t(name)}>
            <h3>{t(name)}</h3>
            <div className="n-times__grid">
              {times.map((time) => (
                <button key={time} type="button" className="n-plain n-time n-figures" onClick={() => onPick(time)}>
                  {formatTime(time, { timeZone, language })}
                </button>
              ))}
            </div>
          </div>
        )
      })}
    </section>
  )
}

function Waiting({ label }: { label: string }) {
  return (
    <Delayed>
      <div role="status" aria-label={label} className="n-when">
        <Skeleton height={72} />
        <Skeleton height={72} />
        <Skeleton height={180} />
      </div>
    </Delayed>
  )
}
