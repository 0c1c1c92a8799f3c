import { Button } from '@mantine/core'
import { IconArrowsLeftRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation } from '../../place.ts'
import { PhotoGrid } from '../../ui/photo-grid.tsx'
import { useUrlChoice } from '../../ui/url-choice.ts'
import { isPhotoView, photoSrc, photoViews, viewNames, type Photo, type PhotoView } from './photo-queries.ts'

interface ReadyPhotosProps {
  patientId: string
  photos: readonly Photo[]
  onCompare: (ids: readonly string[]) => void
}

/** The photos that can be seen: by view, and two of them to compare. */
export function ReadyPhotos({ patientId, photos, onCompare }: ReadyPhotosProps) {
  const { timeZone } = useLocation()
  const [, setOpened] = useUrlChoice('photo')
  const [only, setOnly] = useUrlChoice('view')
  const [chosen, setChosen] = useState<readonly string[]>([])
  if (photos.length === 0) return null
  const shown = photos.filter(({ view }) => !isPhotoView(only) || view === only)
  const selected = chosen.filter((id) => shown.some((photo) => photo.id === id))
  return (
    <section aria-label="Photos of the record">
      <div className="n-photo-bar">
        <Filter photos={photos} only={isPhotoView(only) ? only : undefined} onChange={setOnly} />
        <p className="n-photo-bar__hint" role="status">
          {selected.length === 2
            ? ''
            : selected.length === 1
              ? 'Choose one more to compare.'
              : photos.length > 1
                ? 'Tick two photos to compare them.'
                : ''}
        </p>
        {selected.length === 2 && (
          <Button leftSection={<IconArrowsLeftRight size={18} stroke={1.75} />} onClick={() => onCompare(selected)}>
            Compare
          </Button>
        )}
      </div>
      <PhotoGrid
        photos={shown.map(({ id, view, takenAt, caption }) => ({
          id,
          thumbSrc: photoSrc(patientId, id, 'thumb'),
          alt: caption ? `${viewNames[view]}: ${caption}` : viewNames[view],
          takenAt,
          note: viewNames[view],
        }))}
        timeZone={timeZone}
        onOpen={({ id }) => setOpened(id)}
        selectedIds={selected}
        onSelectedChange={setChosen}
        maxSelected={2}
      />
    </section>
  )
}

interface FilterProps {
  photos: readonly Photo[]
  only: PhotoView | undefined
  onChange: (only: PhotoView | undefined) => void
}

/** The views that there are, each with how many. */
function Filter({ photos, only, onChange }: FilterProps) {
  const views = photoViews.filter((view) => photos.some((photo) => photo.view === view))
  if (views.length < 2) return null
  const choices = [undefined, ...views]
  return (
    <div className="n-photo-filter" role="group" aria-label="Show views">
      {choices.map((view) => (
        <button
          key={view ?? 'all'}
          type="button"
          className="n-plain"
          aria-pressed={view === only}
          onClick={() => onChange(view)}
        >
          {view ? viewNames[view] : 'All'}{' '}
          <span className="n-figures">
            {view ? photos.filter((photo) => photo.view === view).length : photos.length}
          </span>
        </button>
      ))}
    </div>
  )
}
