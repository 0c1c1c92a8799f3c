import { Modal } from '@mantine/core'
import { CameraCapture } from '../../ui/camera-capture.tsx'
import { photoSrc, photoViews, viewNames, type Photo, type PhotoView } from './photo-queries.ts'
import type { Upload } from './uploads.ts'
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
  uploads: readonly Upload[]
}

const progressOf = (uploads: readonly Upload[], view: PhotoView): string => {
  const failed = uploads.filter(({ state }) => state === 'failed').length
  if (failed > 0) return `${failed} could not be stored. Close the camera to see why; nothing is lost.`
  return uploads.length > 0
    ? `${uploads.length} on the way to the record. You can go on.`
    : `Next: ${viewNames[view].toLowerCase()}.`
}

const series: readonly PhotoView[] = photoViews.filter((view) => view !== 'other' && view !== 'close-up')

/** Takes a series with the device's camera: after each photo comes the next view, until the series is done. */
export function CameraDialog({
  patientId,
  opened,
  onClose,
  view,
  onViewChange,
  photos,
  onCapture,
  uploads,
}: CameraDialogProps) {
  const last = photos.find((photo) => photo.view === view)
  const capture = (photo: Blob) => {
    onCapture(photo)
    const next = series[series.indexOf(view) + 1]
    if (series.includes(view) && next) onViewChange(next)
  }
  return (
    <Modal opened={opened} onClose={onClose} title="Take photos" fullScreen>
      <div className="n-camera-dialog">
        <ViewPicker label="View" view={view} onViewChange={onViewChange} />
        {opened && (
          <CameraCapture
            onCapture={capture}
            onCancel={onClose}
            {...(last && { ghostSrc: photoSrc(patientId, last.id, 'screen') })}
          />
        )}
        <p role="status">{progressOf(uploads, view)}</p>
      </div>
    </Modal>
  )
}
