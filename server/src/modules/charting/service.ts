import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, Denied, invalid } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { caresFor } from '#modules/scheduling'
import { appointment, AppointmentId } from '#schema/scheduling'
import { linesOf, namesOf } from './note-lines.ts'
import { isMedicalDirector, mayAddToNote, mayReadChart, mayWriteNote } from './policy.ts'
import { isProduct, missingToSign, PRODUCTS } from './products.ts'
import {
  Addendum,
  emptyBody,
  Injections,
  LotId,
  noteAddendum,
  NoteBody,
  NoteId,
  NoteLine,
  NoteView,
  OfNote,
  OfPatient,
  Product,
  productLot,
  treatmentNote,
} from './schema.ts'
import { hashOfAdded, hashOfSigned } from './signed-content.ts'

const whose = ({ patientId }: z.infer<typeof OfPatient>) => patientId
const meIn = (tx: Tx) => UserId.parse(tx.actor.id)

/** Of a draft: what its author's page needs to go on. */
const Draft = z.object({ noteId: NoteId, revision: z.int(), savedAt: z.string() })

export const listNotes = action({
  name: 'note.list',
  does: "see the list of a patient's treatment notes",
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: mayReadChart,
  input: OfPatient,
  output: z.array(NoteLine),
  run: (tx, { patientId }) => linesOf(tx, patientId),
})

export const readNote = action({
  name: 'note.read',
  does: 'read a treatment note',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: mayReadChart,
  input: OfNote,
  output: NoteView,
  run: async (tx, { patientId, noteId }) => {
    const { state, authorId } = await tx.get(treatmentNote, { id: noteId, patientId }, [])
    if (state === 'draft' && authorId !== tx.actor.id && !isMedicalDirector(tx)) throw notYours('read')
    const { contentHash, ...note } = await tx.get(treatmentNote, { id: noteId, patientId })
    const addenda = state === 'signed' ? await tx.list(noteAddendum, { patientId, noteId }, { orderBy: 'addedAt' }) : []
    const names = await namesOf(tx, [authorId, ...addenda.map((a) => a.authorId)])
    const nameOf = (id: string) => names.get(id) ?? ''
    return {
      ...note,
      authorName: nameOf(authorId),
      addenda: addenda.map((a) => ({ ...a, authorName: nameOf(a.authorId) })),
      ...(contentHash ? { intact: contentHash === (await hashOfNote(note)) } : {}),
    }
  },
})

const hashOfNote = (
  { id, ...note }: Omit<Value<typeof treatmentNote>, 'contentHash'>,
  signedAt = note.signedAt ?? '',
) => hashOfSigned({ ...note, noteId: id, signedAt })

const notYours = (what: 'read' | 'change') =>
  new Denied({
    rule: 'own-draft',
    why:
      what === 'read'
        ? 'This note is a draft: until it is signed, only its author and the medical director may read it.'
        : 'This note is a draft of somebody else: only its author may change or sign it.',
    whoCanFix: 'Its author, by signing it',
  })

/** Begins a note, or goes on with the draft that the author has for this visit. */
export const startNote = action({
  name: 'note.start',
  does: 'write a treatment note',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: caresFor,
  clashes: {
    one_draft_a_visit: 'You have begun a note for this visit already. Open it.',
    one_draft_without_visit: 'You have begun a note for this patient already. Open it.',
  },
  input: OfPatient.extend({ appointmentId: AppointmentId.optional() }),
  output: Draft,
  run: async (tx, { patientId, appointmentId }) => {
    if (appointmentId) await tx.get(appointment, { id: appointmentId, patientId }, [])
    const authorId = meIn(tx)
    const begun = await tx.find(
      treatmentNote,
      { patientId, authorId, state: 'draft', appointmentId: appointmentId ?? null },
      [],
    )
    if (begun) return { noteId: begun.id, revision: begun.revision, savedAt: begun.savedAt }
    const made = await tx.add(treatmentNote, {
      patientId,
      authorId,
      ...(appointmentId ? { appointmentId } : {}),
      state: 'draft',
      startedAt: tx.now,
      savedAt: tx.now,
      revision: 0,
      body: emptyBody,
      injections: [],
    })
    return { noteId: made.id, revision: made.revision, savedAt: made.savedAt }
  },
})

/** The author's own draft, locked. @throws 404, 403 own-draft, 409 when signed or changed in another window. */
const ownDraft = async (
  tx: Tx,
  { patientId, noteId, revision }: z.infer<typeof OfNote> & { revision: number },
  open: readonly ('body' | 'injections')[],
) => {
  const note = await tx.lock(treatmentNote, { id: noteId, patientId }, open)
  if (note.state === 'signed')
    throw conflict('This note is signed and cannot be changed any more. Add an addendum instead.')
  if (note.authorId !== tx.actor.id) throw notYours('change')
  if (note.revision !== revision)
    throw conflict('This draft was changed in another window. Reload it there or here, then go on.', {
      revision: note.revision,
    })
  return note
}

/** Keeps what was typed so far. `revision` is the one that was last answered. */
export const saveNote = action({
  name: 'note.save',
  does: 'change the draft of a treatment note of one’s own',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: mayWriteNote,
  input: OfNote.extend({ revision: z.int(), body: NoteBody, injections: Injections }),
  output: Draft,
  run: async (tx, { patientId, noteId, revision, body, injections }) => {
    await ownDraft(tx, { patientId, noteId, revision }, [])
    await tx.change(
      treatmentNote,
      { id: noteId, patientId, state: 'draft', revision },
      { body, injections, revision: revision + 1, savedAt: tx.now },
    )
    return { noteId, revision: revision + 1, savedAt: tx.now }
  },
})

/** From here on the note is locked: the database itself refuses every change. @hipaa 164.312(c)(1) integrity */
export const signNote = action({
  name: 'note.sign',
  does: 'sign a treatment note of one’s own',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: mayWriteNote,
  input: OfNote.extend({ revision: z.int() }),
  output: z.object({ noteId: NoteId, signedAt: z.string() }),
  run: async (tx, { patientId, noteId, revision }) => {
    const draft = await ownDraft(tx, { patientId, noteId, revision }, ['body', 'injections'])
    const missing = missingToSign(draft)
    if (missing.length > 0) throw invalid(missing, 'The note cannot be signed yet. It is kept as a draft.')
    const signedAt = tx.now
    const contentHash = await hashOfNote(draft, signedAt)
    await tx.change(
      treatmentNote,
      { id: noteId, patientId, state: 'draft', revision },
      { state: 'signed', signedAt, contentHash },
    )
    return { noteId, signedAt }
  },
})

export const addendNote = action({
  name: 'note.addend',
  does: 'add an addendum to a signed treatment note',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: mayAddToNote,
  input: OfNote.extend({ body: noteAddendum.fields.shape.body }),
  output: Addendum,
  run: async (tx, { patientId, noteId, body }) => {
    const { state } = await tx.get(treatmentNote, { id: noteId, patientId }, [])
    if (state !== 'signed') throw conflict('This note is still a draft. Change the draft instead.')
    const content = { noteId, patientId, authorId: meIn(tx), addedAt: tx.now, body }
    const made = await tx.add(noteAddendum, { ...content, contentHash: await hashOfAdded(content) })
    return { ...made, authorName: (await namesOf(tx, [made.authorId])).get(made.authorId) ?? '' }
  },
})

const nobody = () => '-'

export const listProducts = action({
  name: 'product.list',
  does: 'see the products that are injected, and their lots on the shelf',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(Product),
  run: async (tx) => {
    const lots = await tx.list(productLot, { closedAt: null }, { orderBy: 'expiresOn' })
    return PRODUCTS.map((product) => ({ ...product, lots: lots.filter((l) => l.product === product.name) }))
  },
})

export const addLot = action({
  name: 'lot.add',
  does: 'put a lot of a product on the shelf',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  clashes: { product_lot_practice_id_product_lot_key: 'This lot is on the shelf already.' },
  input: productLot.fields.pick({ product: true, lot: true, expiresOn: true }),
  output: z.object({ lotId: LotId }),
  run: async (tx, { product, lot, expiresOn }) => {
    if (!isProduct(product)) throw invalid([{ path: 'product', message: 'There is no such product.' }])
    const made = await tx.add(productLot, { product, lot, expiresOn, addedBy: meIn(tx), addedAt: tx.now })
    return { lotId: made.id }
  },
})

export const closeLot = action({
  name: 'lot.close',
  does: 'take a lot of a product off the shelf',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: z.object({ lotId: LotId }),
  output: z.object({}),
  run: async (tx, { lotId }) => {
    await tx.get(productLot, { id: lotId })
    await tx.change(productLot, { id: lotId }, { closedAt: tx.now })
    return {}
  },
})
