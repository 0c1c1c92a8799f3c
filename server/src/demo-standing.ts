import { Temporal } from 'temporal-polyfill'
import type { App } from './app.ts'
import type { Actor } from '#kernel/policy.ts'
import { grantsOf } from '#kernel/roles.ts'
import { ATTESTATIONS, recordFact, signAttestation } from '#modules/access'
import { UserId } from '#schema/identity'

interface DemoPerson {
  id: string
  role: string
  credential: string
  timeZone: string
}
const LICENCES: Record<string, string> = { RN: 'rn', NP: 'np', PA: 'pa', MD: 'md' }
const TRAINED_DAYS_AGO = 120
const TRAINING_DAYS = 365
/** One of them runs out soon, so that there is something to see. */
const SOON = 'PA'

/** What the access of a demo person rests on: training, a licence where the role needs one, a clear check, and her own signatures. */
export const giveStanding = async (app: App, administrator: Actor, { id, role, credential, timeZone }: DemoPerson): Promise<void> => {
  const userId = UserId.parse(id)
  const today = Temporal.Now.plainDateISO(timeZone)
  const day = (days: number) => today.add({ days }).toString()
  const record = (fact: object) => app.perform(recordFact, administrator, { userId, fact })
  await record({ kind: 'training', doneOn: day(-TRAINED_DAYS_AGO), validUntil: day(TRAINING_DAYS - TRAINED_DAYS_AGO) })
  await record({ kind: 'exclusion-check', list: 'oig-leie', checkedOn: day(-21), result: 'clear' })
  const licence = LICENCES[credential]
  if (licence)
    await record({ kind: 'licence', what: licence, number: `${credential}-000${credential.length}`, state: 'NY', issuedOn: day(-700), expiresOn: day(credential === SOON ? 20 : 400), allows: ['assess', 'inject'] })
  const herself: Actor = { kind: 'staff', id, practiceId: administrator.practiceId, roles: [role], grants: grantsOf([role]), places: [] }
  for (const { name, version } of ATTESTATIONS) await app.perform(signAttestation, herself, { name, version, typed: 'Signed for the demo' })
}
