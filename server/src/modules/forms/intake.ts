import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { invalid } from '#kernel/errors.ts'
import { isSelf, type Actor } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient } from '#schema/patients'
import { location } from '#schema/practices'
import { appointment } from '#schema/scheduling'
import { healthForm, healthFormOn } from './content.ts'
import { intakeSubmitted } from './events.ts'
import { endOwnSession, ownLink, ownPractice } from './links.ts'
import { isDone, isMinor, stepsOf, type Filled } from './progress.ts'
import { fitting, misfits, missing, relevantAnswers, takenOver } from './questionnaire.ts'
import { Answers, consent, formResponse, Language, QuestionItem, Step, visitLink } from './schema.ts'

const own = (_input: unknown, actor: Actor) => actor.patientId ?? '-'
const Nothing = z.object({})
const formName = healthForm.name
const BUSY = {
  form_response_one_draft: 'This form is being filled in on another device at the same moment. Try again.',
}

type Link = Value<typeof visitLink>

const filledBy = async (tx: Tx, { patientId, appointmentId }: Link): Promise<Filled> => ({
  now: tx.now,
  appointmentId,
  responses: await tx.list(formResponse, { patientId, formName }, { open: [] }),
  consents: await tx.list(consent, { patientId }, { open: [] }),
})

const visitOf = async (tx: Tx, { appointmentId, patientId }: Link) => {
  if (!appointmentId) return undefined
  const { startsAt, locationId } = await tx.get(appointment, { id: appointmentId, patientId })
  const { name, address, timeZone } = await tx.get(location, { id: locationId })
  return { startsAt, timeZone, place: name, address }
}

/** What there is to do, for whom (as she is called) and by when. */
export const intakeState = action({
  name: 'intake.state',
  does: 'see which of her forms are still to be filled in',
  purpose: 'patient-request',
  phi: 'clinical',
  patient: own,
  allow: isSelf,
  input: Nothing,
  output: z.object({
    practice: z.object({ name: z.string(), phone: z.string() }),
    calledName: z.string(),
    language: Language,
    visit: z.object({ startsAt: z.string(), timeZone: z.string(), place: z.string(), address: z.string() }).optional(),
    steps: z.array(Step),
    /** Somebody else signs for her, at the practice. */
    isMinor: z.boolean(),
    isDone: z.boolean(),
  }),
  run: async (tx) => {
    const link = await ownLink(tx)
    const who = await tx.get(patient, { id: link.patientId }, ['calledName', 'givenName', 'birthDate'])
    const { name, phone } = await ownPractice(tx)
    const minor = isMinor(who.birthDate, tx.now)
    const steps = stepsOf(await filledBy(tx, link)).filter(({ id }) => id === 'health' || !minor)
    return {
      practice: { name, phone },
      calledName: who.calledName || who.givenName,
      language: who.language,
      visit: await visitOf(tx, link),
      steps,
      isMinor: minor,
      isDone: isDone(steps),
    }
  },
})

const draftOf = (tx: Tx, { patientId }: Link, open: readonly ['answers'] | readonly []) =>
  tx.find(formResponse, { patientId, formName, state: 'draft' }, open)
const lastSubmitted = async (tx: Tx, { patientId }: Link) => {
  const [last] = await tx.list(
    formResponse,
    { patientId, formName, state: 'submitted' },
    { open: ['answers'], orderBy: 'submittedAt', descending: true, limit: 1 },
  )
  return last
}

/** The questions, and what she has answered so far; at a later visit, what she said last time, to be checked. */
export const intakeForm = action({
  name: 'intake.form',
  does: 'open her health questionnaire with her own answers',
  purpose: 'patient-request',
  phi: 'clinical',
  patient: own,
  allow: isSelf,
  input: Nothing,
  output: z.object({
    name: z.string(),
    version: z.string(),
    items: z.array(QuestionItem),
    answers: Answers,
    /** `taken-over`: from an earlier visit, not yet looked at again. */
    from: z.enum(['nothing', 'draft', 'submitted', 'taken-over']),
  }),
  run: async (tx) => {
    const link = await ownLink(tx)
    const { version, items } = healthFormOn(tx.now.slice(0, 10))
    const form = { name: formName, version, items }
    const draft = await draftOf(tx, link, ['answers'])
    const last = draft ?? (await lastSubmitted(tx, link))
    if (!last) return { ...form, answers: {}, from: 'nothing' as const }
    if (last.appointmentId !== link.appointmentId)
      return { ...form, answers: takenOver(items, last.answers), from: 'taken-over' as const }
    return { ...form, answers: fitting(items, last.answers), from: last.state }
  },
})

const Filling = z.object({ language: Language, answers: Answers })

const keepDraft = async (tx: Tx, link: Link, { language, answers }: z.infer<typeof Filling>) => {
  const { version, items } = healthFormOn(tx.now.slice(0, 10))
  const wrong = misfits(items, answers)
  if (wrong.length > 0) throw invalid(wrong)
  const { patientId, appointmentId } = link
  const known = await draftOf(tx, link, [])
  const what = { formVersion: version, language, answers, savedAt: tx.now, ...(appointmentId ? { appointmentId } : {}) }
  if (known)
    await tx.change(
      formResponse,
      { id: known.id, patientId, state: 'draft' },
      { ...what, appointmentId: appointmentId ?? null },
    )
  const id =
    known?.id ?? (await tx.add(formResponse, { patientId, formName, state: 'draft', startedAt: tx.now, ...what })).id
  return { id, items }
}

/** Saves as she types: all answers so far, whole or not. */
export const saveIntake = action({
  name: 'intake.save',
  does: 'save her health questionnaire as she fills it in',
  purpose: 'patient-request',
  phi: 'clinical',
  patient: own,
  allow: isSelf,
  clashes: BUSY,
  input: Filling,
  output: z.object({ savedAt: z.string() }),
  run: async (tx, filling) => {
    await keepDraft(tx, await ownLink(tx), filling)
    return { savedAt: tx.now }
  },
})

/** @throws 422 naming each question that is still open */
export const submitIntake = action({
  name: 'intake.submit',
  does: 'submit her health questionnaire',
  purpose: 'patient-request',
  phi: 'clinical',
  patient: own,
  allow: isSelf,
  clashes: BUSY,
  input: Filling,
  output: z.object({ submittedAt: z.string() }),
  run: async (tx, filling) => {
    const link = await ownLink(tx)
    const { patientId, appointmentId } = link
    const { id, items } = await keepDraft(tx, link, filling)
    const open = missing(items, filling.answers)
    if (open.length > 0) throw invalid(open, 'Some questions are still open. What you filled in is saved.')
    const answers = relevantAnswers(items, filling.answers)
    await tx.change(
      formResponse,
      { id, patientId, state: 'draft' },
      { answers, state: 'submitted', submittedAt: tx.now },
    )
    await tx.emit(intakeSubmitted, { responseId: id, patientId, ...(appointmentId ? { appointmentId } : {}) })
    return { submittedAt: tx.now }
  },
})

/** Ends her session, so that whoever picks up the device next finds nothing. */
export const finishIntake = action({
  name: 'intake.finish',
  does: 'leave her forms',
  purpose: 'patient-request',
  phi: 'clinical',
  patient: own,
  allow: isSelf,
  input: Nothing,
  output: z.object({ isDone: z.boolean() }),
  run: async (tx) => {
    const steps = stepsOf(await filledBy(tx, await ownLink(tx)))
    await endOwnSession(tx)
    return { isDone: isDone(steps) }
  },
})
