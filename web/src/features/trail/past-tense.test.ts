import { expect, it } from 'vitest'
import { pastTense } from './past-tense.ts'

it('says of what may be done that it was done', () => {
  expect(pastTense("see a patient's name")).toBe("saw a patient's name")
  expect(pastTense('check out a visit')).toBe('checked out a visit')
  expect(pastTense('change the settings')).toBe('changed the settings')
  expect(pastTense('try to sign in')).toBe('tried to sign in')
  expect(pastTense('put a visit back')).toBe('put a visit back')
})
