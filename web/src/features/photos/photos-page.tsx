import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconCamera, IconFileText, IconPhoto, IconUpload } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { api, data } from '../../client'
import { useGo } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatName, formatPlainDate } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { PatientName } from '../../ui/privacy.tsx'
import { SkeletonPhotos } from '../../ui/skeletons.tsx'
import { useUrlChoice } from '../../ui/url-choice.ts'
import { CameraDialog } from './camera-dialog.tsx'
import { CompareView } from './compare-view.tsx'
import { PhotoDialog } from './photo-dialog.tsx'
import { usePhotos, type Photo, type PhotoView } from './photo-queries.ts'
import { ReadyPhotos } from './ready-photos.tsx'
import { Unready } from './unready-photos.tsx'
import { useUploads } from './uploads.ts'
import { ViewPicker } from './view-picker.tsx'
import './photos.css'

/** The types that are taken; HEIC by its endings too, because browsers do not know it. */
const accepted = 'image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif'

/** A patient's clinical photos: take them in, look at them, compare two. */
export function PhotosPage() {
  const { patientId = '' } = useParams({ strict: false })
  const go = useGo()
  const photos = usePhotos(patientId)
  const [appointmentId] = useUrlChoice('visit')
  const [compared, setCompared] = useUrlChoice('compare')
  const { uploads, add, retry, drop } = useUploads({ patientId, appointmentId })
  const [view, setView] = useState<PhotoView>('front')
  const [isCameraOpen, setCameraOpen] = useState(false)

  if (photos.isPending) return <SkeletonPhotos />
  if (photos.error) return <ErrorNotice error={photos.error} onRetry={() => void photos.refetch()} onFix={go} />
  const ready = photos.data.filter(({ state }) => state === 'ready')
  const unready = photos.data.filter(({ state }) => state !== 'ready')
  const pair = pairOf(ready, compared)
  if (pair) return <CompareView patientId={patientId} pair={pair} onClose={() => setCompared(undefined)} />
  return (
    <div className="n-photo-page">
      <PageHeader
        title="Photos"
        subtitle={<WhoseRecord patientId={patientId} />}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconFileText size={18} stroke={1.75} />}
              onClick={() => go(`/patients/${patientId}/chart`)}
            >
              Chart
            </Button>
            <FilesButton onFiles={(files) => add(files, view)} />
            <Button leftSection={<IconCamera size={18} stroke={1.75} />} onClick={() => setCameraOpen(true)}>
              Take photos
            </Button>
          </>
        }
      />
      <ViewPicker label="View of the next photos" view={view} onViewChange={setView} />
      <Unready patientId={patientId} photos={unready} uploads={uploads} onRetry={retry} onDrop={drop} />
      {ready.length === 0 && unready.length === 0 && uploads.length === 0 ? (
        <EmptyState
          icon={IconPhoto}
          title="No photos yet"
          hint="Photos of the visits appear here, ready to compare. They are encrypted before they are stored; position and other camera data are removed."
          action={{ label: 'Take the first photo', onClick: () => setCameraOpen(true) }}
        />
      ) : (
        <ReadyPhotos patientId={patientId} photos={ready} onCompare={(ids) => setCompared(ids.join('.'))} />
      )}
      <PhotoDialog patientId={patientId} photos={ready} />
      <CameraDialog
        patientId={patientId}
        opened={isCameraOpen}
        onClose={() => setCameraOpen(false)}
        view={view}
        onViewChange={setView}
        photos={ready}
        onCapture={(photo) => add([photo], view)}
        uploads={uploads}
      />
    </div>
  )
}

/** The two photos that the URL names, the earlier one first. */
const pairOf = (photos: readonly Photo[], compared: string | undefined): readonly [Photo, Photo] | undefined => {
  const ids = (compared ?? '').split('.')
  const [after, before] = photos
    .filter(({ id }) => ids.includes(id))
    .toSorted((a, b) => (a.takenAt < b.takenAt ? 1 : -1))
  return before && after ? [before, after] : undefined
}

/** Two identifiers, so that a photo is not taken into the record of somebody else. */
export function WhoseRecord({ patientId }: { patientId: string }) {
  const card = useQuery({
    queryKey: ['card', patientId],
    queryFn: () => data(api.GET('/api/patients/{patientId}/card', { params: { path: { patientId } } })),
  })
  if (!card.data) return <> </>
  const { givenName, familyName, calledName, birthDate } = card.data
  return (
    <>
      <PatientName name={formatName({ given: givenName, family: familyName, preferred: calledName })} /> · born{' '}
      {formatPlainDate(birthDate)}
    </>
  )
}

function FilesButton({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconUpload size={18} stroke={1.75} />}
        onClick={() => input.current?.click()}
      >
        Upload
      </Button>
      <input
        ref={input}
        type="file"
        accept={accepted}
        multiple
        className="n-hidden"
        tabIndex={-1}
        aria-label="Photo files"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          // The same file can be chosen again, e.g. after the consent was signed.
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}
