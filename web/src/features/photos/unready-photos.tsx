import { Button, Loader, Progress } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconPhotoX } from '@tabler/icons-react'
import type { Problem } from '../../api.ts'
import { api, data } from '../../client'
import { RefusalNotice } from '../../ui/refusal-notice.tsx'
import { photosKey, viewNames, type Photo } from './photo-queries.ts'
import type { Upload } from './uploads.ts'

interface UnreadyProps {
  patientId: string
  photos: readonly Photo[]
  uploads: readonly Upload[]
  onRetry: (id: string) => void
  onDrop: (id: string) => void
}

/** Photos that cannot be seen yet, or never will: on their way, being developed, refused. */
export function Unready({ patientId, photos, uploads, onRetry, onDrop }: UnreadyProps) {
  if (photos.length === 0 && uploads.length === 0) return null
  // One missing consent refuses all of them: said once, with all photos kept here to be sent again.
  const refusal = uploads.find(({ problem, state }) => state === 'failed' && problem?.refusal)?.problem?.refusal
  return (
    <section className="n-unready" aria-label="Photos that are not ready">
      {/* The fix opens beside this page: leaving it would lose the photos that wait here. */}
      {refusal && (
        <RefusalNotice
          refusal={refusal}
          heading="Not stored yet. The photos wait here on this screen."
          onFix={(href) => window.open(href, '_blank', 'noopener')}
        />
      )}
      <ul>
        {uploads.map((upload) => (
          <li key={upload.id} className="n-panel n-unready__item">
            <UploadState upload={upload} onRetry={() => onRetry(upload.id)} onDrop={() => onDrop(upload.id)} />
          </li>
        ))}
        {photos.map((photo) => (
          <li key={photo.id} className="n-panel n-unready__item">
            {photo.state === 'refused' ? <Refused patientId={patientId} photo={photo} /> : <Developing photo={photo} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Developing({ photo }: { photo: Photo }) {
  return (
    <div className="n-unready__state" role="status">
      <Loader size="sm" />
      <p>
        <strong>{viewNames[photo.view]}</strong>
        <span>Stored. Removing camera data, turning upright…</span>
      </p>
    </div>
  )
}

interface UploadStateProps {
  upload: Upload
  onRetry: () => void
  onDrop: () => void
}

/** The sentence about this one photo. A refusal is said once, above all of them. */
const whyOf = (problem: Problem | undefined): string => {
  if (problem?.refusal) return 'Send it again once that is solved.'
  return (
    problem?.errors[0]?.message ??
    problem?.detail ??
    (problem?.isOffline ? 'No connection. It is sent again when the connection is back.' : (problem?.title ?? ''))
  )
}

function UploadState({ upload, onRetry, onDrop }: UploadStateProps) {
  const { view, state, progress, problem } = upload
  const name = viewNames[view]
  if (state === 'failed')
    return (
      <Failed what={problem?.refusal ? `${name}: waits here` : `${name}: not kept`} why={whyOf(problem)}>
        {problem?.status !== 422 && (
          <Button variant="default" onClick={onRetry}>
            Send again
          </Button>
        )}
        <Button variant="subtle" color="gray" onClick={onDrop}>
          {problem?.status === 422 ? 'Dismiss' : 'Drop it'}
        </Button>
      </Failed>
    )
  const percent = Math.round(progress * 100)
  return (
    <div className="n-unready__state n-unready__state--sending">
      <p>
        <strong>{name}</strong>
        <span className="n-figures">
          {state === 'waiting' ? 'Waiting…' : percent < 100 ? `Sending, ${percent} %` : 'Encrypting and storing…'}
        </span>
      </p>
      <Progress value={percent} aria-label={`${name}: ${percent} percent sent`} />
    </div>
  )
}

function Refused({ patientId, photo }: { patientId: string; photo: Photo }) {
  const queries = useQueryClient()
  const dismiss = useMutation({
    mutationFn: () =>
      data(
        api.DELETE('/api/patients/{patientId}/photos/{photoId}', {
          params: { path: { patientId, photoId: photo.id } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: photosKey(patientId) }),
  })
  return (
    <Failed what={`${viewNames[photo.view]}: not kept`} why={photo.why}>
      <Button variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate()}>
        Dismiss
      </Button>
    </Failed>
  )
}

function Failed({ what, why, children }: { what: string; why: string; children: React.ReactNode }) {
  return (
    <div className="n-unready__state" role="alert">
      <IconPhotoX size={24} stroke={1.6} aria-hidden />
      <p>
        <strong>{what}</strong>
        <span>{why}</span>
      </p>
      <div className="n-unready__actions">{children}</div>
    </div>
  )
}
