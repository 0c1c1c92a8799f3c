import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react'

export interface GridShape {
  firstMinute: number
  lastMinute: number
  pixelsPerMinute: number
  columns: number
  snapMinutes: number
}

/** A visit on its way: where it would land if let go now. */
export interface Moving {
  id: string
  column: number
  startMinute: number
}

export interface MovableBlock {
  event: { id: string }
  column: number
  startMinute: number
  endMinute: number
}

interface Options {
  grid: RefObject<HTMLElement | null>
  scroller: RefObject<HTMLElement | null>
  shape: GridShape
  enabled: boolean
  onCommit: (moving: Moving) => void
}

/** A finger that rests this long means to move, not to scroll. */
const longPressMs = 220
/** A mouse that travels this far means to drag, not to click. */
const dragThresholdPixels = 4
/** A finger that travels this far before the press is long means to scroll. */
const scrollThresholdPixels = 8
const edgePixels = 48
const edgeStepPixels = 12

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value))

/** The browser sends a click after a drag; it opens nothing. */
function swallowClick(): void {
  const swallow = (event: Event) => event.stopPropagation()
  window.addEventListener('click', swallow, { capture: true, once: true })
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0)
}

/** Moving visits by pointer (mouse and pen at once, touch after a long press) and by keys (Alt+arrows, release Alt). */
export function useEventMoving({ grid, scroller, shape, enabled, onCommit }: Options) {
  const [current, setCurrent] = useState<Moving>()
  const latest = useRef({ shape, onCommit, current })
  latest.current = { shape, onCommit, current }
  const pressed = useRef<() => void>(undefined)

  // React listens to touchmove passively; only a native listener can stop the page from scrolling under a drag.
  useEffect(() => {
    const element = grid.current
    const hold = (event: TouchEvent) => {
      if (latest.current.current && event.cancelable) event.preventDefault()
    }
    element?.addEventListener('touchmove', hold, { passive: false })
    return () => element?.removeEventListener('touchmove', hold)
  }, [grid])

  useEffect(() => () => pressed.current?.(), [])

  const update = (moving: Moving | undefined) => {
    latest.current.current = moving
    setCurrent(moving)
  }
  const commit = (block: MovableBlock) => {
    const moving = latest.current.current
    update(undefined)
    if (!moving) return
    swallowClick()
    if (moving.column !== block.column || moving.startMinute !== block.startMinute) latest.current.onCommit(moving)
  }
  const place = (block: MovableBlock, column: number, startMinute: number): Moving => {
    const { firstMinute, lastMinute, columns } = latest.current.shape
    const lengthMinutes = block.endMinute - block.startMinute
    return {
      id: block.event.id,
      column: clamp(column, 0, columns - 1),
      startMinute: clamp(startMinute, firstMinute, lastMinute - lengthMinutes),
    }
  }

  const onPointerDown = (down: PointerEvent<HTMLElement>, block: MovableBlock) => {
    if (!enabled || down.button !== 0) return
    const target = down.currentTarget
    const grabbedAt = down.clientY - target.getBoundingClientRect().top
    const isTouch = down.pointerType === 'touch'
    let dragging = false

    const start = () => {
      dragging = true
      target.setPointerCapture(down.pointerId)
      update(place(block, block.column, block.startMinute))
    }
    const timer = isTouch ? setTimeout(start, longPressMs) : undefined

    const follow = (x: number, y: number) => {
      const box = grid.current?.getBoundingClientRect()
      if (!box) return
      const { columns, pixelsPerMinute, snapMinutes, firstMinute } = latest.current.shape
      const column = Math.floor(((x - box.left) / box.width) * columns)
      const minute = Math.round((y - box.top - grabbedAt) / pixelsPerMinute / snapMinutes) * snapMinutes
      update(place(block, column, firstMinute + minute))
    }
    const scrollAtEdge = (y: number) => {
      const view = scroller.current?.getBoundingClientRect()
      if (!view) return
      if (y < view.top + edgePixels) scroller.current?.scrollBy(0, -edgeStepPixels)
      if (y > view.bottom - edgePixels) scroller.current?.scrollBy(0, edgeStepPixels)
    }
    const onMove = (event: globalThis.PointerEvent) => {
      if (event.pointerId !== down.pointerId) return
      const travelled = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY)
      if (!dragging && isTouch && travelled > scrollThresholdPixels) return stop()
      if (!dragging && !isTouch && travelled > dragThresholdPixels) start()
      if (!dragging) return
      scrollAtEdge(event.clientY)
      follow(event.clientX, event.clientY)
    }
    const onUp = (event: globalThis.PointerEvent) => {
      if (event.pointerId !== down.pointerId) return
      stop()
      if (dragging) commit(block)
    }
    const onCancel = () => {
      stop()
      update(undefined)
    }
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === 'Escape') onCancel()
    }
    const onMenu = (event: Event) => event.preventDefault()
    function stop() {
      clearTimeout(timer)
      pressed.current = undefined
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', onUp)
      window.removeEventListener('pointercancel', onCancel)
      window.removeEventListener('keydown', onKey)
      target.removeEventListener('contextmenu', onMenu)
    }
    pressed.current = stop
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', onUp)
    window.addEventListener('pointercancel', onCancel)
    window.addEventListener('keydown', onKey)
    if (isTouch) target.addEventListener('contextmenu', onMenu)
  }

  const keyBlock = useRef<MovableBlock>(undefined)

  /** Returns true when the key was for moving. */
  const onKeyDown = (event: KeyboardEvent, block: MovableBlock): boolean => {
    if (event.key === 'Escape' && current) {
      event.preventDefault()
      keyBlock.current = undefined
      update(undefined)
      return true
    }
    const steps: Record<string, readonly [number, number]> = {
      ArrowUp: [0, -shape.snapMinutes],
      ArrowDown: [0, shape.snapMinutes],
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
    }
    const step = steps[event.key]
    if (!enabled || !event.altKey || !step) return false
    event.preventDefault()
    const from = current?.id === block.event.id ? current : { column: block.column, startMinute: block.startMinute }
    keyBlock.current = block
    update(place(block, from.column + step[0], from.startMinute + step[1]))
    return true
  }
  const onKeyUp = (event: KeyboardEvent) => {
    if (event.key !== 'Alt' || !keyBlock.current) return
    event.preventDefault()
    const block = keyBlock.current
    keyBlock.current = undefined
    commit(block)
  }
  const cancel = () => {
    if (!keyBlock.current) return
    keyBlock.current = undefined
    update(undefined)
  }

  return {
    current,
    onPointerDown,
    onKeyDown,
    onKeyUp,
    cancel,
  }
}
