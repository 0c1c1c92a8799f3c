/**
 * A questionnaire as plain JSON, close to FHIR R4 Questionnaire (linkId, item, enableWhen), with texts in English and
 * Spanish. The server stores the same shape; it is the single source of what was asked.
 */

export interface LocalText {
  en: string
  es: string
}

export interface QuestionOption {
  code: string
  label: LocalText
  /** "None of these": choosing it clears the others */
  exclusive?: boolean
}

export interface EnableWhen {
  /** linkId of an earlier question */
  question: string
  operator: '=' | '!=' | 'exists'
  /** for `exists`: true or false. For a multi-choice, `=` means "is among the chosen" */
  answer: boolean | string | number
}

interface ItemCore {
  linkId: string
  text: LocalText
  /** a line of help under the question */
  help?: LocalText
  required?: boolean
  enableWhen?: readonly EnableWhen[]
  /** default: all */
  enableBehavior?: 'all' | 'any'
}

export type QuestionItem =
  | (ItemCore & { type: 'boolean' | 'text' | 'long-text' | 'number' | 'date' | 'display' })
  | (ItemCore & { type: 'choice' | 'multi-choice'; options: readonly QuestionOption[] })
  | (ItemCore & { type: 'group'; items: readonly QuestionItem[] })

export interface Questionnaire {
  items: readonly QuestionItem[]
}

/** boolean · choice: code · multi-choice: codes · text · number · date: YYYY-MM-DD. Absent: not answered. */
export type Answer = boolean | string | number | readonly string[]
export type Answers = Readonly<Record<string, Answer | undefined>>

function holds({ question, operator, answer }: EnableWhen, answers: Answers): boolean {
  const given = answers[question]
  if (operator === 'exists') return (given !== undefined) === answer
  const equal = Array.isArray(given) ? given.includes(answer) : given === answer
  return operator === '=' ? equal : given !== undefined && !equal
}

/** Is this item asked, given the answers so far? */
export function isEnabled(item: QuestionItem, answers: Answers): boolean {
  const conditions = item.enableWhen ?? []
  if (conditions.length === 0) return true
  return item.enableBehavior === 'any'
    ? conditions.some((condition) => holds(condition, answers))
    : conditions.every((condition) => holds(condition, answers))
}

/** The items that are asked now, groups with only what is asked inside. */
export function enabledItems(items: readonly QuestionItem[], answers: Answers): QuestionItem[] {
  return items
    .filter((item) => isEnabled(item, answers))
    .map((item) => (item.type === 'group' ? { ...item, items: enabledItems(item.items, answers) } : item))
}

export function isAnswered(item: QuestionItem, answers: Answers): boolean {
  if (item.type === 'display') return true
  if (item.type === 'group')
    return item.items.every((inner) => !isEnabled(inner, answers) || isComplete(inner, answers))
  const given = answers[item.linkId]
  if (given === undefined) return false
  return typeof given === 'string' ? given.trim() !== '' : !Array.isArray(given) || given.length > 0
}

/** Answered, or not required. A group is complete when what is asked inside is. */
export const isComplete = (item: QuestionItem, answers: Answers): boolean =>
  (item.type !== 'group' && item.required !== true) || isAnswered(item, answers)

/** Answers to questions that are no longer asked do not belong to the record. */
export function relevantAnswers(questionnaire: Questionnaire, answers: Answers): Answers {
  const linkIds = (items: readonly QuestionItem[]): string[] =>
    items.flatMap((item) => (item.type === 'group' ? linkIds(item.items) : [item.linkId]))
  const asked = new Set(linkIds(enabledItems(questionnaire.items, answers)))
  return Object.fromEntries(Object.entries(answers).filter(([linkId]) => asked.has(linkId)))
}

/** 'YYYY-MM-DD' when the three parts are a real date. */
export function dateFromParts(year: string, month: string, day: string): string | undefined {
  if (!/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(month) || !/^\d{1,2}$/.test(day)) return undefined
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const parsed = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : undefined
}
