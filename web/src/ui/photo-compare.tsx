import { ActionIcon, SegmentedControl } from '@mantine/core'
import { IconArrowsHorizontal, IconMinus, IconPlus, IconX, IconZoomReset } from '@tabler/icons-react'
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { formatDate } from './format.ts'
import { transformOf, wholeView, zoomAt, type View } from './zoom-pan.ts'
import { useZoomPan } from './zoom-pan-gestures.ts'
import './photo-compare.css'

export interface ComparePhoto {
  /** same-origin, authenticated by cookie, or a blob: URL */
  src: string
  /** what it shows, without the patient's name */
  alt: string
  /** instant */
  takenAt: string
  /** beside the date: "Before", "2 weeks after" */
  label?: string
}

export interface PhotoCompareProps {
  before: ComparePhoto
  after: ComparePhoto
  timeZone: string
  initialMode?: 'side' | 'slider'
  onClose?: () => void
}

/** Two photographs with one zoom: side by side, or one over the other behind a slider. Neutral dark surround. */
export function PhotoCompare({ before, after, timeZone, initialMode = 'side', onClose }: PhotoCompareProps) {
  const [mode, setMode] = useState(initialMode)
  const [view, setView] = useState(wholeView)
  const stage = useRef<HTMLDivElement>(null)
  const gestures = useZoomPan({ stage, view, onViewChange: setView })
  const panes = { before, after, view, timeZone }
  return (
    <section className="n-compare" aria-label="Compare two photographs">
      <div className="n-compare__bar">
        <SegmentedControl
          aria-label="How to compare"
          value={mode}
          onChange={(next) => setMode(next === 'slider' ? 'slider' : 'side')}
          data={[
            { value: 'side', label: 'Side by side' },
            { value: 'slider', label: 'Slider' },
          ]}
        />
        <ZoomButtons view={view} onViewChange={setView} />
        {onClose && (
          <ActionIcon variant="subtle" size={44} aria-label="Close comparison" onClick={onClose}>
            <IconX size={20} stroke={1.75} />
          </ActionIcon>
        )}
      </div>
      <div
        ref={stage}
        className="n-compare__stage"
        data-mode={mode}
        data-zoomed={view.scale > 1}
        role="group"
        aria-label="Photographs. Plus and minus zoom, arrow keys move, 0 shows all."
        tabIndex={0}
        {...gestures}
      >
        {mode === 'side' ? <SideBySide {...panes} /> : <Slider {...panes} />}
      </div>
    </section>
  )
}

interface ViewProps {
  view: View
  onViewChange: (view: View) => void
}

const centre = { x: 0, y: 0 }

function ZoomButtons({ view, onViewChange }: ViewProps) {
  return (
    <div className="n-compare__zoom" role="group" aria-label="Zoom">
      <ActionIcon
        variant="subtle"
        size={44}
        aria-label="Zoom out"
        disabled={view.scale <= 1}
        onClick={() => onViewChange(zoomAt(view, 1 / 1.5, centre))}
      >
        <IconMinus size={20} stroke={1.75} />
      </ActionIcon>
      <output className="n-figures" aria-label="Zoom level">
        {Math.round(view.scale * 100)}%
      </output>
      <ActionIcon
        variant="subtle"
        size={44}
        aria-label="Zoom in"
        onClick={() => onViewChange(zoomAt(view, 1.5, centre))}
      >
        <IconPlus size={20} stroke={1.75} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size={44}
        aria-label="Show the whole photographs"
        disabled={view.scale === 1}
        onClick={() => onViewChange(wholeView)}
      >
        <IconZoomReset size={20} stroke={1.75} />
      </ActionIcon>
    </div>
  )
}

interface PanesProps {
  before: ComparePhoto
  after: ComparePhoto
  view: View
  timeZone: string
}

function Picture({ photo, view }: { photo: ComparePhoto; view: View }) {
  return (
    <img src={photo.src} alt={photo.alt} draggable={false} decoding="async" style={{ transform: transformOf(view) }} />
  )
}

function When({ photo, timeZone }: { photo: ComparePhoto; timeZone: string }) {
  return (
    <span>
      {photo.label && <strong>{photo.label}</strong>}
      <time dateTime={photo.takenAt}>{formatDate(photo.takenAt, { timeZone })}</time>
    </span>
  )
}

function SideBySide({ before, after, view, timeZone }: PanesProps) {
  return (
    <>
      {[before, after].map((photo, index) => (
        <figure key={index}>
          <div className="n-compare__pane" data-pane>
            <Picture photo={photo} view={view} />
          </div>
          <figcaption>
            <When photo={photo} timeZone={timeZone} />
          </figcaption>
        </figure>
      ))}
    </>
  )
}

const sliderKeyStep = 2

function Slider({ before, after, view, timeZone }: PanesProps) {
  const [percent, setPercent] = useState(50)
  const pane = useRef<HTMLDivElement>(null)
  const set = (next: number) => setPercent(Math.round(Math.max(0, Math.min(100, next)) * 10) / 10)
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const box = pane.current?.getBoundingClientRect()
    if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return
    set(((event.clientX - box.left) / box.width) * 100)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: percent - sliderKeyStep,
      ArrowDown: percent - sliderKeyStep,
      ArrowRight: percent + sliderKeyStep,
      ArrowUp: percent + sliderKeyStep,
      PageDown: percent - 10,
      PageUp: percent + 10,
      Home: 0,
      End: 100,
    }
    const next = steps[event.key]
    if (next === undefined) return
    event.preventDefault()
    set(next)
  }
  return (
    <figure>
      <div className="n-compare__pane" ref={pane}>
        <div className="n-compare__layer" data-pane>
          <Picture photo={after} view={view} />
        </div>
        <div className="n-compare__layer" data-pane style={{ clipPath: `inset(0 ${100 - percent}% 0 0)` }}>
          <Picture photo={before} view={view} />
        </div>
        <div
          className="n-compare__handle"
          style={{ left: `${percent}%` }}
          role="slider"
          tabIndex={0}
          aria-label="Part of the earlier photograph that is shown"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(percent)}
          aria-valuetext={`${Math.round(percent)} percent`}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onKeyDown={onKeyDown}
        >
          <span>
            <IconArrowsHorizontal size={20} stroke={1.75} aria-hidden />
          </span>
        </div>
      </div>
      <figcaption className="n-compare__ends">
        <When photo={before} timeZone={timeZone} />
        <When photo={after} timeZone={timeZone} />
      </figcaption>
    </figure>
  )
}
