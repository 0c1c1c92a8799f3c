interface Visit {
  title: string
  startsAt: string
  endsAt: string
  reference: string
  location: { name: string; address: string }
}

/** RFC 5545: backslash, semicolon, comma and line ends are escaped in text. */
const text = (value: string) => value.replace(/[\\;,]/g, (c) => `\\${c}`).replace(/\r?\n/g, '\\n')
const stamp = (instant: string) => new Date(instant).toISOString().replace(/[-:]|\.\d{3}/g, '')

/** A visit for the phone's own calendar. It lands on lock screens and in clouds: no treatment, no provider, no name. */
export const calendarFile = ({ title, startsAt, endsAt, reference, location }: Visit): Blob => {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Nacre//Booking//EN',
    'BEGIN:VEVENT',
    `UID:${reference}@nacre`,
    `DTSTAMP:${stamp(startsAt)}`,
    `DTSTART:${stamp(startsAt)}`,
    `DTEND:${stamp(endsAt)}`,
    `SUMMARY:${text(title)}`,
    `LOCATION:${text([location.name, location.address].filter(Boolean).join(', '))}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/calendar;charset=utf-8' })
}
