import type { ConsentText, ConsentVersion, Language } from './schema.ts'

const withName = (text: string, practiceName: string) => text.replaceAll('{practice}', practiceName)

/** The text as a patient of this practice reads it. */
export const textFor = (version: ConsentVersion, language: Language, practiceName: string): ConsentText => {
  const { title, lead, sections, statement, decline } = version[language]
  const named = (text: string) => withName(text, practiceName)
  return {
    title: named(title),
    lead: named(lead),
    sections: sections.map((s) => ({ ...s, heading: named(s.heading), paragraphs: s.paragraphs.map(named) })),
    statement: named(statement),
    decline: named(decline),
  }
}

/** Everything that is shown, in order, as one plain text: what is hashed, and what a copy can be checked against. */
export const plainText = (version: ConsentVersion, language: Language, practiceName: string): string => {
  const { title, lead, sections, statement, decline } = textFor(version, language, practiceName)
  const body = sections.flatMap((s) => [s.heading, ...s.paragraphs])
  const uses = version.uses.map((u) => `[ ] ${u.label[language]}`)
  return [title, lead, ...body, ...uses, statement, `( ${decline} )`].join('\n\n')
}

/** SHA-256, hex, of the text in UTF-8 (FIPS 180-4). */
export const hashOf = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('hex')
