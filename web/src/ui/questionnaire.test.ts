import { expect, it } from 'vitest'
import { dateFromParts, enabledItems, isComplete, relevantAnswers, type QuestionItem } from './questionnaire.ts'

const both = (text: string) => ({ en: text, es: text })
const pregnant: QuestionItem = { linkId: 'pregnant', type: 'boolean', required: true, text: both('Pregnant?') }
const weeks: QuestionItem = {
  linkId: 'weeks',
  type: 'number',
  required: true,
  text: both('How many weeks?'),
  enableWhen: [{ question: 'pregnant', operator: '=', answer: true }],
}
const latex: QuestionItem = {
  linkId: 'reaction',
  type: 'text',
  text: both('What happened?'),
  enableWhen: [{ question: 'allergies', operator: '=', answer: 'latex' }],
}
const group: QuestionItem = { linkId: 'g', type: 'group', text: both('Health'), items: [pregnant, weeks] }

it('a question is asked only when the answer before it calls for it', () => {
  expect(enabledItems([pregnant, weeks], {})).toEqual([pregnant])
  expect(enabledItems([pregnant, weeks], { pregnant: false })).toEqual([pregnant])
  expect(enabledItems([pregnant, weeks], { pregnant: true })).toEqual([pregnant, weeks])
})

it('among several choices, one is enough to call for the next question', () => {
  expect(enabledItems([latex], { allergies: ['lidocaine', 'latex'] })).toEqual([latex])
  expect(enabledItems([latex], { allergies: ['lidocaine'] })).toEqual([])
})

it('a group is complete when everything that is asked in it is answered', () => {
  expect(isComplete(group, {})).toBe(false)
  expect(isComplete(group, { pregnant: false })).toBe(true)
  expect(isComplete(group, { pregnant: true })).toBe(false)
  expect(isComplete(group, { pregnant: true, weeks: 12 })).toBe(true)
})

it('an answer to a question that is no longer asked does not reach the record', () => {
  expect(relevantAnswers({ items: [group] }, { pregnant: false, weeks: 12 })).toEqual({ pregnant: false })
})

it('only days that exist are dates', () => {
  expect(dateFromParts('1985', '4', '9')).toBe('1985-04-09')
  expect(dateFromParts('2025', '2', '29')).toBeUndefined()
  expect(dateFromParts('2024', '02', '29')).toBe('2024-02-29')
  expect(dateFromParts('85', '4', '9')).toBeUndefined()
})
