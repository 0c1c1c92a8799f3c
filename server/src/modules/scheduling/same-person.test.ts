import { expect, it } from 'vitest'
import { isSamePerson } from './same-person.ts'

const robert = { givenName: 'Robert', familyName: "O'Neill-Gómez" }

it('knows a patient again by accents, case and punctuation aside', () => {
  expect(isSamePerson({ givenName: 'ROBERT', familyName: 'oneill gomez' }, robert)).toBe(true)
})
it('knows her by a short form of her name and by the name she is called', () => {
  expect(isSamePerson({ givenName: 'Rob', familyName: 'O’Neill-Gomez' }, robert)).toBe(true)
  expect(isSamePerson({ givenName: 'Bobby', familyName: 'O’Neill-Gomez' }, { ...robert, calledName: 'Bobby' })).toBe(true)
})
it('keeps twins apart who share birth date, family name and e-mail', () => {
  expect(isSamePerson({ givenName: 'Rita', familyName: "O'Neill-Gómez" }, robert)).toBe(false)
})
it('takes no part of a family name for the whole', () => {
  expect(isSamePerson({ givenName: 'Robert', familyName: 'O’Neill' }, robert)).toBe(false)
})
