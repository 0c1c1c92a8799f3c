import { useCallback, useEffect, useRef, useState } from 'react'

/** `failed`: what was typed is kept here and sent again until it arrives. */
export type SaveState = 'idle' | 'saving' | 'saved' | 'failed'

export interface AutosaveOptions<T> {
  value: T
  /** must be idempotent; reject to have it tried again */
  save: (value: T) => Promise<void>
  /** quiet time before a save, in milliseconds */
  delayMs?: number
}

export interface Autosave {
  state: SaveState
  /** saves what is open now; call before leaving the page for good */
  flush: () => Promise<void>
}

const retryDelaysMs = [1000, 2000, 5000, 10_000]

/**
 * Saves a value by itself after a pause, one save at a time, the newest value last, again after a failure. Asks before
 * the tab closes while something is unsaved. The first value counts as saved. Change `value` by identity only.
 */
export function useAutosave<T>({ value, save, delayMs = 600 }: AutosaveOptions<T>): Autosave {
  const [state, setState] = useState<SaveState>('idle')
  const now = useRef({ value, save })
  now.current = { value, save }
  const saved = useRef(value)
  const running = useRef<Promise<void>>(undefined)
  const failures = useRef(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const flush = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current)
    await running.current
    const sent = now.current.value
    if (sent === saved.current) return
    setState('saving')
    running.current = now.current.save(sent).then(
      () => {
        saved.current = sent
        failures.current = 0
        setState('saved')
      },
      () => {
        const waitMs = retryDelaysMs[Math.min(failures.current, retryDelaysMs.length - 1)] ?? 10_000
        failures.current += 1
        setState('failed')
        timer.current = setTimeout(() => void flush(), waitMs)
      },
    )
    await running.current
  }, [])

  useEffect(() => {
    if (value === saved.current) return
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void flush(), delayMs)
  }, [value, delayMs, flush])

  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (now.current.value !== saved.current) event.preventDefault()
    }
    const again = () => void flush()
    window.addEventListener('beforeunload', ask)
    window.addEventListener('online', again)
    return () => {
      window.removeEventListener('beforeunload', ask)
      window.removeEventListener('online', again)
      void flush()
      clearTimeout(timer.current)
    }
  }, [flush])

  return { state, flush }
}
