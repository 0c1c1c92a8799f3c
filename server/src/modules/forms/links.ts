import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays, afterMinutes } from '#kernel/clock.ts'
import { compose } from '#kernel/dispatch.ts'
import { invalid, Problem, unauthenticated } from '#kernel/errors.ts'
import { PatientId, PracticeId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { from } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient } from '#schema/patients'
import { practice, service } from '#schema/practices'
import { newToken } from '#kernel/token.ts'
import { neutralName } from '#modules/practices'
import { expiryOf, linkAddress } from './link-token.ts'
import { Language, linkSession, LinkSessionId, visitLink, VisitLinkId, type SentBy } from './schema.ts'

const TRIES = 5
const SESSION_MINUTES = 120
const RENEWALS_A_DAY = 5
const Nothing = z.object({})
const Token = z.string().trim().min(10).max(100)

export const ownPractice = (tx: Tx) => tx.get(practice, { id: PracticeId.parse(tx.practiceId) })
/** Names of services say what is done to a body: no message may contain one. */
export const serviceNames = async (tx: Tx) => (await tx.list(service, {})).map((s) => s.name)

type NewLink = Pick<Value<typeof visitLink>, 'patientId' | 'appointmentId'> & {
  sentBy: z.infer<typeof SentBy>
  visitStartsAt?: string
}

/** A fresh link takes the place of those given before in the same way: only the newest message, and the newest code, works. */
export const makeLink = async (tx: Tx, { visitStartsAt, ...of }: NewLink) => {
  const { patientId, appointmentId, sentBy } = of
  const which = { patientId, sentBy, usedAt: null, closedAt: null, ...(appointmentId ? { appointmentId } : {}) }
  for (const older of await tx.list(visitLink, which))
    await tx.change(visitLink, { id: older.id, patientId }, { closedAt: tx.now })
  const token = newToken()
  const link = await tx.add(visitLink, {
    token,
    patientId,
    ...(appointmentId ? { appointmentId } : {}),
    sentBy,
    createdAt: tx.now,
    expiresAt: expiryOf(tx.now, sentBy, visitStartsAt),
    tries: 0,
  })
  const { name, baseUrl } = await ownPractice(tx)
  return { link, practiceName: name, url: linkAddress(baseUrl, token) }
}

/** Puts a "please fill in your forms" message with a fresh link into the outbox. */
export const mailLink = async (tx: Tx, to: { email: string; language: Language }, of: Omit<NewLink, 'sentBy'>) => {
  const { link, url, practiceName } = await makeLink(tx, { ...of, sentBy: 'email' })
  const { email, language } = to
  await compose(tx, {
    channel: 'email',
    template: 'forms-link',
    to: email,
    language,
    patientId: of.patientId,
    ownTerms: await serviceNames(tx),
    fields: { practice: neutralName(practiceName, language), link: url },
  })
  return link
}

type Link = Value<typeof visitLink>
const isOpenable = (link: Link | undefined, now: string): link is Link =>
  link !== undefined && !link.usedAt && !link.closedAt && link.expiresAt > now && link.tries <= TRIES

/** One answer for a link that was used, has run out, was closed, or never was: it tells a guesser nothing. */
const gone = (phone: string) =>
  new Problem(
    410,
    'This link no longer works',
    `It works once and for a limited time. Ask for a new one${phone ? `, or call us at ${phone}` : ''}. Nothing that you filled in before is lost.`,
  )

const Opening = z.object({ token: Token, birthDate: z.iso.date() })

/** Counts a try before the birth date is looked at, so that parallel guesses cannot slip through; the sixth closes the link. */
export const countOpening = action({
  name: 'link.try',
  does: 'try to open a link to forms',
  purpose: 'patient-request',
  phi: 'identity',
  // Whose link a token is, is known only once it was found.
  patient: () => '*',
  allow: roleAlone,
  input: Opening,
  output: Nothing,
  run: async (tx, { token }) => {
    const known = await tx.find(visitLink, { token })
    if (!known) return {}
    const link = await tx.lock(visitLink, { id: known.id, patientId: known.patientId })
    if (!isOpenable(link, tx.now)) return {}
    const tries = link.tries + 1
    await tx.change(
      visitLink,
      { id: link.id, patientId: link.patientId },
      { tries, ...(tries > TRIES ? { closedAt: tx.now } : {}) },
    )
    return {}
  },
})

/** The first opening consumes the link. @hipaa 164.312(d) person or entity authentication: the link, and what she knows */
export const openLink = action({
  name: 'link.open',
  does: 'open a link to forms with a birth date',
  purpose: 'patient-request',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: Opening,
  output: z.object({ token: z.string(), language: Language }),
  run: async (tx, { token, birthDate }) => {
    const { phone } = await ownPractice(tx)
    const known = await tx.find(visitLink, { token })
    const link = known && (await tx.lock(visitLink, { id: known.id, patientId: known.patientId }))
    if (!isOpenable(link, tx.now)) throw gone(phone)
    const who = await tx.get(patient, { id: link.patientId }, ['birthDate'])
    if (who.birthDate !== birthDate)
      throw invalid(
        [{ path: 'birthDate', message: 'is not the one we have' }],
        'This is not the birth date that we have. Check it and try again.',
      )
    await tx.change(visitLink, { id: link.id, patientId: link.patientId, usedAt: null }, { usedAt: tx.now })
    const secret = newToken()
    await tx.add(linkSession, {
      token: secret,
      linkId: link.id,
      standsFor: link.patientId,
      createdAt: tx.now,
      expiresAt: afterMinutes(tx.now, SESSION_MINUTES),
    })
    return { token: `${tx.practiceId}.${secret}`, language: who.language }
  },
})

/** Sends a fresh link to the address on file of the patient whose old link this is. The answer is the same when there is none. */
export const renewLink = action({
  name: 'link.renew',
  does: 'ask for a new link in place of one that no longer works',
  purpose: 'patient-request',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({ token: Token }),
  output: Nothing,
  run: async (tx, { token }) => {
    const old = await tx.find(visitLink, { token })
    if (!old) return {}
    const { patientId, appointmentId } = old
    const lately = await tx.count(visitLink, { patientId, createdAt: from(afterDays(tx.now, -1)) })
    if (lately > RENEWALS_A_DAY) return {}
    const { email, language } = await tx.get(patient, { id: patientId }, ['email'])
    if (email) await mailLink(tx, { email, language }, { patientId, ...(appointmentId ? { appointmentId } : {}) })
    return {}
  },
})

/** Whom the cookie of an opened link stands for. */
export const resolveLink = action({
  name: 'link.resolve',
  does: 'use an opened link',
  purpose: 'patient-request',
  phi: 'none',
  patient: () => '-',
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({ token: z.string() }),
  output: z.object({ patientId: PatientId, linkId: VisitLinkId, sessionId: LinkSessionId }),
  run: async (tx, { token }) => {
    const found = await tx.find(linkSession, { token })
    if (!found || found.endedAt || found.expiresAt <= tx.now)
      throw unauthenticated(
        'Your time on this page is over. Open the newest link from your messages, or ask for a new one. What you filled in is kept.',
      )
    return { patientId: found.standsFor, linkId: found.linkId, sessionId: found.id }
  },
})

export const endOwnSession = async (tx: Tx) => {
  const { via } = tx.actor
  if (via) await tx.change(linkSession, { id: LinkSessionId.parse(via) }, { endedAt: tx.now })
}
