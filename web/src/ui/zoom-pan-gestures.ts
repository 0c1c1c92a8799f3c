import { useEffect, useRef, type KeyboardEvent, type PointerEvent, type RefObject } from 'react'
import { panBy, pinch, wholeView, zoomAt, type FramePoint, type View } from './zoom-pan.ts'

interface Options {
  /** elements that share one view: panes of the same size */
  stage: RefObject<HTMLElement | null>
  view: View
  onViewChange: (view: View) => void
}

const keyStep = 0.08
const keyZoom = 1.25

/** Wheel, drag, pinch, arrow keys, + − 0. Points are measured within the pane (`data-pane`) under the pointer. */
export function useZoomPan({ stage, view, onViewChange }: Options) {
  const latest = useRef({ view, onViewChange })
  latest.current = { view, onViewChange }
  const pointers = useRef(new Map<number, FramePoint>())
  const frame = useRef<DOMRect>(undefined)

  const set = (next: View) => {
    latest.current.view = next
    latest.current.onViewChange(next)
  }
  const pointIn = (box: DOMRect, clientX: number, clientY: number): FramePoint => ({
    x: (clientX - box.left) / box.width - 0.5,
    y: (clientY - box.top) / box.height - 0.5,
  })

  // React's wheel listener is passive; the page must not scroll while the picture zooms.
  useEffect(() => {
    const element = stage.current
    const onWheel = (event: WheelEvent) => {
      const pane = paneOf(event.target)
      if (!pane) return
      event.preventDefault()
      const at = pointIn(pane.getBoundingClientRect(), event.clientX, event.clientY)
      set(zoomAt(latest.current.view, Math.exp(-event.deltaY * 0.0016), at))
    }
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [stage])

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const pane = paneOf(event.target)
    if (!pane || event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    if (pointers.current.size === 0) frame.current = pane.getBoundingClientRect()
    if (frame.current) pointers.current.set(event.pointerId, pointIn(frame.current, event.clientX, event.clientY))
  }
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const from = pointers.current.get(event.pointerId)
    if (!from || !frame.current) return
    const to = pointIn(frame.current, event.clientX, event.clientY)
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
    pointers.current.set(event.pointerId, to)
    set(
      other
        ? pinch(latest.current.view, [from, other], [to, other])
        : panBy(latest.current.view, to.x - from.x, to.y - from.y),
    )
  }
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    pointers.current.delete(event.pointerId)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const next = keyed(latest.current.view, event.key)
    if (!next || event.target !== event.currentTarget) return
    event.preventDefault()
    set(next)
  }
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onKeyDown }
}

const paneOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-pane]') : null

function keyed(view: View, key: string): View | undefined {
  if (key === '+' || key === '=') return zoomAt(view, keyZoom, { x: 0, y: 0 })
  if (key === '-') return zoomAt(view, 1 / keyZoom, { x: 0, y: 0 })
  if (key === '0') return wholeView
  if (key === 'ArrowLeft') return panBy(view, keyStep, 0)
  if (key === 'ArrowRight') return panBy(view, -keyStep, 0)
  if (key === 'ArrowUp') return panBy(view, 0, keyStep)
  if (key === 'ArrowDown') return panBy(view, 0, -keyStep)
  return undefined
}
