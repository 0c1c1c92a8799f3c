import { expect, it } from 'vitest'
import { kitTexts, preferredLanguage } from './i18n.ts'

it('everything a patient reads exists in English and Spanish, with the same blanks to fill', () => {
  const blanks = (text: string) => new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))
  for (const [key, english] of Object.entries(kitTexts.en)) {
    const spanish = Object.entries(kitTexts.es).find(([other]) => other === key)?.[1] ?? ''
    expect(spanish, key).not.toBe('')
    expect(blanks(spanish), key).toEqual(blanks(english))
  }
})

it('the link decides the language, then the browser, then English', () => {
  expect(preferredLanguage('?lang=es', ['en-US'])).toBe('es')
  expect(preferredLanguage('', ['de-DE', 'es-MX'])).toBe('es')
  expect(preferredLanguage('?lang=xx', ['fr'])).toBe('en')
})
