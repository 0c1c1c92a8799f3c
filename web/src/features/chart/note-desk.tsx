import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { useNote, useProducts, type Chart } from './chart-queries.ts'
import { LastVisit } from './last-visit.tsx'
import { NoteEditor } from './note-editor.tsx'
import { NoteSigned } from './note-signed.tsx'

interface NoteDeskProps {
  patientId: string
  noteId: string
  chart: Chart
}

/** One note: being written, or signed; the last visit's note and photos beside it. */
export function NoteDesk({ patientId, noteId, chart }: NoteDeskProps) {
  const note = useNote(patientId, noteId)
  const products = useProducts()
  const go = useGo()
  const error = note.error ?? products.error
  const earlier = chart.notes.find(
    ({ id, state, startedAt }) =>
      id !== noteId && state === 'signed' && (!note.data || startedAt <= note.data.startedAt),
  )
  return (
    <div className="n-desk">
      <div className="n-desk__note n-panel">
        {error && !note.data && <ErrorNotice error={error} onRetry={() => void note.refetch()} onFix={go} />}
        {(note.isPending || products.isPending) && !error && <SkeletonCard lines={6} label="Opening the note" />}
        {note.data?.state === 'draft' && products.data && (
          <NoteEditor patientId={patientId} note={note.data} products={products.data} />
        )}
        {note.data?.state === 'signed' && <NoteSigned patientId={patientId} note={note.data} place="page" />}
      </div>
      <LastVisit patientId={patientId} noteId={earlier?.id} />
    </div>
  )
}
