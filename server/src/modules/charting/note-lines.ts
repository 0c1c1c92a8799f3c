import type { Value } from '#kernel/record.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import type { PatientId } from '#schema/patients'
import type { z } from 'zod'
import { dosesOf } from './doses.ts'
import { excerptOf } from './excerpt.ts'
import { noteAddendum, treatmentNote, type NoteLine } from './schema.ts'

const MOST_NOTES = 100

/** Names of these people of the team, by id. */
export const namesOf = async (tx: Tx, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map()
  const people = await tx.list(user, { id: oneOf([...new Set(ids)]) }, { open: ['name'] })
  return new Map(people.map(({ id, name }) => [id, name]))
}

type Note = Omit<Value<typeof treatmentNote>, 'contentHash'>
export interface Written {
  notes: Note[]
  addendaOf: (noteId: string) => number
}

/** Her signed notes and the actor's own drafts, newest first. Drafts of others are listed, not opened. */
export const writtenOf = async (tx: Tx, patientId: z.infer<typeof PatientId>): Promise<Written> => {
  const newest = { orderBy: 'startedAt', descending: true, limit: MOST_NOTES } as const
  const [signed, drafts, own, addenda] = await Promise.all([
    tx.list(treatmentNote, { patientId, state: 'signed' }, { ...newest, open: ['body', 'injections'] }),
    tx.list(treatmentNote, { patientId, state: 'draft' }, { ...newest, open: [] }),
    tx.actor.kind === 'staff'
      ? tx.list(
          treatmentNote,
          { patientId, state: 'draft', authorId: authorOf(tx) },
          { ...newest, open: ['body', 'injections'] },
        )
      : [],
    tx.list(noteAddendum, { patientId }, { open: [] }),
  ])
  const opened = new Map(own.map((note) => [note.id, note]))
  const notes = [...signed, ...drafts.map((note) => opened.get(note.id) ?? note)].toSorted((a, b) =>
    a.startedAt < b.startedAt ? 1 : -1,
  )
  return { notes, addendaOf: (noteId) => addenda.filter((a) => a.noteId === noteId).length }
}

const authorOf = (tx: Tx) => user.fields.shape.id.parse(tx.actor.id)

export const lineOf = (note: Note, authorName: string, addenda: number): NoteLine => ({
  id: note.id,
  ...(note.appointmentId ? { appointmentId: note.appointmentId } : {}),
  authorId: note.authorId,
  authorName,
  state: note.state,
  startedAt: note.startedAt,
  savedAt: note.savedAt,
  ...(note.signedAt ? { signedAt: note.signedAt } : {}),
  // A row that was not opened has no sealed fields.
  excerpt: 'body' in note ? excerptOf(note.body) : '',
  doses: 'injections' in note ? dosesOf(note.injections) : [],
  addenda,
})

export const linesOf = async (tx: Tx, patientId: z.infer<typeof PatientId>): Promise<NoteLine[]> => {
  const { notes, addendaOf } = await writtenOf(tx, patientId)
  const names = await namesOf(
    tx,
    notes.map((n) => n.authorId),
  )
  return notes.map((note) => lineOf(note, names.get(note.authorId) ?? '', addendaOf(note.id)))
}
