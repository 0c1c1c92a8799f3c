import { IconCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatDate } from './format.ts'
import './photo-grid.css'

export interface GridPhoto {
  id: string
  /** same-origin, authenticated by cookie, or a blob: URL */
  thumbSrc: string
  /** what it shows, without the patient's name: "Front view, at rest" */
  alt: string
  /** instant */
  takenAt: string
  /** beside the date: "Before", a StatusChip */
  note?: ReactNode
}

export interface PhotoGridProps {
  photos: readonly GridPhoto[]
  timeZone: string
  onOpen: (photo: GridPhoto) => void
  /** with onSelectedChange: a tick on each photo, e.g. to choose two for comparing */
  selectedIds?: readonly string[]
  onSelectedChange?: (ids: readonly string[]) => void
  /** oldest choice goes when a further one is made */
  maxSelected?: number
}

/** Photographs, large, nothing on the skin but the tick while choosing. */
export function PhotoGrid(props: PhotoGridProps) {
  const { photos, timeZone, onOpen, selectedIds = [], onSelectedChange, maxSelected = Infinity } = props
  const toggle = (id: string) => {
    const without = selectedIds.filter((other) => other !== id)
    const next = without.length < selectedIds.length ? without : [...selectedIds, id].slice(-maxSelected)
    onSelectedChange?.(next)
  }
  return (
    <ul className="n-photos">
      {photos.map((photo) => {
        const date = formatDate(photo.takenAt, { timeZone })
        const selected = selectedIds.includes(photo.id)
        return (
          <li key={photo.id} className="n-photo" data-selected={selected}>
            <div className="n-photo__frame">
              <button type="button" className="n-plain n-photo__open" onClick={() => onOpen(photo)}>
                <img
                  src={photo.thumbSrc}
                  alt={`${photo.alt}, ${date}`}
                  loading="lazy"
                  decoding="async"
                  draggable={false}
                />
              </button>
              {onSelectedChange && (
                <label className="n-photo__tick">
                  <input
                    type="checkbox"
                    checked={selected}
                    onChange={() => toggle(photo.id)}
                    aria-label={`Choose ${photo.alt}, ${date}`}
                  />
                  <span aria-hidden="true">{selected && <IconCheck size={16} stroke={3} />}</span>
                </label>
              )}
            </div>
            <div className="n-photo__caption">
              <time dateTime={photo.takenAt}>{date}</time>
              {photo.note}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
