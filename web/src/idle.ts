import { useEffect, useRef, useState } from 'react'

/** @hipaa 164.312(a)(2)(iii) automatic logoff: what a person does counts, what the page does by itself does not. */

const activities = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const
const tellOthersEveryMs = 5_000
const lookEveryMs = 1_000
const warnBeforeMs = 60_000

export interface IdleOptions {
  /** minutes without activity until `onIdle` */
  idleMinutes: number
  onIdle: () => void
  /** called at most once a minute while the person is active, so that the server's clock knows too */
  onActive: () => void
  /** stops the clock, e.g. while locked */
  paused?: 'yes' | undefined
}

/** Counts idle time across all tabs of this browser. Returns the seconds left, once the last minute has begun. */
export function useIdle({ idleMinutes, onIdle, onActive, paused }: IdleOptions): number | undefined {
  const [secondsLeft, setSecondsLeft] = useState<number>()
  const latest = useRef({ onIdle, onActive })
  latest.current = { onIdle, onActive }

  useEffect(() => {
    setSecondsLeft(undefined)
    if (paused) return
    // Date, not performance.now: a laptop that slept for an hour was idle for an hour.
    let lastMs = Date.now()
    let toldMs = 0
    let reportedMs = Date.now()
    const others = new BroadcastChannel('nacre-activity')
    const note = () => {
      const nowMs = Date.now()
      if (nowMs - lastMs >= idleMinutes * 60_000) return
      lastMs = nowMs
      if (nowMs - toldMs > tellOthersEveryMs) {
        toldMs = nowMs
        others.postMessage('active')
      }
      if (nowMs - reportedMs > 60_000) {
        reportedMs = nowMs
        latest.current.onActive()
      }
    }
    others.onmessage = () => {
      lastMs = Date.now()
    }
    const look = () => {
      const leftMs = idleMinutes * 60_000 - (Date.now() - lastMs)
      if (leftMs <= 0) latest.current.onIdle()
      setSecondsLeft(leftMs <= warnBeforeMs ? Math.max(0, Math.ceil(leftMs / 1000)) : undefined)
    }
    const timer = setInterval(look, lookEveryMs)
    for (const activity of activities) window.addEventListener(activity, note, { passive: true, capture: true })
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      others.close()
      for (const activity of activities) window.removeEventListener(activity, note, { capture: true })
      document.removeEventListener('visibilitychange', look)
    }
  }, [idleMinutes, paused])

  return secondsLeft
}
