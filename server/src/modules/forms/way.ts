import { afterMinutes } from '#kernel/clock.ts'
import { Denied } from '#kernel/errors.ts'
import { PatientId } from '#kernel/id.ts'
import type { Value } from '#kernel/record.ts'
import { from, oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { appointment } from '#schema/scheduling'
import { linkSession, LinkSessionId, visitLink, VisitLinkId } from './schema.ts'

const STILL_ON_MINUTES = 720

/** How the one who fills in forms came here, and what she may see of earlier ones. */
export interface Way {
  patientId: Value<typeof visitLink>['patientId']
  appointmentId?: Value<typeof visitLink>['appointmentId']
  /** `lnk_…`, `pat_…` or `rep_…`. */
  by: string
  /**
   * What was said and signed before is shown only to somebody who reads messages to the patient's own address. Whoever scans a code at the
   * desk has shown no more than a birth date, which the desk knows, too.
   * @hipaa 164.312(d) person or entity authentication
   */
  seesEarlier: boolean
}

const byLink = async (tx: Tx): Promise<Way> => {
  const patientId = PatientId.parse(tx.actor.patientId)
  const { id, appointmentId, sentBy } = await tx.get(visitLink, { id: VisitLinkId.parse(tx.actor.id), patientId })
  const { verifiedAt } = await tx.get(linkSession, { id: LinkSessionId.parse(tx.actor.via) })
  return { patientId, appointmentId, by: id, seesEarlier: sentBy !== 'hand-over' || verifiedAt !== undefined }
}

/** Signed in, she fills in the forms of the visit that comes next. */
const bySignIn = async (tx: Tx): Promise<Way> => {
  const patientId = PatientId.parse(tx.actor.patientId)
  const coming = { patientId, startsAt: from(afterMinutes(tx.now, -STILL_ON_MINUTES)), state: oneOf(['booked', 'checked-in', 'in-treatment']) }
  const [next] = await tx.list(appointment, coming, { orderBy: 'startsAt', limit: 1 })
  return { patientId, ...(next ? { appointmentId: next.id } : {}), by: tx.actor.id, seesEarlier: true }
}

export const ownWay = (tx: Tx): Promise<Way> => (tx.actor.kind === 'link' ? byLink(tx) : bySignIn(tx))

/** Whether this is hers to see now: it was made by this very link, or earlier ones are shown. */
export const isShown = (way: Way, madeBy: string | undefined): boolean => way.seesEarlier || madeBy === way.by

export const earlierIsHidden = () =>
  new Denied({
    rule: 'own-address',
    citation: '45 CFR 164.312(d)',
    why: 'This is from before, and these forms were opened with a code from our desk. To show it here, we first send a code to your own address.',
    whoCanFix: 'You, with the code that we send to your e-mail or phone',
    fix: { label: 'Send me a code', href: '/visit?verify=1' },
  })
