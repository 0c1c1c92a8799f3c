import { any, exists, given, type Ask } from '#kernel/policy.ts'
import { oneOf } from '#kernel/statement.ts'
import { directs } from '#modules/access'
import { mayReadHistory } from '#modules/history'
import { caresFor } from '#modules/scheduling'
import { OfNote, treatmentNote } from './schema.ts'

/** Reads drafts too: she answers for what is written under her. */
export const isMedicalDirector = ({ actor }: Pick<Ask, 'actor'>) => actor.roles.includes('medical-director')

/** Whoever treats her, or answers for those who do: the same as for what she brings along from elsewhere. */
export const mayReadChart = mayReadHistory

const wroteIt = given(
  'own-note',
  'wrote this note',
  exists(treatmentNote, (ask) => {
    const { patientId, noteId } = OfNote.parse(ask.input)
    return { id: noteId, patientId, authorId: oneOf([ask.actor.id]) }
  }),
  () => ({ why: 'Only the author may change this draft.', whoCanFix: 'Its author' }),
  { needs: OfNote },
)

/** A draft can still be finished by its author when the visit lies too far back for anything else. */
export const mayWriteNote = any(caresFor, wroteIt)
export const mayAddToNote = any(caresFor, wroteIt, directs)
