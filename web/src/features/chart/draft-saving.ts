import { useCallback, useRef, useState } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client'
import { readNote, type NoteContent } from './chart-queries.ts'

const sameContent = (a: NoteContent, b: NoteContent) =>
  JSON.stringify([a.body, a.injections]) === JSON.stringify([b.body, b.injections])

export interface DraftSaving {
  save: (content: NoteContent) => Promise<void>
  /** of what the server has now */
  revision: () => number
  /** another window has saved something else meanwhile; nothing is sent until this is decided */
  conflict: boolean
  /** writes over what the other window saved */
  keepMine: () => Promise<void>
}

/** Sends a draft to the server with the revision that it builds on. A save whose answer was lost on the way is recognised, not doubled. */
export function useDraftSaving({
  patientId,
  noteId,
  revision,
}: {
  patientId: string
  noteId: string
  revision: number
}): DraftSaving {
  const known = useRef(revision)
  const [conflict, setConflict] = useState(false)
  const blocked = useRef(false)

  const save = useCallback(
    async ({ body, injections }: NoteContent) => {
      if (blocked.current) throw new Problem({ status: 409, title: 'Changed in another window' })
      try {
        const content = { revision: known.current, body, injections: [...injections] }
        known.current = (
          await data(
            api.PUT('/api/patients/{patientId}/notes/{noteId}', {
              params: { path: { patientId, noteId } },
              body: content,
            }),
          )
        ).revision
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 409) throw error
        const stored = await readNote(patientId, noteId)
        if (!sameContent(stored, { body, injections })) {
          blocked.current = true
          setConflict(true)
          throw error
        }
        known.current = stored.revision
      }
    },
    [patientId, noteId],
  )
  const keepMine = useCallback(async () => {
    known.current = (await readNote(patientId, noteId)).revision
    blocked.current = false
    setConflict(false)
  }, [patientId, noteId])
  return { save, revision: () => known.current, conflict, keepMine }
}
