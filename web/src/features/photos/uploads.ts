import { useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { newIntention, Problem } from '../../api.ts'
import { photosKey, type PhotoView } from './photo-queries.ts'
import { sendPhoto } from './send-photo.ts'

export interface Upload {
  id: string
  view: PhotoView
  bytes: Blob
  state: 'waiting' | 'sending' | 'failed'
  /** 0 to 1 */
  progress: number
  problem?: Problem
}

const atOnce = 2

export interface Uploads {
  uploads: readonly Upload[]
  add: (photos: readonly Blob[], view: PhotoView) => void
  retry: (id: string) => void
  drop: (id: string) => void
}

/**
 * Photos on their way to the server, two at a time, in memory only. One that arrived leaves this list and shows in the patient's photos; one
 * that failed stays until it is sent again or dropped. Asks before the page is left while something is under way.
 */
export function useUploads({
  patientId,
  appointmentId,
}: {
  patientId: string
  appointmentId?: string | undefined
}): Uploads {
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const queries = useQueryClient()
  const leaving = useRef(new AbortController())
  const started = useRef(new Set<string>())

  const patch = useCallback(
    (id: string, change: Partial<Upload>) =>
      setUploads((list) => list.map((u) => (u.id === id ? { ...u, ...change } : u))),
    [],
  )
  const drop = useCallback((id: string) => setUploads((list) => list.filter((u) => u.id !== id)), [])

  useEffect(() => {
    leaving.current = new AbortController()
    const { signal } = leaving.current
    return () => (signal.aborted ? undefined : leaving.current.abort())
  }, [])

  useEffect(() => {
    const room = atOnce - uploads.filter(({ state }) => state === 'sending').length
    const next = uploads
      .filter(({ id, state }) => state === 'waiting' && !started.current.has(id))
      .slice(0, Math.max(0, room))
    for (const { id, view, bytes } of next) {
      started.current.add(id)
      patch(id, { state: 'sending', progress: 0 })
      const onProgress = (progress: number) => patch(id, { progress })
      sendPhoto({
        patientId,
        appointmentId,
        view,
        bytes,
        idempotencyKey: id,
        onProgress,
        signal: leaving.current.signal,
      }).then(
        async () => {
          await queries.invalidateQueries({ queryKey: photosKey(patientId) })
          drop(id)
        },
        (error: unknown) => {
          started.current.delete(id)
          if (error instanceof Problem) patch(id, { state: 'failed', problem: error })
        },
      )
    }
  }, [uploads, patientId, appointmentId, patch, drop, queries])

  const retry = useCallback((id: string) => patch(id, { state: 'waiting', progress: 0 }), [patch])
  useEffect(() => {
    const again = () =>
      setUploads((list) =>
        list.map((u) => (u.problem?.isOffline && u.state === 'failed' ? { ...u, state: 'waiting' } : u)),
      )
    window.addEventListener('online', again)
    return () => window.removeEventListener('online', again)
  }, [])

  const isUnderWay = uploads.length > 0
  useBlocker({
    disabled: !isUnderWay,
    enableBeforeUnload: isUnderWay,
    shouldBlockFn: ({ current, next }) =>
      current.pathname !== next.pathname &&
      !window.confirm('Photos on this page are not stored yet. Leave and lose them?'),
  })

  const add = useCallback(
    (photos: readonly Blob[], view: PhotoView) =>
      setUploads((list) => [
        ...list,
        ...photos.map((bytes): Upload => ({ id: newIntention(), view, bytes, state: 'waiting', progress: 0 })),
      ]),
    [],
  )
  return { uploads, add, retry, drop }
}
