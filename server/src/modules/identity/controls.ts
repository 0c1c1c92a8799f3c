import { afterDays, afterMinutes } from '#kernel/clock.ts'
import { control } from '#kernel/control.ts'
import { PracticeId } from '#kernel/id.ts'
import { after, from, present } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { practice } from '#schema/practices'
import { accessChange, loneReview } from './people-schema.ts'
import { session, signInTry, user } from './schema.ts'
import { networkTry, passkey } from './sign-in-schema.ts'
import { IDLE_AFTER_DAYS, isIdle, lastSignIns } from './team.ts'

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
  title: 'Everybody signs in with two factors: password and code, or a passkey',
  citation: '45 CFR 164.312(d)',
  rules: ['SEC-312d'],
  check: async (tx) => {
    const active = await people(tx)
    // An account cannot be made without a second factor; what tells is whether it has been used.
    const byPasskey = new Set((await tx.list(passkey, { lastUsedAt: present() }, { open: [] })).map(({ userId }) => userId))
    const unused = active.filter((p) => p.totpUsedStep === 0 && !byPasskey.has(p.id))
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
    const networks = await tx.count(networkTry, { lockedUntil: after(tx.now) })
    const evidence = `${failing} ${failing === 1 ? 'address' : 'addresses'} with failed sign-ins in the last day, ${locked} locked now; ${networks} ${networks === 1 ? 'network' : 'networks'} locked now.`
    return { state: locked + networks > 0 ? 'attention' : 'in force', evidence }
  },
})

control({
  name: 'leavers-ended',
  title: 'Whoever left cannot sign in any more',
  citation: '45 CFR 164.308(a)(3)(ii)(C)',
  rules: ['SEC-308a3iiC'],
  check: async (tx) => {
    const active = await people(tx)
    const seen = await lastSignIns(tx, active)
    const idle = active.filter((p) => isIdle(p, seen.get(p.id), tx.now)).length
    const gone = await tx.count(user, { active: false })
    const evidence = `${gone} ${gone === 1 ? 'person' : 'people'} left, and nothing of theirs opens anything`
    return idle === 0
      ? { state: 'in force', evidence: `${evidence}; everybody else signed in within ${IDLE_AFTER_DAYS} days.` }
      : { state: 'attention', evidence: `${evidence}; ${idle} of ${accounts(active.length)} without a sign-in for ${IDLE_AFTER_DAYS} days: end them on the team page, or say why not.` }
  },
})

control({
  name: 'two-people-raise',
  title: 'Nobody gives access alone',
  citation: '45 CFR 164.308(a)(4)(ii)(C)',
  rules: ['SEC-308a4iiB', 'SEC-308a4iiC'],
  check: async (tx) => {
    const [lone, reviewed, all] = await Promise.all([tx.list(accessChange, { alone: true }, { open: [] }), tx.list(loneReview, {}), tx.count(accessChange, {})])
    const done = new Set(reviewed.map((r) => r.changeId))
    const waiting = lone.filter(({ id }) => !done.has(id)).length
    const evidence = `${all} ${all === 1 ? 'change' : 'changes'} of access on record, with before and after`
    return waiting === 0
      ? { state: 'in force', evidence: `${evidence}; each raise was confirmed by a second person, or looked at by one later.` }
      : { state: 'attention', evidence: `${evidence}; ${waiting} ${waiting === 1 ? 'raise was' : 'raises were'} made by one person alone and nobody else has looked at ${waiting === 1 ? 'it' : 'them'} yet.` }
  },
})
