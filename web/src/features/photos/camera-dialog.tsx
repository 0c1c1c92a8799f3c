import { Modal } from '@mantine/core'
import { CameraCapture } from '../../ui/camera-capture.tsx'
import { photoSrc, photoViews, viewNames, type Photo, type PhotoView } from './photo-queries.ts'
import { ViewPicker } from './view-picker.tsx'

interface CameraDialogProps {
  patientId: string
  opened: boolean
  onClose: () => void
  view: PhotoView
  onViewChange: (view: PhotoView) => void
  /** of the record, newest first: the last one of the same view is the guide */
  photos: readonly Photo[]
  onCapture: (photo: Blob) => void
  /** photos on their way */
  waiting: number
}

const series: readonly PhotoView[] = photoViews.filter((view) => view !== 'other' && view !== 'close-up')

/** Takes a series with the device's camera: after each photo comes the next view, until the series is done. */
export function CameraDialog({ patientId, opened, onClose, view, onViewChange, photos, onCapture, waiting }: CameraDialogProps) {
  const last = photos.find((photo) => photo.view === view)
  const capture = (photo: Blob) => {
    onCapture(photo)
    const next = series[series.indexOf(view) + 1]
    if (series.includes(view) && next) onViewChange(next)
  }
  return (
    <Modal opened={opened} onClose={onClose} title="Take photos" size="min(880px, 100%)">
      <div className="n-camera-dialog">
        <ViewPicker label="View" view={view} onViewChange={onViewChange} />
        {opened && <CameraCapture onCapture={capture} onCancel={onClose} {...(last && { ghostSrc: photoSrc(patientId, last.id, 'screen') })} />}
        <p role="status">{waiting > 0 ? `${waiting} on the way to the record. You can go on.` : `Next: ${viewNames[view].toLowerCase()}.`}</p>
      </div>
    </Modal>
  )
}
