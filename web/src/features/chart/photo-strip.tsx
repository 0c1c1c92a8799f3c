import { useGo, useLocation } from '../../place.ts'
import { formatDate } from '../../ui/format.ts'
import { photoSrc, usePhotos, viewNames } from '../photos/photo-queries.ts'

/** The newest photos, small; a tap opens them large. */
export function PhotoStrip({ patientId, most }: { patientId: string; most: number }) {
  const photos = usePhotos(patientId)
  const { timeZone } = useLocation()
  const go = useGo()
  const ready = (photos.data ?? []).filter(({ state }) => state === 'ready')
  if (photos.isPending) return null
  if (ready.length === 0) return <p className="n-last__none">No photos yet.</p>
  return (
    <ul className="n-strip">
      {ready.slice(0, most).map(({ id, view, takenAt }) => (
        <li key={id}>
          <button type="button" className="n-plain" onClick={() => go(`/patients/${patientId}/photos?photo=${id}`)}>
            <img
              src={photoSrc(patientId, id, 'thumb')}
              alt={`${viewNames[view]}, ${formatDate(takenAt, { timeZone })}`}
              loading="lazy"
              decoding="async"
            />
            <span aria-hidden="true">{formatDate(takenAt, { timeZone })}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
