import { contentGuard } from '#kernel/content-guard.ts'
import type { Language } from './schema.ts'

const LOCALE: Record<Language, string> = { en: 'en-US', es: 'es-US' }

/** Day and time as a clock at the location shows them, in her language. */
export const whenOf = (startsAt: string, timeZone: string, language: Language): { day: string; time: string } => {
  const at = new Date(startsAt)
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(LOCALE[language], { ...options, timeZone }).format(at)
  // The narrow no-break space before AM and PM comes out as a box in old mail programs.
  return {
    day: format({ weekday: 'long', month: 'long', day: 'numeric' }),
    time: format({ hour: 'numeric', minute: '2-digit' }).replace(/[\u00a0\u202f]/gu, ' '),
  }
}

/** Name and address of the place, without whatever says what is done there. */
export const neutralPlace = (name: string, address: string): string =>
  [name, address].filter((part) => part !== '' && contentGuard(part).length === 0).join(', ')
