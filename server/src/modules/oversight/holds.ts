import { ACTIONS } from '#kernel/action.ts'
import { conflict, Denied } from '#kernel/errors.ts'
import type { Value } from '#kernel/record.ts'
import { grantsIn } from '#kernel/roles.ts'
import type { Tx } from '#kernel/tx.ts'
import { rolesOfPractice } from '#modules/identity'
import { user } from '#schema/identity'
import { location } from '#schema/practices'
import { devicesHeld } from './device-holds.ts'

export type Person = Pick<Value<typeof user>, 'id' | 'roles' | 'locationIds'>
export interface Held {
  /** `role:front-desk` */
  hold: string
  kind: string
  /** As people call it. */
  label: string
  /** What it opens, in short. */
  detail: string
}
/** Something that gives access and can be taken away: roles, locations; further modules add theirs. */
export interface HoldKind {
  kind: string
  of: (tx: Tx, people: readonly Person[]) => Promise<(person: Person) => Held[]>
  remove: (tx: Tx, person: Person, what: string) => Promise<void>
}

const OPENS = [
  { when: ['chart.open', 'history.list', 'photo.view'], words: 'charts and photos' },
  { when: ['appointment.book'], words: 'the calendar and bookings' },
  { when: ['checkout.pay'], words: 'payments' },
  { when: ['patient.card'], words: 'patients’ contact data' },
  { when: ['trail.list'], words: 'the audit trail' },
  { when: ['user.create', 'user.invite', 'user.change'], words: 'other people’s access' },
]
const opensOf = (actions: ReadonlySet<string>): string => {
  const words = OPENS.filter(({ when }) => when.some((name) => actions.has(name))).map(({ words: w }) => w)
  const closest = [...actions].some((name) => ACTIONS.get(name)?.phi === 'clinical') ? 'clinical' : [...actions].some((name) => ACTIONS.get(name)?.phi === 'identity') ? 'identity' : 'none'
  return words.length > 0 ? words.join(', ') : closest === 'none' ? 'nothing of patients' : 'who patients are'
}

const lastOf = (what: string, who: string) =>
  new Denied({
    rule: 'last-of-its-kind',
    why: `This is her last ${what}. Without one she could not work here at all: end her access as a whole instead.`,
    whoCanFix: who,
    fix: { label: 'Open the team', href: '/team' },
  })

const rolesHeld: HoldKind = {
  kind: 'role',
  async of(tx) {
    const roles = await rolesOfPractice(tx)
    return (person) =>
      person.roles.map((name) => ({ hold: `role:${name}`, kind: 'role', label: roles.get(name)?.title ?? name, detail: `Opens ${opensOf(new Set(grantsIn(roles, [name])))}` }))
  },
  async remove(tx, { id }, name) {
    const { roles } = await tx.lock(user, { id })
    if (!roles.includes(name)) throw conflict('She no longer has this role.')
    if (roles.length === 1) throw lastOf('role', 'The owner, on the team page')
    await tx.change(user, { id }, { roles: roles.filter((held) => held !== name) })
  },
}
const locationsHeld: HoldKind = {
  kind: 'location',
  async of(tx) {
    const places = new Map<string, string>((await tx.list(location, {})).map((p) => [p.id, p.name]))
    return (person) => person.locationIds.map((id) => ({ hold: `location:${id}`, kind: 'location', label: places.get(id) ?? id, detail: 'Sees its patients and its calendar' }))
  },
  async remove(tx, { id }, place) {
    const { locationIds } = await tx.lock(user, { id })
    if (!locationIds.some((held) => held === place)) throw conflict('She no longer works there.')
    if (locationIds.length === 1) throw lastOf('location', 'The owner, on the team page')
    await tx.change(user, { id }, { locationIds: locationIds.filter((held) => held !== place) })
  },
}
const KINDS: readonly HoldKind[] = [rolesHeld, locationsHeld, devicesHeld]

/** All that these people hold now. */
export const holdsOf = async (tx: Tx, people: readonly Person[]): Promise<(person: Person) => Held[]> => {
  const readers = await Promise.all(KINDS.map((kind) => kind.of(tx, people)))
  return (person) => readers.flatMap((reader) => reader(person))
}
export const removeHold = async (tx: Tx, person: Person, hold: string): Promise<void> => {
  const [kind = '', ...what] = hold.split(':')
  const of = KINDS.find((known) => known.kind === kind)
  if (!of) throw conflict('This can no longer be taken away here.')
  await of.remove(tx, person, what.join(':'))
}
