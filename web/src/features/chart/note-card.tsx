import { IconLock, IconPencil } from '@tabler/icons-react'
import { formatDate } from '../../ui/format.ts'
import { StatusChip } from '../../ui/status-chip.tsx'
import type { NoteLine } from './chart-queries.ts'

interface NoteCardProps {
  note: NoteLine
  timeZone: string
  isOwn: boolean
  onOpen: () => void
}

/** A note in the list: when, whose, first words, doses. */
export function NoteCard({ note, timeZone, isOwn, onOpen }: NoteCardProps) {
  const isDraft = note.state === 'draft'
  const canOpen = !isDraft || isOwn
  return (
    <li>
      <button
        type="button"
        className="n-plain n-note-card n-panel"
        data-draft={isDraft}
        onClick={onOpen}
        disabled={!canOpen}
      >
        <span className="n-note-card__head">
          <strong>{formatDate(note.signedAt ?? note.startedAt, { timeZone })}</strong>
          <span>{note.authorName}</span>
          {isDraft ? (
            <StatusChip tone="accent" label={isOwn ? 'Your draft' : 'Draft'} icon={IconPencil} />
          ) : (
            <StatusChip tone="neutral" look="plain" label="Signed" icon={IconLock} />
          )}
        </span>
        <span className="n-note-card__text">
          {note.excerpt ||
            (isDraft ? (isOwn ? 'Nothing written yet.' : 'Readable once it is signed.') : 'No words, injections only.')}
        </span>
        {(note.doses.length > 0 || note.addenda > 0) && (
          <span className="n-note-card__doses n-figures">
            {note.doses
              .map(({ product, lot, unit, total }) => `${product} ${total} ${unit}${lot ? `, lot ${lot}` : ''}`)
              .join(' · ')}
            {note.addenda > 0 &&
              `${note.doses.length > 0 ? ' · ' : ''}${note.addenda} ${note.addenda === 1 ? 'addendum' : 'addenda'}`}
          </span>
        )}
      </button>
    </li>
  )
}
