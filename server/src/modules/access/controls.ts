import { afterDays } from '#kernel/clock.ts'
import { control } from '#kernel/control.ts'
import { oneOf, present } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import { dayIn, gatesOn } from './gates.ts'
import { breakGlass, personFact, reviewTask, type Gate } from './schema.ts'
import { settingsOf } from './settings.ts'
import { presentOf } from './standing.ts'

/** Longer than a day is long for a look at an emergency: our own measure, the law names none. */
const REVIEW_WITHIN_DAYS = 1
const WINDOW_DAYS = 90

control({
  name: 'emergency-access-reviewed',
  title: 'Emergency access is possible, ends by itself and is reviewed by somebody else',
  citation: '45 CFR 164.312(a)(2)(ii)',
  rules: ['SEC-312a2ii'],
  check: async (tx) => {
    const since = afterDays(tx.now, -WINDOW_DAYS)
    const opened = (await tx.list(breakGlass, {}, { open: [] })).filter((g) => g.brokenAt >= since)
    const tasks = await tx.list(reviewTask, { closedAt: null, kind: oneOf(['break-glass', 'cross-location']) }, { open: [] })
    const late = tasks.filter((t) => t.openedAt < afterDays(tx.now, -REVIEW_WITHIN_DAYS))
    const unjustified = await tx.count(reviewTask, { kind: 'break-glass', closedAt: present(), verdict: 'not-justified' })
    const evidence = `${opened.length} ${opened.length === 1 ? 'emergency' : 'emergencies'} in ${WINDOW_DAYS} days, ${unjustified} ever found not justified; ${tasks.length} to review, ${late.length} of them for more than a day.`
    return { state: late.length > 0 ? 'attention' : 'in force', evidence }
  },
})

const openGates = async (tx: Tx, gate: Gate) => {
  const [people, settings, facts] = [await tx.list(user, { active: true }, { open: [] }), await settingsOf(tx), await tx.list(personFact, { endedAt: null }, { open: [] })]
  const states = []
  for (const { id } of people) {
    const who = await presentOf(tx, id)
    const mine = facts.filter((f) => f.userId === id)
    states.push(...gatesOn(who, mine, settings, dayIn(who.timeZone, tx.now)).filter((g) => g.gate === gate))
  }
  return { all: states.length, lacking: states.filter((g) => g.state === 'shut' || g.state === 'warned' || (g.state === 'soon' && !g.why.startsWith('Good'))), people: people.length }
}

control({
  name: 'trained-before-phi',
  title: 'Everybody is trained before a patient’s record opens to her',
  citation: '45 CFR 164.530(b), 164.308(a)(5)',
  rules: ['OPS-01', 'SEC-308a5i'],
  check: async (tx) => {
    const { lacking, people } = await openGates(tx, 'training')
    return { state: lacking.length === 0 ? 'in force' : 'attention', evidence: `${people - lacking.length} of ${people} people have their training on record.` }
  },
})

control({
  name: 'workforce-clearance',
  title: 'Licences and exclusion lists are checked',
  citation: '45 CFR 164.308(a)(3)(ii)(B)',
  rules: ['SEC-308a3iiB'],
  check: async (tx) => {
    const [licences, lists] = [await openGates(tx, 'licence'), await openGates(tx, 'exclusion')]
    const lacking = licences.lacking.length + lists.lacking.length
    return {
      state: lacking === 0 ? 'in force' : 'attention',
      evidence: `${licences.all - licences.lacking.length} of ${licences.all} licences needed are in force; ${lists.people - lists.lacking.length} of ${lists.people} people checked against exclusion lists.`,
    }
  },
})
