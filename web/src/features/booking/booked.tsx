import { Button } from '@mantine/core'
import { IconCalendarPlus } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Language } from '../../i18n.ts'
import { formatDate, formatPhone, formatTime } from '../../ui/format.ts'
import { DisplayTitle } from '../../ui/public-shell.tsx'
import { calendarFile } from './calendar-file.ts'
import type { Booked } from './catalogue.ts'

/** It is booked: when, where, the reference, and what comes next. No treatment, no provider: others may look at this screen. */
export function BookedScreen({ booked, language }: { booked: Booked; language: Language }) {
  const { t } = useTranslation('booking')
  const { startsAt, timeZone, practice, location, reference } = booked
  const day = formatDate(startsAt, { timeZone, language, style: 'day' })
  const time = formatTime(startsAt, { timeZone, language })
  const top = useRef<HTMLDivElement>(null)
  useEffect(() => {
    top.current?.focus({ preventScroll: true })
    window.scrollTo({ top: 0 })
  }, [])
  const save = () => {
    const url = URL.createObjectURL(calendarFile({ ...booked, title: `${t('booked.visit')} · ${practice.name}` }))
    const link = document.createElement('a')
    link.href = url
    link.download = 'visit.ics'
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
  return (
    <div className="n-booked" ref={top} tabIndex={-1}>
      <DisplayTitle lead={t('booked.lead', { day, time })}>{t('booked.title')}</DisplayTitle>
      <section className="n-panel n-booked__card">
        <p className="n-booked__when">
          <strong>{day}</strong>
          <span className="n-figures">{time}</span>
        </p>
        <p className="n-booked__where">
          {practice.name}, {location.name}
          {location.address && <span>{location.address}</span>}
        </p>
        <p className="n-booked__reference">
          {t('booked.reference')} <strong className="n-figures">{reference}</strong>
        </p>
        <Button variant="light" size="md" leftSection={<IconCalendarPlus size={20} stroke={1.75} />} onClick={save}>
          {t('booked.calendar')}
        </Button>
      </section>
      <h2 className="n-booked__next">{t('booked.next.title')}</h2>
      <ol className="n-booked__steps">
        <li>{t('booked.next.mail')}</li>
        <li>{t('booked.next.forms')}</li>
        {practice.phone && <li>{t('booked.next.change', { phone: formatPhone(practice.phone) })}</li>}
      </ol>
    </div>
  )
}
