import { Problem, problemFrom } from '../../api.ts'
import type { PhotoView } from './photo-queries.ts'

export interface SendPhoto {
  patientId: string
  view: PhotoView
  appointmentId?: string | undefined
  bytes: Blob
  /** of this one photo: sent again with the same key it is taken once */
  idempotencyKey: string
  /** 0 to 1 */
  onProgress: (part: number) => void
  signal: AbortSignal
}

/**
 * Sends the bytes of one photo as they are. With XMLHttpRequest, because `fetch` cannot say how far an upload is. Rejects with a Problem,
 * status 0 when no answer came.
 */
export function sendPhoto({
  patientId,
  view,
  appointmentId,
  bytes,
  idempotencyKey,
  onProgress,
  signal,
}: SendPhoto): Promise<void> {
  const url = new URL(`/api/patients/${encodeURIComponent(patientId)}/photos`, window.location.origin)
  url.searchParams.set('view', view)
  if (appointmentId) url.searchParams.set('appointmentId', appointmentId)
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest()
    const unreachable = () => reject(new Problem({ status: 0, title: 'No connection to the server' }))
    sending.open('POST', url.href)
    // What it is is decided by its content on the server, not by what this device calls it.
    sending.setRequestHeader('Content-Type', 'application/octet-stream')
    sending.setRequestHeader('Accept', 'application/json, application/problem+json')
    sending.setRequestHeader('Idempotency-Key', idempotencyKey)
    sending.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    sending.onerror = unreachable
    sending.ontimeout = unreachable
    sending.onabort = () => reject(new DOMException('the upload was stopped', 'AbortError'))
    sending.onload = () => {
      if (sending.status >= 200 && sending.status < 300) return resolve()
      const headers = { 'content-type': sending.getResponseHeader('content-type') ?? '' }
      void problemFrom(new Response(sending.responseText, { status: sending.status, headers })).then(reject)
    }
    signal.addEventListener('abort', () => sending.abort(), { once: true })
    sending.send(bytes)
  })
}
