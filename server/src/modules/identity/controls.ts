import { afterDays, afterMinutes } from '#kernel/clock.ts'
import { control } from '#kernel/control.ts'
import { PracticeId } from '#kernel/id.ts'
import { after, from } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { practice } from '#schema/practices'
import { session, signInTry, user } from './schema.ts'

const DORMANT_AFTER_DAYS = 14
/** More places at once than one person has hands for. */
const SESSIONS_OF_ONE_PERSON = 3
const LONGEST_IDLE_MINUTES = 15
const LONGEST_TOLERATED_MINUTES = 30

const idleMinutes = async (tx: Tx) => (await tx.get(practice, { id: PracticeId.parse(tx.practiceId) })).idleMinutes
const people = (tx: Tx) => tx.list(user, { active: true }, { open: [] })
const accounts = (n: number) => `${n} active ${n === 1 ? 'account' : 'accounts'}`

control({
  name: 'unique-logins',
  title: 'One person, one login: nobody shares an account',
  citation: '45 CFR 164.312(a)(2)(i)',
  rules: ['SEC-312a2i'],
  check: async (tx) => {
    const active = await people(tx)
    const used = await tx.list(session, { endedAt: null, expiresAt: after(tx.now), lastActiveAt: after(afterMinutes(tx.now, -(await idleMinutes(tx)))) })
    const byUser = Map.groupBy(used, (s) => s.userId)
    const crowded = [...byUser].filter(([, sessions]) => sessions.length > SESSIONS_OF_ONE_PERSON)
    const evidence = `${accounts(active.length)}, ${byUser.size} signed in now`
    return crowded.length === 0
      ? { state: 'in force', evidence: `${evidence}, none of them in more than ${SESSIONS_OF_ONE_PERSON} places at once.` }
      : { state: 'attention', evidence: `${evidence}; ${crowded.length} in more than ${SESSIONS_OF_ONE_PERSON} places at once, which looks like a shared login.` }
  },
})

control({
  name: 'second-factor',
  title: 'Everybody signs in with a password and a second factor',
  citation: '45 CFR 164.312(d)',
  rules: ['SEC-312d'],
  check: async (tx) => {
    const active = await people(tx)
    // An account cannot be made without a second factor; what tells is whether it has been used.
    const unused = active.filter((p) => p.totpUsedStep === 0)
    const forgotten = unused.filter((p) => afterDays(p.createdAt, DORMANT_AFTER_DAYS) <= tx.now)
    const evidence = `${accounts(active.length)}, each with a second factor; ${active.length - unused.length} ${active.length - unused.length === 1 ? 'has' : 'have'} signed in with it`
    return forgotten.length === 0
      ? { state: 'in force', evidence: `${evidence}.` }
      : { state: 'attention', evidence: `${evidence}; ${forgotten.length} never, in more than ${DORMANT_AFTER_DAYS} days: close what nobody uses.` }
  },
})

control({
  name: 'automatic-logoff',
  title: 'A screen left alone locks itself',
  citation: '45 CFR 164.312(a)(2)(iii)',
  rules: ['SEC-312a2iii'],
  check: async (tx) => {
    const minutes = await idleMinutes(tx)
    const state = minutes <= LONGEST_IDLE_MINUTES ? 'in force' : minutes <= LONGEST_TOLERATED_MINUTES ? 'attention' : 'not in force'
    return { state, evidence: `Sessions end after ${minutes} idle ${minutes === 1 ? 'minute' : 'minutes'}; ${LONGEST_IDLE_MINUTES} is the most that is advised.` }
  },
})

control({
  name: 'sign-in-watched',
  title: 'Guessing at passwords is slowed down and seen',
  citation: '45 CFR 164.308(a)(5)(ii)(C)',
  rules: ['SEC-308a5iiC'],
  check: async (tx) => {
    const locked = await tx.count(signInTry, { lockedUntil: after(tx.now) })
    const failing = await tx.count(signInTry, { lastAt: from(afterDays(tx.now, -1)) })
    const evidence = `${failing} ${failing === 1 ? 'address' : 'addresses'} with failed sign-ins in the last day, ${locked} locked now.`
    return { state: locked > 0 ? 'attention' : 'in force', evidence }
  },
})
