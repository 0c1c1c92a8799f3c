import { afterMinutes } from '#kernel/clock.ts'
import { exists, unless } from '#kernel/policy.ts'
import { lacking, oneOf } from '#kernel/statement.ts'
import { patientFlag } from './schema.ts'

/** Midnight in Hawaii, six in the morning in New York: the only moment at which every practice of the country sleeps. */
const DAY_BEGINS_AT_MINUTE_UTC = 10 * 60

/** What stands in `openedFor` when this person has said why on this day. */
export const openedOn = (userId: string, now: string): string => `${userId} ${afterMinutes(now, -DAY_BEGINS_AT_MINUTE_UTC).slice(0, 10)}`

/**
 * Has said why she opens the chart of a marked patient, today. One question to the database, answered from an index that is nearly empty.
 * @hipaa 164.308(a)(1)(ii)(D), 164.530(c) what tempts to look is asked about before, and looked at afterwards
 */
export const saidWhy = unless(
  'said-why',
  'where the patient is marked (well known, or of the team): has said why, today',
  exists(patientFlag, ({ actor, patient, now }) => ({ patientId: oneOf([patient]), endedAt: null, openedFor: lacking(openedOn(actor.id, now)) })),
  ({ patient }) => ({
    citation: 'Safeguards, 45 CFR 164.530(c)',
    why: 'This chart asks why it is opened, once a day. Somebody reads the reasons.',
    whoCanFix: 'You, by saying why',
    fix: { label: 'Say why and open', href: `/patients/${patient}/why` },
  }),
)
