import type { FieldError } from '#kernel/errors.ts'
import type { Answer, Answers, AskedItem, QuestionItem } from './schema.ts'

type Condition = NonNullable<QuestionItem['enableWhen']>[number]

const holds = ({ question, operator, answer }: Condition, answers: Answers): boolean => {
  const given = answers[question]
  if (operator === 'exists') return (given !== undefined) === answer
  const equal = Array.isArray(given) ? given.some((code) => code === answer) : given === answer
  return operator === '=' ? equal : given !== undefined && !equal
}

const isEnabled = (item: QuestionItem, answers: Answers): boolean => {
  const conditions = item.enableWhen ?? []
  if (conditions.length === 0) return true
  return item.enableBehavior === 'any'
    ? conditions.some((c) => holds(c, answers))
    : conditions.every((c) => holds(c, answers))
}

const questionsIn = (items: readonly QuestionItem[]): AskedItem[] =>
  items.flatMap((item) => (item.type === 'group' ? item.items : [item]))

/** The questions that are asked, given the answers so far; groups are opened. */
export const askedItems = (items: readonly QuestionItem[], answers: Answers): AskedItem[] =>
  items
    .filter((item) => isEnabled(item, answers))
    .flatMap((item) => (item.type === 'group' ? item.items.filter((inner) => isEnabled(inner, answers)) : [item]))

/** Answers to questions that are not, or no longer, asked do not belong to the record. */
export const relevantAnswers = (items: readonly QuestionItem[], answers: Answers): Answers => {
  const asked = new Set(askedItems(items, answers).map((item) => item.linkId))
  const kept = Object.fromEntries(Object.entries(answers).filter(([linkId]) => asked.has(linkId)))
  // Without an answer, what depends on it is not asked either.
  return Object.keys(kept).length === Object.keys(answers).length ? kept : relevantAnswers(items, kept)
}

const isDate = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))

/** What is wrong with an answer's form, if anything. */
const misfit = (item: AskedItem, answer: Answer): string | undefined => {
  if (item.type === 'choice' || item.type === 'multi-choice') {
    const codes = item.options.map((o) => o.code)
    if (item.type === 'choice')
      return typeof answer === 'string' && codes.includes(answer) ? undefined : 'is not one of the choices'
    if (!Array.isArray(answer) || !answer.every((code) => codes.includes(code))) return 'is not among the choices'
    const alone = item.options.some((o) => o.exclusive && answer.includes(o.code))
    return alone && answer.length > 1 ? 'says none and something' : undefined
  }
  if (item.type === 'boolean') return typeof answer === 'boolean' ? undefined : 'is not yes or no'
  if (item.type === 'number') return typeof answer === 'number' ? undefined : 'is not a number'
  if (item.type === 'date') return typeof answer === 'string' && isDate(answer) ? undefined : 'is not a date'
  return item.type !== 'display' && typeof answer === 'string' ? undefined : 'is not a text'
}

const isEmpty = (answer: Answer | undefined) =>
  answer === undefined ||
  (typeof answer === 'string' ? answer.trim() === '' : Array.isArray(answer) && answer.length === 0)

/** Each answer that does not fit its question. A draft may lack answers; it may not hold what was never asked. */
export const misfits = (items: readonly QuestionItem[], answers: Answers): FieldError[] => {
  const byId = new Map(questionsIn(items).map((item) => [item.linkId, item]))
  return Object.entries(answers).flatMap(([linkId, answer]) => {
    const item = byId.get(linkId)
    const message = item ? misfit(item, answer) : 'is not a question of this form'
    return message ? [{ path: `answers.${linkId}`, message }] : []
  })
}

/** Each required question that is asked and has no answer. */
export const missing = (items: readonly QuestionItem[], answers: Answers): FieldError[] =>
  askedItems(items, answers).flatMap((item) =>
    item.required && isEmpty(answers[item.linkId])
      ? [{ path: `answers.${item.linkId}`, message: 'is not answered yet' }]
      : [],
  )

const without = (answers: Answers, linkIds: readonly string[]): Answers => {
  const gone = new Set(linkIds)
  return Object.fromEntries(Object.entries(answers).filter(([linkId]) => !gone.has(linkId)))
}

/** The answers that fit this version of the form: a draft can be older than it. */
export const fitting = (items: readonly QuestionItem[], answers: Answers): Answers =>
  without(
    answers,
    misfits(items, answers).map((e) => e.path.slice('answers.'.length)),
  )

/** Of last time's answers, those that still fit and need not be asked afresh. */
export const takenOver = (items: readonly QuestionItem[], answers: Answers): Answers =>
  without(
    fitting(items, answers),
    questionsIn(items)
      .filter((item) => item.askEachTime)
      .map((item) => item.linkId),
  )
