import { Skeleton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { useEventMoving, type GridShape, type Moving } from './day-calendar-moving.ts'
import { EmptyState, type EmptyStateProps } from './empty-state.tsx'
import { formatTime, formatTimeRange } from './format.ts'
import { overlapLanes, type Lane } from './overlap-lanes.ts'
import { usePatientName } from './privacy.tsx'
import { Delayed } from './skeletons.tsx'
import { formsLooks, visitLooks, type FormsState, type VisitStatus } from './visit-status.ts'
import { dayMinuteOf, instantOf } from './zoned-day.ts'
import './day-calendar.css'

export interface CalendarProvider {
  id: string
  name: string
  /** "RN injector" */
  title?: string
  /** working hours of this day in wall-clock minutes; outside is shaded. Absent: open all day */
  hours?: readonly { startMinute: number; endMinute: number }[]
}

export interface CalendarEvent {
  id: string
  providerId: string
  /** instants */
  startsAt: string
  endsAt: string
  /** patient, as called; hidden in privacy mode */
  patientName: string
  /** service, if this person may see it */
  detail?: string | undefined
  status: VisitStatus
  forms: FormsState
  room?: string | undefined
}

export interface EventMove {
  event: CalendarEvent
  providerId: string
  /** instants */
  startsAt: string
  endsAt: string
}

export interface DayCalendarProps {
  /** YYYY-MM-DD, a day in `timeZone` */
  date: string
  timeZone: string
  providers: readonly CalendarProvider[]
  /** undefined while loading */
  events: readonly CalendarEvent[] | undefined
  /** hours shown at least; widened when an event lies outside */
  startHour?: number
  endHour?: number
  /** draws the now line when it is this day; pass a ticking Date */
  now?: Date | undefined
  onOpen: (event: CalendarEvent) => void
  /** enables moving: drag (mouse, pen), long press and drag (touch), Alt+arrows then release Alt (keys). Undo is the page's */
  onMove?: (move: EventMove) => void
  /** enables picking an empty quarter of an hour */
  onPickSlot?: (slot: { providerId: string; startsAt: string }) => void
  /** what to say when the day is empty */
  empty?: EmptyStateProps
}

export const snapMinutes = 15
const timeColumnPixels = 64

/** One day, one column per provider. One tab stop: arrows walk between visits, Enter opens. */
export function DayCalendar(props: DayCalendarProps) {
  const { providers, events, date, timeZone } = props
  const coarse = useMediaQuery('(pointer: coarse)', false, { getInitialValueInEffect: false })
  const pixelsPerMinute = coarse ? 2 : 1.6
  const blocks = useMemo(() => blocksOf(events ?? [], providers, date, timeZone), [events, providers, date, timeZone])
  const range = rangeOf(props, blocks)
  const shape: GridShape = { ...range, pixelsPerMinute, columns: providers.length, snapMinutes }
  const scroller = useRef<HTMLDivElement>(null)
  useFirstScroll(scroller, props, blocks, shape)

  if (providers.length === 0) {
    return <EmptyState title="Nobody works here on this day" hint="Add working hours to see a column per provider." />
  }
  return (
    <div className="n-cal-frame">
      <div
        ref={scroller}
        className="n-cal"
        role="region"
        aria-label="Day calendar"
        tabIndex={blocks.length === 0 ? 0 : -1}
        style={{ '--n-cal-columns': providers.length, '--n-cal-time': `${timeColumnPixels}px` }}
      >
        <Heads providers={providers} blocks={events && blocks} />
        <Grid {...props} blocks={blocks} shape={shape} scroller={scroller} />
      </div>
      {events?.length === 0 && props.empty && (
        <div className="n-cal__empty">
          <div className="n-panel">
            <EmptyState {...props.empty} />
          </div>
        </div>
      )}
    </div>
  )
}

interface Block extends Lane {
  event: CalendarEvent
  column: number
  startMinute: number
  endMinute: number
}

function blocksOf(
  events: readonly CalendarEvent[],
  providers: readonly CalendarProvider[],
  date: string,
  timeZone: string,
): Block[] {
  return providers.flatMap((provider, column) => {
    const spans = events
      .filter(({ providerId }) => providerId === provider.id)
      .flatMap((event) => {
        const start = dayMinuteOf(event.startsAt, timeZone)
        const end = dayMinuteOf(event.endsAt, timeZone)
        if (start.date > date || end.date < date) return []
        const startMinute = start.date < date ? 0 : start.minute
        const endMinute = end.date > date ? 1440 : end.minute
        return [{ event, column, startMinute, endMinute: Math.max(endMinute, startMinute + snapMinutes) }]
      })
      .sort((a, b) => a.startMinute - b.startMinute)
    const lanes = overlapLanes(spans)
    return spans.map((span, index): Block => ({ ...span, ...(lanes[index] ?? { lane: 0, lanes: 1 }) }))
  })
}

function rangeOf({ startHour = 8, endHour = 19 }: DayCalendarProps, blocks: readonly Block[]) {
  const starts = blocks.map(({ startMinute }) => Math.floor(startMinute / 60) * 60)
  const ends = blocks.map(({ endMinute }) => Math.ceil(endMinute / 60) * 60)
  return {
    firstMinute: Math.min(startHour * 60, ...starts),
    lastMinute: Math.max(endHour * 60, ...ends),
  }
}

function minuteOfNow({ now, date, timeZone }: DayCalendarProps, shape: GridShape): number | undefined {
  if (!now) return undefined
  const at = dayMinuteOf(now, timeZone)
  return at.date === date && at.minute >= shape.firstMinute && at.minute <= shape.lastMinute ? at.minute : undefined
}

/** Once per day: the present, or the first visit, near the top. */
function useFirstScroll(
  scroller: React.RefObject<HTMLDivElement | null>,
  props: DayCalendarProps,
  blocks: readonly Block[],
  shape: GridShape,
): void {
  const done = useRef('')
  const loaded = props.events !== undefined
  useEffect(() => {
    if (!loaded || done.current === props.date || !scroller.current) return
    done.current = props.date
    const firstVisit = blocks.length > 0 ? Math.min(...blocks.map(({ startMinute }) => startMinute)) : shape.firstMinute
    const target = minuteOfNow(props, shape) ?? firstVisit
    const hourBefore = Math.floor((target - 45) / 60) * 60
    scroller.current.scrollTop = Math.max(0, (hourBefore - shape.firstMinute) * shape.pixelsPerMinute - 12)
  })
}

interface HeadsProps {
  providers: readonly CalendarProvider[]
  /** undefined while loading: no count is better than a wrong one */
  blocks: readonly Block[] | undefined
}

function Heads({ providers, blocks }: HeadsProps) {
  const visitsOf = (column: number) => {
    const visits = blocks?.filter((block) => block.column === column).length
    return visits === undefined ? undefined : visits === 1 ? '1 visit' : `${visits} visits`
  }
  return (
    <div className="n-cal__heads">
      <span />
      {providers.map((provider, column) => (
        <div key={provider.id} className="n-cal__head">
          <span className="n-cal__provider">{provider.name}</span>
          <span className="n-cal__title">
            {[provider.title, visitsOf(column)].filter(Boolean).join(' · ') || '\u00a0'}
          </span>
        </div>
      ))}
    </div>
  )
}

interface GridProps extends DayCalendarProps {
  blocks: readonly Block[]
  shape: GridShape
  scroller: React.RefObject<HTMLDivElement | null>
}

function Grid(props: GridProps) {
  const { providers, blocks, shape, events, date, timeZone, onMove, onPickSlot, onOpen } = props
  const [focusId, setFocusId] = useState<string>()
  const grid = useRef<HTMLDivElement>(null)
  const move = (moving: Moving) => {
    const block = blocks.find(({ event }) => event.id === moving.id)
    const provider = providers[moving.column]
    if (!block || !provider || !onMove) return
    const startsAt = instantOf({ date, minute: moving.startMinute }, timeZone)
    const lengthMs = Date.parse(block.event.endsAt) - Date.parse(block.event.startsAt)
    const endsAt = new Date(Date.parse(startsAt) + lengthMs).toISOString()
    movedId.current = moving.id
    onMove({ event: block.event, providerId: provider.id, startsAt, endsAt })
  }
  const moving = useEventMoving({
    grid,
    scroller: props.scroller,
    shape,
    enabled: onMove !== undefined,
    onCommit: move,
  })
  // In another column the visit is another element: the focus goes with it.
  const movedId = useRef<string>(undefined)
  useEffect(() => {
    const id = movedId.current
    movedId.current = undefined
    if (id && document.activeElement === document.body) focusEvent(grid.current, id)
  }, [blocks])
  const focusable = blocks.some(({ event }) => event.id === focusId) ? focusId : blocks[0]?.event.id
  const nowMinute = minuteOfNow(props, shape)
  const heightPixels = (shape.lastMinute - shape.firstMinute) * shape.pixelsPerMinute
  const topOf = (minute: number) => (minute - shape.firstMinute) * shape.pixelsPerMinute

  const walk = (block: Block) => (event: KeyboardEvent<HTMLElement>) => {
    if (moving.onKeyDown(event, block)) return
    const next = neighbour(blocks, block, event.key)
    if (!next) return
    event.preventDefault()
    setFocusId(next.event.id)
    focusEvent(grid.current, next.event.id)
  }
  const pick = (provider: CalendarProvider) => (event: MouseEvent<HTMLDivElement>) => {
    if (!onPickSlot || event.target !== event.currentTarget) return
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top
    const minute = Math.floor(y / shape.pixelsPerMinute / snapMinutes) * snapMinutes + shape.firstMinute
    onPickSlot({ providerId: provider.id, startsAt: instantOf({ date, minute }, timeZone) })
  }

  return (
    <div className="n-cal__body" style={{ height: heightPixels, '--n-cal-hour': `${60 * shape.pixelsPerMinute}px` }}>
      <Hours shape={shape} date={date} timeZone={timeZone} nowMinute={nowMinute} />
      <div className="n-cal__columns" ref={grid}>
        {providers.map((provider, column) => (
          <div
            key={provider.id}
            className="n-cal__column"
            role="group"
            aria-label={provider.name}
            data-pickable={onPickSlot !== undefined}
            onClick={pick(provider)}
          >
            {closedSpans(provider, shape).map(([from, to]) => (
              <div key={from} className="n-cal__closed" style={{ top: topOf(from), height: topOf(to) - topOf(from) }} />
            ))}
            {events === undefined && <SkeletonEvents column={column} />}
            {blocks
              .filter((block) => block.column === column)
              .map((block) => (
                <EventButton
                  key={block.event.id}
                  block={block}
                  timeZone={timeZone}
                  shape={shape}
                  providerName={provider.name}
                  tabIndex={block.event.id === focusable ? 0 : -1}
                  moving={moving.current?.id === block.event.id}
                  movable={onMove !== undefined}
                  onFocus={() => setFocusId(block.event.id)}
                  onClick={() => onOpen(block.event)}
                  onKeyDown={walk(block)}
                  onKeyUp={moving.onKeyUp}
                  onBlur={moving.cancel}
                  onPointerDown={(event) => moving.onPointerDown(event, block)}
                />
              ))}
          </div>
        ))}
        {moving.current && <Ghost {...props} moving={moving.current} topOf={topOf} />}
        {nowMinute !== undefined && <div className="n-cal__now" style={{ top: topOf(nowMinute) }} aria-hidden="true" />}
      </div>
      <Announcer moving={moving.current} providers={providers} date={date} timeZone={timeZone} />
    </div>
  )
}

const focusEvent = (grid: HTMLElement | null, id: string) =>
  grid?.querySelector<HTMLElement>(`[data-event="${CSS.escape(id)}"]`)?.focus()

/** The visit that an arrow key leads to. */
function neighbour(blocks: readonly Block[], from: Block, key: string): Block | undefined {
  const column = blocks.filter((block) => block.column === from.column)
  const index = column.indexOf(from)
  if (key === 'ArrowDown') return column[index + 1]
  if (key === 'ArrowUp') return column[index - 1]
  if (key === 'Home') return column[0]
  if (key === 'End') return column.at(-1)
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined
  const beside = blocks.filter((block) =>
    key === 'ArrowRight' ? block.column > from.column : block.column < from.column,
  )
  const columns = beside.map((block) => block.column)
  const nearest = key === 'ArrowRight' ? Math.min(...columns) : Math.max(...columns)
  return beside
    .filter((block) => block.column === nearest)
    .sort((a, b) => Math.abs(a.startMinute - from.startMinute) - Math.abs(b.startMinute - from.startMinute))[0]
}

function closedSpans({ hours }: CalendarProvider, { firstMinute, lastMinute }: GridShape): [number, number][] {
  if (!hours) return []
  const closed: [number, number][] = []
  let from = firstMinute
  for (const { startMinute, endMinute } of [...hours].sort((a, b) => a.startMinute - b.startMinute)) {
    if (startMinute > from) closed.push([from, Math.min(startMinute, lastMinute)])
    from = Math.max(from, endMinute)
  }
  if (from < lastMinute) closed.push([from, lastMinute])
  return closed
}

interface HoursProps {
  shape: GridShape
  date: string
  timeZone: string
  nowMinute: number | undefined
}

/** An hour label that would touch the present gives way to it. */
const nearMinutes = 12

function Hours({ shape, date, timeZone, nowMinute }: HoursProps) {
  const hours = Array.from(
    { length: (shape.lastMinute - shape.firstMinute) / 60 },
    (_, i) => shape.firstMinute + i * 60,
  )
  const topOf = (minute: number) => (minute - shape.firstMinute) * shape.pixelsPerMinute
  const clock = (minute: number) => formatTime(instantOf({ date, minute }, timeZone), { timeZone })
  return (
    <div className="n-cal__hours" aria-hidden="true">
      {hours
        .filter((minute) => nowMinute === undefined || Math.abs(minute - nowMinute) > nearMinutes)
        .map((minute) => (
          <span key={minute} style={{ top: topOf(minute) }}>
            {clock(minute).replace(':00', '')}
          </span>
        ))}
      {nowMinute !== undefined && (
        <span className="n-cal__clock" style={{ top: topOf(nowMinute) }}>
          {clock(nowMinute).replace(/\s?[AP]M/, '')}
        </span>
      )}
    </div>
  )
}

interface EventButtonProps {
  block: Block
  timeZone: string
  shape: GridShape
  providerName: string
  tabIndex: number
  moving: boolean
  movable: boolean
  onFocus: () => void
  onBlur: () => void
  onClick: () => void
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void
  onKeyUp: (event: KeyboardEvent<HTMLElement>) => void
  onPointerDown: (event: React.PointerEvent<HTMLElement>) => void
}

function EventButton({ block, timeZone, shape, providerName, moving, movable, ...handlers }: EventButtonProps) {
  const { event, startMinute, endMinute, lane, lanes } = block
  const nameOf = usePatientName()
  const look = visitLooks[event.status]
  const forms = formsLooks[event.forms]
  const minutes = endMinute - startMinute
  const said = [
    nameOf(event.patientName),
    formatTimeRange(event.startsAt, event.endsAt, { timeZone }),
    event.detail,
    look.label,
    forms.label,
    event.room,
    providerName,
    movable ? 'Alt and arrow keys move' : undefined,
  ]
  return (
    <button
      type="button"
      data-event={event.id}
      data-status={event.status}
      data-moving={moving}
      data-size={minutes < 25 ? 'line' : minutes < 45 ? 'short' : 'full'}
      className={`n-event n-event--${look.tone}`}
      aria-label={said.filter(Boolean).join(', ')}
      style={{
        top: (startMinute - shape.firstMinute) * shape.pixelsPerMinute + 1,
        height: minutes * shape.pixelsPerMinute - 3,
        left: `calc(${(lane / lanes) * 100}% + 3px)`,
        width: `calc(${100 / lanes}% - 6px)`,
      }}
      {...handlers}
    >
      <EventFace event={event} timeZone={timeZone} />
    </button>
  )
}

function EventFace({ event, timeZone }: { event: CalendarEvent; timeZone: string }) {
  const nameOf = usePatientName()
  const look = visitLooks[event.status]
  const forms = formsLooks[event.forms]
  return (
    <>
      <span className="n-event__top">
        <span className="n-event__name">{nameOf(event.patientName)}</span>
        <span className="n-event__signs n-figures">
          <span className="n-event__clock">{formatTime(event.startsAt, { timeZone })}</span>
          {event.forms !== 'none' && (
            <span className={`n-event__forms n-event__forms--${forms.tone}`} title={forms.label}>
              <forms.icon size={16} stroke={1.75} aria-hidden />
            </span>
          )}
        </span>
      </span>
      <span className="n-event__line n-figures">
        {formatTimeRange(event.startsAt, event.endsAt, { timeZone })}
        {event.detail ? ` · ${event.detail}` : ''}
      </span>
      <span className="n-event__foot">
        <span className="n-event__status">
          <look.icon size={14} stroke={2} aria-hidden />
          {look.label}
        </span>
        {event.room && <span>{event.room}</span>}
      </span>
    </>
  )
}

interface GhostProps extends GridProps {
  moving: Moving
  topOf: (minute: number) => number
}

/** Where the visit would land. */
function Ghost({ moving, blocks, providers, shape, date, timeZone, topOf }: GhostProps) {
  const nameOf = usePatientName()
  const block = blocks.find(({ event }) => event.id === moving.id)
  if (!block) return null
  const start = instantOf({ date, minute: moving.startMinute }, timeZone)
  return (
    <div
      className="n-event n-event--ghost"
      style={{
        top: topOf(moving.startMinute) + 1,
        height: (block.endMinute - block.startMinute) * shape.pixelsPerMinute - 3,
        left: `calc(${(moving.column / providers.length) * 100}% + 3px)`,
        width: `calc(${100 / providers.length}% - 6px)`,
      }}
    >
      <span className="n-event__name">{formatTime(start, { timeZone })}</span>
      <span className="n-event__line">{nameOf(block.event.patientName)}</span>
    </div>
  )
}

interface AnnouncerProps {
  moving: Moving | undefined
  providers: readonly CalendarProvider[]
  date: string
  timeZone: string
}

function Announcer({ moving, providers, date, timeZone }: AnnouncerProps) {
  const where = moving && providers[moving.column]?.name
  const when = moving && formatTime(instantOf({ date, minute: moving.startMinute }, timeZone), { timeZone })
  return (
    <div className="n-hidden" role="status">
      {moving ? `${when}, ${where}. Release Alt to move here, Escape to leave it.` : ''}
    </div>
  )
}

const skeletonTops = [6, 22, 41, 60, 78]

function SkeletonEvents({ column }: { column: number }) {
  return (
    <Delayed>
      <div role="status" aria-label="Loading visits">
        {skeletonTops.slice(column % 2).map((top, index) => (
          <div key={top} className="n-cal__skeleton" style={{ top: `${top - (column % 3) * 3}%` }}>
            <Skeleton height={64 + ((index + column) % 3) * 24} />
          </div>
        ))}
      </div>
    </Delayed>
  )
}
