import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, Denied, invalid } from '#kernel/errors.ts'
import { PatientId } from '#kernel/id.ts'
import { exists, roleAlone, unless } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { isMinor } from '#modules/patients'
import { patient } from '#schema/patients'
import { contactFrom } from './contact.ts'
import { flags, isOutgrown, isStanding } from './representing.ts'
import { NewRepresentation, patientSession, representation, RepresentationId, RepresentationLine, representative, RepresentativeId } from './schema.ts'

type Patient = z.infer<typeof PatientId>
const whose = ({ patientId }: { patientId: Patient }) => patientId
const One = z.object({ patientId: PatientId, representationId: RepresentationId })
const Noted = One.extend({ note: z.string().trim().min(3, 'Say in a few words what you have seen.').max(500) })
const BASES_OF_ADULTS: readonly string[] = ['guardian', 'power-of-attorney']

/** Representations have no place of their own: whose they are must be visible to whoever asks. */
const birthDateOf = async (tx: Tx, patientId: Patient) => (await tx.get(patient, { id: patientId }, ['birthDate'])).birthDate

const lineOf = async (tx: Tx, row: Value<typeof representation>, birthDate: string): Promise<z.infer<typeof RepresentationLine>> => {
  const { name, email, phone } = await tx.get(representative, { id: row.representativeId }, ['name', 'email', 'phone'])
  return {
    ...row, name, email, phone, byMe: row.proposedBy === tx.actor.id,
    stands: isStanding(row, tx.now) && !isOutgrown(row.basis, birthDate, tx.now),
  }
}

export const listRepresentations = action({
  name: 'representation.list',
  does: 'see who may act for a patient',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: z.object({ patientId: PatientId }),
  output: z.object({ isMinor: z.boolean(), flags: z.array(z.string()), representations: z.array(RepresentationLine) }),
  run: async (tx, { patientId }) => {
    const birthDate = await birthDateOf(tx, patientId)
    const rows = await tx.list(representation, { patientId }, { open: ['document', 'note'], orderBy: 'proposedAt', descending: true })
    return { isMinor: isMinor(birthDate, tx.now), flags: [...flags], representations: await Promise.all(rows.map((row) => lineOf(tx, row, birthDate))) }
  },
})

type Proposed = z.infer<typeof NewRepresentation>
const contactsOf = ({ email, phone }: Proposed) => {
  if (!email && !phone) throw invalid([{ path: 'email', message: 'or a phone number is needed: the code to sign in goes there' }])
  return { ...(email ? { email: contactFrom(email, 'email').address } : {}), ...(phone ? { phone: contactFrom(phone, 'phone').address } : {}) }
}
const check = (input: Proposed, child: { isMinor: boolean }, today: string) => {
  const errors = [
    ...(input.endsOn && input.endsOn < input.startsOn ? [{ path: 'endsOn', message: 'is before it begins' }] : []),
    ...(input.basis === 'minor-child' && !child.isMinor ? [{ path: 'basis', message: 'does not fit: the patient is of age' }] : []),
    ...(BASES_OF_ADULTS.includes(input.basis) && input.document === '' ? [{ path: 'document', message: 'is needed: where is the paper that shows it?' }] : []),
    ...(isMinor(input.birthDate, today) ? [{ path: 'birthDate', message: 'is that of a person under 18, who cannot act for another' }] : []),
  ]
  if (errors.length > 0) throw invalid(errors)
}

/** The mother of two children is one person: found again by address and birth date. */
const personFor = async (tx: Tx, input: Proposed): Promise<z.infer<typeof RepresentativeId>> => {
  const { email, phone } = contactsOf(input)
  const alike = [
    ...(email ? await tx.list(representative, { email }, { open: ['birthDate'] }) : []),
    ...(phone ? await tx.list(representative, { phone }, { open: ['birthDate'] }) : []),
  ]
  const known = alike.find((one) => one.birthDate === input.birthDate)
  if (known) return known.id
  const { name, birthDate, language } = input
  return (await tx.add(representative, { name, birthDate, language, createdAt: tx.now, ...(email ? { email } : {}), ...(phone ? { phone } : {}) })).id
}

export const proposeRepresentation = action({
  name: 'representation.propose',
  does: 'record who is to act for a patient, to be confirmed',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: NewRepresentation,
  output: RepresentationLine,
  run: async (tx, input) => {
    const { patientId, basis, scopes, startsOn, endsOn, document } = input
    const birthDate = await birthDateOf(tx, patientId)
    check(input, { isMinor: isMinor(birthDate, tx.now) }, tx.now)
    const representativeId = await personFor(tx, input)
    if (await tx.has(representation, { patientId, representativeId, state: oneOf(['proposed', 'confirmed']) }))
      throw conflict('She is recorded for this patient already. End that first to change it.')
    const row = await tx.add(representation, {
      patientId, representativeId, basis, scopes: [...new Set(scopes)], startsOn, ...(endsOn ? { endsOn } : {}),
      ...(document ? { document } : {}), state: 'proposed', proposedBy: tx.actor.id, proposedAt: tx.now,
    })
    return lineOf(tx, row, birthDate)
  },
})

const confirm = async (tx: Tx, { patientId, representationId, note }: z.infer<typeof Noted>, fits: (row: Value<typeof representation>, birthDate: string) => void) => {
  const birthDate = await birthDateOf(tx, patientId)
  const row = await tx.lock(representation, { id: representationId, patientId }, ['document'])
  if (row.state !== 'proposed') throw conflict('This was confirmed or ended already.')
  fits(row, birthDate)
  const confirmed = { state: 'confirmed' as const, note, confirmedBy: tx.actor.id, confirmedAt: tx.now }
  await tx.change(representation, { id: row.id, patientId }, confirmed)
  return lineOf(tx, { ...row, ...confirmed }, birthDate)
}

const Proposal = z.object({ representationId: RepresentationId })
/** Two persons for a power over somebody else's record. */
const bySomebodyElse = unless(
  'second-person',
  'somebody else has recorded it',
  exists(representation, ({ actor, patient: about, input }) => ({
    id: Proposal.parse(input).representationId, patientId: oneOf([about]), proposedBy: actor.id,
  })),
  () => ({ why: 'You recorded this yourself: somebody else must have seen the paper, too.', whoCanFix: 'The owner, the compliance officer or the medical director' }),
)

export const confirmRepresentation = action({
  name: 'representation.confirm',
  does: 'confirm who acts for a patient, after seeing the paper',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: bySomebodyElse,
  input: Noted,
  output: RepresentationLine,
  run: (tx, input) => confirm(tx, input, () => {}),
})

const ADULT: Denied['refusal'] = {
  rule: 'adult-needs-second-person',
  citation: '45 CFR 164.502(g)(2)',
  why: 'This is not a parent of a minor: whoever acts for an adult, or by a paper of a court, is confirmed by somebody who answers for the practice.',
  whoCanFix: 'The owner, the compliance officer or the medical director',
}
export const confirmForMinor = action({
  name: 'representation.confirm-minor',
  does: 'confirm a parent of a minor, with a note of what was seen',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: Noted,
  output: RepresentationLine,
  run: (tx, input) =>
    confirm(tx, input, ({ basis }, birthDate) => {
      if (basis !== 'minor-child' || !isMinor(birthDate, tx.now)) throw new Denied(ADULT)
    }),
})

/** At once: whoever acts under it is signed out. */
export const endRepresentation = action({
  name: 'representation.end',
  does: "end that somebody acts for a patient",
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: One,
  output: RepresentationLine,
  run: async (tx, { patientId, representationId }) => {
    const birthDate = await birthDateOf(tx, patientId)
    const row = await tx.lock(representation, { id: representationId, patientId }, ['document', 'note'])
    if (row.state === 'ended') throw conflict('This was ended already.')
    const ended = { state: 'ended' as const, endedBy: tx.actor.id, endedAt: tx.now }
    await tx.change(representation, { id: row.id, patientId }, ended)
    for (const { id } of await tx.list(patientSession, { representativeId: row.representativeId, representationId, endedAt: null }))
      await tx.change(patientSession, { id }, { endedAt: tx.now })
    return lineOf(tx, { ...row, ...ended }, birthDate)
  },
})

export const waitingRepresentations = action({
  name: 'representation.waiting',
  does: 'see for which patients a representative waits to be confirmed',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({}),
  output: z.array(representation.fields.pick({ id: true, patientId: true, basis: true, proposedAt: true })),
  run: async (tx) => {
    const rows = await tx.list(representation, { state: 'proposed' }, { open: [], orderBy: 'proposedAt' })
    // Only patients at her own locations: the others' rows are not hers to see.
    const visible = new Set((await tx.list(patient, { id: oneOf(rows.map((r) => r.patientId)) }, { open: [] })).map((p) => p.id))
    return rows.filter((r) => visible.has(r.patientId))
  },
})
