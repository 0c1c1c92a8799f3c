import { ActionIcon, Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useState, type FormEvent, type KeyboardEvent } from 'react'
import { api, data } from '../../client'
import { useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { useUrlChoice } from '../../ui/url-choice.ts'
import { isPhotoView, photosKey, photoSrc, photoViews, viewNames, type Photo } from './photo-queries.ts'

interface PhotoDialogProps {
  patientId: string
  /** newest first */
  photos: readonly Photo[]
}

/** One photo, large, with its view and caption. Which one is in the URL. */
export function PhotoDialog({ patientId, photos }: PhotoDialogProps) {
  const [openedId, setOpened] = useUrlChoice('photo')
  const at = photos.findIndex(({ id }) => id === openedId)
  const photo = photos[at]
  const { timeZone } = useLocation()
  const step = (by: number) => setOpened(photos[at + by]?.id ?? openedId)
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
    if (isTyping) return
    if (event.key === 'ArrowLeft' && at > 0) step(-1)
    if (event.key === 'ArrowRight' && at < photos.length - 1) step(1)
  }
  return (
    <Modal
      opened={photo !== undefined}
      onClose={() => setOpened(undefined)}
      size="min(960px, 100%)"
      title={photo ? `${viewNames[photo.view]}, ${formatDateTime(photo.takenAt, { timeZone })}` : ''}
      onKeyDown={onKeyDown}
    >
      {photo && (
        <div className="n-photo-dialog">
          <div className="n-photo-dialog__stage">
            <img
              src={photoSrc(patientId, photo.id, 'full')}
              alt={photo.caption ? `${viewNames[photo.view]}: ${photo.caption}` : viewNames[photo.view]}
            />
            <ActionIcon
              variant="filled"
              color="dark"
              size={48}
              radius="xl"
              aria-label="Newer photo"
              disabled={at <= 0}
              onClick={() => step(-1)}
            >
              <IconChevronLeft size={24} stroke={1.75} />
            </ActionIcon>
            <ActionIcon
              variant="filled"
              color="dark"
              size={48}
              radius="xl"
              aria-label="Older photo"
              disabled={at >= photos.length - 1}
              onClick={() => step(1)}
            >
              <IconChevronRight size={24} stroke={1.75} />
            </ActionIcon>
          </div>
          <Naming key={photo.id} patientId={patientId} photo={photo} />
        </div>
      )}
    </Modal>
  )
}

function Naming({ patientId, photo }: { patientId: string; photo: Photo }) {
  const queries = useQueryClient()
  const [caption, setCaption] = useState(photo.caption ?? '')
  const [view, setView] = useState(photo.view)
  const save = useMutation({
    mutationFn: () =>
      data(
        api.PATCH('/api/patients/{patientId}/photos/{photoId}', {
          params: { path: { patientId, photoId: photo.id } },
          body: { caption, view },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: photosKey(patientId) }),
  })
  const isChanged = caption !== (photo.caption ?? '') || view !== photo.view
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form className="n-photo-dialog__naming" onSubmit={submit}>
      <NativeSelect
        label="View"
        data={photoViews.map((value) => ({ value, label: viewNames[value] }))}
        value={view}
        onChange={({ currentTarget: { value } }) => isPhotoView(value) && setView(value)}
      />
      <TextInput
        label="Caption"
        maxLength={500}
        value={caption}
        onChange={(event) => setCaption(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={!isChanged} loading={save.isPending}>
        Save
      </Button>
      <p>
        Taken by {photo.takenByName}. {photo.width} × {photo.height} pixels, without camera data.
      </p>
      {save.error && <ErrorNotice error={save.error} />}
    </form>
  )
}
