import { useLocation } from '../../place.ts'
import { PhotoCompare } from '../../ui/photo-compare.tsx'
import { photoSrc, viewNames, type Photo } from './photo-queries.ts'

interface CompareViewProps {
  patientId: string
  /** the earlier one first */
  pair: readonly [Photo, Photo]
  onClose: () => void
}

const dayMs = 86_400_000

/** "3 weeks later", by the days between. */
const later = (before: string, after: string): string => {
  const days = Math.round((Date.parse(after) - Date.parse(before)) / dayMs)
  if (days < 1) return 'After, same day'
  if (days < 14) return `After, ${days} ${days === 1 ? 'day' : 'days'} later`
  if (days < 70) return `After, ${Math.round(days / 7)} weeks later`
  return `After, ${Math.round(days / 30.4)} months later`
}

/** Two photos of one patient with one zoom. */
export function CompareView({ patientId, pair: [before, after], onClose }: CompareViewProps) {
  const { timeZone } = useLocation()
  const of = ({ id, view, takenAt }: Photo, label: string) => ({
    src: photoSrc(patientId, id, 'full'),
    alt: `${viewNames[view]}, ${label.toLowerCase()}`,
    takenAt,
    label,
  })
  return (
    <div className="n-compare-page">
      <h1 className="n-hidden">Compare photos</h1>
      <PhotoCompare
        before={of(before, 'Before')}
        after={of(after, later(before.takenAt, after.takenAt))}
        timeZone={timeZone}
        onClose={onClose}
      />
    </div>
  )
}
