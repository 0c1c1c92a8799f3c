import { words } from '#kernel/blind.ts'

export interface Names {
  givenName: string
  familyName: string
  calledName?: string | undefined
}

const plain = (name: string) => words(name).join(' ')
const begins = (a: string, b: string) => a !== '' && b !== '' && (a.startsWith(b) || b.startsWith(a))

/**
 * Whether a name that was typed is that of a patient with the same birth date and contact. The family name must be the same, accents and
 * case aside; the given name may be shorter or longer ("Rob", "Robert") or the one she is called by. Twins with one e-mail address stay two:
 * a second record can be joined later, two people in one record cannot be told apart again.
 */
export const isSamePerson = (typed: Names, known: Names): boolean => {
  if (plain(typed.familyName) !== plain(known.familyName)) return false
  const given = plain(typed.givenName)
  return begins(given, plain(known.givenName)) || begins(given, plain(known.calledName ?? ''))
}
