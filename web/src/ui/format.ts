/**
 * How Nacre writes dates, times, names, phones and money. Instants are ISO strings and are always shown in a location's
 * zone, never in the browser's; calendar dates ('YYYY-MM-DD', a birthday) have no zone and are never shifted.
 */

export type FormatLanguage = 'en' | 'es'
const localeOf = (language: FormatLanguage = 'en') => (language === 'es' ? 'es-US' : 'en-US')

const formats = new Map<string, Intl.DateTimeFormat>()
function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, options)
  formats.set(key, made)
  return made
}

export interface ZoneOptions {
  /** IANA zone of the location, e.g. 'America/Denver' */
  timeZone: string
  language?: FormatLanguage
}

const dateStyles = {
  /** Nov 22, 2026 */
  medium: { year: 'numeric', month: 'short', day: 'numeric' },
  /** Sunday, November 22 */
  day: { weekday: 'long', month: 'long', day: 'numeric' },
  /** Sun, Nov 22 */
  short: { weekday: 'short', month: 'short', day: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

export type DateStyle = keyof typeof dateStyles

/** An instant as a date in the location's zone. */
export function formatDate(instant: string | Date, options: ZoneOptions & { style?: DateStyle }): string {
  const format = dateFormat(localeOf(options.language), {
    ...dateStyles[options.style ?? 'medium'],
    timeZone: options.timeZone,
  })
  return format.format(new Date(instant))
}

/** An instant as a time of day in the location's zone: 2:30 PM. */
export function formatTime(instant: string | Date, options: ZoneOptions): string {
  return dateFormat(localeOf(options.language), {
    hour: 'numeric',
    minute: '2-digit',
    timeZone: options.timeZone,
  }).format(new Date(instant))
}

/** "Nov 22, 2026, 2:30 PM" */
export function formatDateTime(instant: string | Date, options: ZoneOptions): string {
  return `${formatDate(instant, options)}, ${formatTime(instant, options)}`
}

/** "2:30 – 3:15 PM" */
export function formatTimeRange(start: string | Date, end: string | Date, options: ZoneOptions): string {
  return dateFormat(localeOf(options.language), {
    hour: 'numeric',
    minute: '2-digit',
    timeZone: options.timeZone,
  }).formatRange(new Date(start), new Date(end))
}

/** A calendar date without a zone ('1985-04-09'): Apr 9, 1985. */
export function formatPlainDate(date: string, language: FormatLanguage = 'en', style: DateStyle = 'medium'): string {
  return dateFormat(localeOf(language), { ...dateStyles[style], timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`))
}

/** Whole years between a birth date and a day, both 'YYYY-MM-DD'. */
export function ageInYears(birthDate: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years
}

export interface NameParts {
  given: string
  family: string
  /** as the person wants to be called */
  preferred?: string | undefined
}

/** As called: preferred given name and family name. */
export const formatName = ({ given, family, preferred }: NameParts): string =>
  `${preferred?.trim() ? preferred.trim() : given} ${family}`.trim()

/** What privacy mode leaves of a name: "M. R." */
export const formatInitials = (name: string): string =>
  name
    .split(/\s+/)
    .filter((part) => part !== '')
    .map((part) => `${part.charAt(0).toUpperCase()}.`)
    .join(' ')

/** US numbers as people read them, anything else unchanged. */
export function formatPhone(phone: string): string {
  const match = /^(?:\+?1)?(\d{3})(\d{3})(\d{4})$/.exec(phone.replace(/[^\d+]/g, ''))
  return match ? `(${match[1]}) ${match[2]}-${match[3]}` : phone
}

/** Cents to "$1,234.50". */
export function formatMoney(cents: number, options: { currency?: string; language?: FormatLanguage } = {}): string {
  return new Intl.NumberFormat(localeOf(options.language), {
    style: 'currency',
    currency: options.currency ?? 'USD',
  }).format(cents / 100)
}

/** "1,234.5" or "$12" to cents; undefined when it is not an amount with at most two decimals. */
export function parseMoney(typed: string): number | undefined {
  const clean = typed.replace(/[$\s,]/g, '')
  const match = /^(-?)(\d{0,9})(?:\.(\d{0,2}))?$/.exec(clean)
  if (!match || !/\d/.test(clean)) return undefined
  const cents = Number(match[2] ?? '') * 100 + Number((match[3] ?? '').padEnd(2, '0'))
  return match[1] === '-' ? -cents : cents
}
