import type { NoteBody } from './schema.ts'

const LONGEST = 160

/** The first words of what was found, planned or complained of, cut at a word. */
export const excerptOf = ({ assessment, plan, complaint, aftercare, sections }: NoteBody): string => {
  const texts = [assessment, plan, complaint, aftercare, ...sections.map(({ text }) => text)]
  const whole = (texts.find((text) => text.trim() !== '') ?? '').replaceAll(/\s+/g, ' ').trim()
  if (whole.length <= LONGEST) return whole
  const cut = whole.slice(0, LONGEST)
  const lastSpace = cut.lastIndexOf(' ')
  return `${cut.slice(0, lastSpace > 0 ? lastSpace : LONGEST)}…`
}
