import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { invalid } from '#kernel/errors.ts'
import { isSelf, type Actor } from '#kernel/policy.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient } from '#schema/patients'
import { location } from '#schema/practices'
import { appointment } from '#schema/scheduling'
import { healthForm, healthFormOn } from './content.ts'
import { intakeSubmitted } from './events.ts'
import { isMinor } from '#modules/patients'
import { capacityOf, isRepresentative } from '#modules/portal'
import { endOwnSession, ownPractice } from './links.ts'
import { isDone, stepsOf, type Filled } from './progress.ts'
import { fitting, misfits, missing, relevantAnswers, takenOver } from './questionnaire.ts'
import { Answers, consent, formResponse, Language, QuestionItem, Step } from './schema.ts'
import { isShown, ownWay, type Way } from './way.ts'

const own = (_input: unknown, actor: Actor) => actor.patientId ?? '-'
const Nothing = z.object({})
const formName = healthForm.name
const BUSY = {
  form_response_one_draft: 'This form is being filled in on another device at the same moment. Try again.',
}

const filledBy = async (tx: Tx, { patientId, appointmentId }: Way) => ({
  now: tx.now,
  appointmentId,
  responses: await tx.list(formResponse, { patientId, formName }, { open: [] }),
  consents: await tx.list(consent, { patientId }, { open: [] }),
})

const visitOf = async (tx: Tx, { appointmentId, patientId }: Way) => {
  if (!appointmentId) return undefined
  const { startsAt, locationId } = await tx.get(appointment, { id: appointmentId, patientId })
  const { name, address, timeZone } = await tx.get(location, { id: locationId })
  return { startsAt, timeZone, place: name, address }
}

/**
 * A minor fills in her health questions; consents are for whoever signs for her. Her photos are shown to nobody in public, whoever would
 * agree to it: a rule of this software, not of the law.
 */
const isAsked = (id: z.infer<typeof Step>['id'], { minor, signs }: { minor: boolean; signs: boolean }): boolean =>
  id === 'health' || (signs && !(minor && id === 'marketing-photos'))

/** That something is signed is what is left to do or not; how she decided before is hers. */
const withoutEarlier = (step: z.infer<typeof Step>, consents: readonly (Filled['consents'][number] & { signedBy?: string | undefined })[], way: Way) => {
  const mine = consents.some((c) => c.kind === step.id && !c.revokedAt && isShown(way, c.signedBy))
  return mine ? step : { id: step.id, state: step.state }
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
    /** A parent or guardian signs for her: signed in, or at the practice. */
    isMinor: z.boolean(),
    /** `link`: closing the page ends it; signed in, she goes back to her own page. */
    by: z.enum(['link', 'patient', 'representative']),
    /** There are answers or documents from before, which are shown after a code to her own address. */
    earlierHidden: z.boolean(),
    isDone: z.boolean(),
  }),
  run: async (tx) => {
    const way = await ownWay(tx)
    const who = await tx.get(patient, { id: way.patientId }, ['calledName', 'givenName', 'birthDate'])
    // Asked at each opening: a child comes of age in the middle of her forms.
    const capacity = await capacityOf(tx, way.patientId, who.birthDate, 'forms')
    const { name, phone } = await ownPractice(tx)
    const minor = isMinor(who.birthDate, tx.now)
    const filled = await filledBy(tx, way)
    const steps = stepsOf(filled)
      .filter(({ id }) => isAsked(id, { minor, signs: !minor || capacity !== undefined }))
      .map((step) => withoutEarlier(step, filled.consents, way))
    return {
      practice: { name, phone },
      calledName: who.calledName || who.givenName,
      language: who.language,
      visit: await visitOf(tx, way),
      steps,
      isMinor: minor,
      by: tx.actor.kind === 'link' ? ('link' as const) : isRepresentative(tx.actor.id) ? ('representative' as const) : ('patient' as const),
      earlierHidden: [...filled.responses.map((r) => r.savedBy), ...filled.consents.map((c) => c.signedBy)].some((by) => !isShown(way, by)),
      isDone: isDone(steps),
    }
  },
})

const draftOf = (tx: Tx, { patientId }: Way, open: readonly ['answers'] | readonly []) =>
  tx.find(formResponse, { patientId, formName, state: 'draft' }, open)
const lastSubmitted = async (tx: Tx, { patientId, seesEarlier, by }: Way) => {
  const [last] = await tx.list(
    formResponse,
    { patientId, formName, state: 'submitted', ...(seesEarlier ? {} : { savedBy: by }) },
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
    const way = await ownWay(tx)
    const { version, items } = healthFormOn(tx.now.slice(0, 10))
    const form = { name: formName, version, items }
    // Looked at closed first: what is not shown is not opened either.
    const isOwnDraft = isShown(way, (await draftOf(tx, way, []))?.savedBy)
    const draft = isOwnDraft ? await draftOf(tx, way, ['answers']) : undefined
    const last = draft ?? (await lastSubmitted(tx, way))
    if (!last) return { ...form, answers: {}, from: 'nothing' as const }
    if (last.appointmentId !== way.appointmentId)
      return { ...form, answers: takenOver(items, last.answers), from: 'taken-over' as const }
    return { ...form, answers: fitting(items, last.answers), from: last.state }
  },
})

const Filling = z.object({ language: Language, answers: Answers })

const keepDraft = async (tx: Tx, way: Way, { language, answers }: z.infer<typeof Filling>) => {
  const { version, items } = healthFormOn(tx.now.slice(0, 10))
  const wrong = misfits(items, answers)
  if (wrong.length > 0) throw invalid(wrong)
  const { patientId, appointmentId } = way
  const known = await draftOf(tx, way, [])
  const what = { formVersion: version, language, answers, savedAt: tx.now, savedBy: way.by, ...(appointmentId ? { appointmentId } : {}) }
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
    await keepDraft(tx, await ownWay(tx), filling)
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
    const way = await ownWay(tx)
    const { patientId, appointmentId } = way
    const { id, items } = await keepDraft(tx, way, filling)
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
    const steps = stepsOf(await filledBy(tx, await ownWay(tx)))
    await endOwnSession(tx)
    return { isDone: isDone(steps) }
  },
})
