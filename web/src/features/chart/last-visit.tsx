import { SkeletonCard } from '../../ui/skeletons.tsx'
import { useNote } from './chart-queries.ts'
import { NoteSigned } from './note-signed.tsx'
import { PhotoStrip } from './photo-strip.tsx'

interface LastVisitProps {
  patientId: string
  /** of the last signed note before this one */
  noteId: string | undefined
}

/** What was done last time, in sight while the new note is written. */
export function LastVisit({ patientId, noteId }: LastVisitProps) {
  return (
    <aside className="n-last" aria-label="Last visit">
      <h2>Photos</h2>
      <PhotoStrip patientId={patientId} most={3} />
      <h2>Last note</h2>
      {noteId ? (
        <LastNote patientId={patientId} noteId={noteId} />
      ) : (
        <p className="n-last__none">There is no earlier note.</p>
      )}
    </aside>
  )
}

function LastNote({ patientId, noteId }: { patientId: string; noteId: string }) {
  const note = useNote(patientId, noteId)
  if (note.isPending) return <SkeletonCard lines={4} label="Opening the last note" />
  if (!note.data) return <p className="n-last__none">The last note could not be opened.</p>
  return <NoteSigned patientId={patientId} note={note.data} place="beside" />
}
