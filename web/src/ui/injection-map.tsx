import { Button, Menu, NativeSelect, NumberInput } from '@mantine/core'
import { IconArrowBackUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { FaceDrawing } from './face-drawing.tsx'
import {
  centreOf,
  faceHeight,
  faceWidth,
  faceZoneNames,
  faceZones,
  outlineOf,
  zoneAt,
  zoneName,
  type FaceZone,
  type RelativePoint,
} from './face-zones.ts'
import { EmptyState } from './empty-state.tsx'
import './injection-map.css'

export interface InjectionPoint {
  id: string
  /** 0 to 1 of the drawing's width and height */
  x: number
  y: number
  zone: FaceZone
  /** name of the product */
  product: string
  /** in the product's unit */
  units: number
  lot: string
}

export interface InjectionProduct {
  name: string
  /** how it is dosed */
  unit: 'units' | 'mL'
  /** lots on the shelf, the one to use first in front */
  lots: readonly string[]
  /** dose of a new point */
  usualDose: number
}

export interface InjectionMapProps {
  points: readonly InjectionPoint[]
  /** `read` shows a signed note: no controls at all */
  mode: 'edit' | 'read'
  products: readonly InjectionProduct[]
  /** needed in edit mode */
  onPointsChange?: (points: readonly InjectionPoint[]) => void
}

const round = (value: number) => Math.round(Math.max(0, Math.min(1, value)) * 10_000) / 10_000

function moved(point: InjectionPoint, to: RelativePoint): InjectionPoint {
  const at = { x: round(to.x), y: round(to.y) }
  return { ...point, ...at, zone: zoneAt(at) }
}

/** What the next tap places. */
interface Syringe {
  product: string
  units: number
  lot: string
}

const syringeOf = (product: InjectionProduct | undefined): Syringe => ({
  product: product?.name ?? '',
  units: product?.usualDose ?? 0,
  lot: product?.lots[0] ?? '',
})

/**
 * Where what was injected. Tap places a point with the product, dose and lot chosen above; drag or arrow keys move it
 * (Shift: larger steps), Delete removes it, undo brings it back.
 */
export function InjectionMap({ points, mode, products, onPointsChange }: InjectionMapProps) {
  const [selectedId, setSelectedId] = useState<string>()
  const [syringe, setSyringe] = useState(() => syringeOf(products[0]))
  const [history, setHistory] = useState<readonly (readonly InjectionPoint[])[]>([])
  const editing = mode === 'edit' && onPointsChange !== undefined

  const change = (next: readonly InjectionPoint[]) => {
    setHistory((past) => [...past.slice(-49), points])
    onPointsChange?.(next)
  }
  const add = (at: RelativePoint) => {
    const point = moved({ id: crypto.randomUUID(), x: 0, y: 0, zone: 'other', ...syringe }, at)
    change([...points, point])
    setSelectedId(point.id)
  }
  const replace = (point: InjectionPoint) => change(points.map((other) => (other.id === point.id ? point : other)))
  const remove = (id: string) => {
    change(points.filter((other) => other.id !== id))
    setSelectedId(undefined)
  }
  const undo = () => {
    const before = history.at(-1)
    if (!before) return
    setHistory(history.slice(0, -1))
    onPointsChange?.(before)
  }
  return (
    <div className="n-map" data-mode={editing ? 'edit' : 'read'}>
      {editing && (
        <SyringeBar syringe={syringe} products={products} onChange={setSyringe}>
          <AddInZone onAdd={(zone) => add(freeSpot(centreOf(zone), points))} />
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={18} stroke={1.75} />}
            disabled={history.length === 0}
            onClick={undo}
          >
            Undo
          </Button>
        </SyringeBar>
      )}
      <Face
        points={points}
        products={products}
        editing={editing}
        selectedId={selectedId}
        onSelect={setSelectedId}
        onAdd={add}
        onReplace={replace}
        onRemove={remove}
      />
      <div className="n-map__side">
        <PointList
          points={points}
          products={products}
          editing={editing}
          selectedId={selectedId}
          onSelect={setSelectedId}
          onReplace={replace}
          onRemove={remove}
        />
        <Totals points={points} products={products} />
      </div>
    </div>
  )
}

/** A point added by zone must not hide one that is there. */
function freeSpot(spot: RelativePoint, points: readonly InjectionPoint[]): RelativePoint {
  const taken = points.some(({ x, y }) => Math.hypot(x - spot.x, y - spot.y) < 0.02)
  return taken ? freeSpot({ x: spot.x + 0.03, y: spot.y }, points) : spot
}

interface SyringeBarProps {
  syringe: Syringe
  products: readonly InjectionProduct[]
  onChange: (syringe: Syringe) => void
  children: React.ReactNode
}

function SyringeBar({ syringe, products, onChange, children }: SyringeBarProps) {
  const product = products.find(({ name }) => name === syringe.product)
  return (
    <div className="n-map__bar" role="group" aria-label="The next point">
      <NativeSelect
        label="Product"
        data={products.map(({ name }) => name)}
        value={syringe.product}
        onChange={(event) => onChange(syringeOf(products.find(({ name }) => name === event.currentTarget.value)))}
      />
      <NumberInput
        label={product?.unit === 'mL' ? 'mL a point' : 'Units a point'}
        className="n-map__dose"
        min={0}
        step={product?.unit === 'mL' ? 0.1 : 1}
        decimalScale={2}
        value={syringe.units}
        onChange={(value) => onChange({ ...syringe, units: Number(value) || 0 })}
      />
      <NativeSelect
        label="Lot"
        data={[...(product?.lots ?? [])]}
        value={syringe.lot}
        onChange={(event) => onChange({ ...syringe, lot: event.currentTarget.value })}
      />
      <div className="n-map__tools">{children}</div>
    </div>
  )
}

function isZone(name: string): name is keyof typeof faceZoneNames {
  return name in faceZoneNames
}

function AddInZone({ onAdd }: { onAdd: (zone: FaceZone) => void }) {
  return (
    <Menu position="bottom-end" width="min(424px, 92vw)">
      <Menu.Target>
        <Button variant="default" leftSection={<IconPlus size={18} stroke={1.75} />}>
          Add in zone
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="n-map__zones">
          {Object.keys(faceZoneNames)
            .filter(isZone)
            .map((zone) => (
              <Menu.Item key={zone} onClick={() => onAdd(zone)}>
                {faceZoneNames[zone]}
              </Menu.Item>
            ))}
        </div>
      </Menu.Dropdown>
    </Menu>
  )
}

interface SharedProps {
  points: readonly InjectionPoint[]
  products: readonly InjectionProduct[]
  editing: boolean
  selectedId: string | undefined
  onSelect: (id: string | undefined) => void
  onReplace: (point: InjectionPoint) => void
  onRemove: (id: string) => void
}

const unitOf = (products: readonly InjectionProduct[], product: string) =>
  products.find(({ name }) => name === product)?.unit ?? 'units'

const keyStep = 0.005
const largeKeyStep = 0.02
const dragThresholdPixels = 4

function Face({
  points,
  products,
  editing,
  selectedId,
  onSelect,
  onAdd,
  onReplace,
  onRemove,
}: SharedProps & { onAdd: (at: RelativePoint) => void }) {
  const svg = useRef<SVGSVGElement>(null)
  const [dragged, setDragged] = useState<InjectionPoint>()
  const relative = (event: PointerEvent | React.MouseEvent): RelativePoint | undefined => {
    const box = svg.current?.getBoundingClientRect()
    return box && { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height }
  }
  const press = (point: InjectionPoint) => (down: PointerEvent<SVGGElement>) => {
    if (!editing) return
    const target = down.currentTarget
    target.setPointerCapture(down.pointerId)
    target.dataset.from = `${down.clientX} ${down.clientY}`
    onSelect(point.id)
  }
  const drag = (point: InjectionPoint) => (event: PointerEvent<SVGGElement>) => {
    if (!editing || !event.currentTarget.hasPointerCapture(event.pointerId)) return
    const [x = 0, y = 0] = (event.currentTarget.dataset.from ?? '').split(' ').map(Number)
    if (!dragged && Math.hypot(event.clientX - x, event.clientY - y) < dragThresholdPixels) return
    const at = relative(event)
    if (at) setDragged(moved(point, at))
  }
  const drop = () => {
    if (dragged) onReplace(dragged)
    setDragged(undefined)
  }
  const onKeyDown = (point: InjectionPoint) => (event: KeyboardEvent) => {
    if (!editing) return
    const step = event.shiftKey ? largeKeyStep : keyStep
    const steps: Record<string, readonly [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    }
    const by = steps[event.key]
    if (by) onReplace(moved(point, { x: point.x + by[0], y: point.y + by[1] }))
    else if (event.key === 'Delete' || event.key === 'Backspace') onRemove(point.id)
    else return
    event.preventDefault()
  }
  const selectedZone = points.find(({ id }) => id === selectedId)?.zone
  return (
    <div className="n-map__face">
      <svg
        ref={svg}
        viewBox={`0 0 ${faceWidth} ${faceHeight}`}
        role="group"
        aria-label={editing ? 'Face, front view. Tap to place a point.' : 'Face, front view'}
        onClick={(event) => {
          const at = relative(event)
          if (editing && at) onAdd(at)
        }}
      >
        <FaceDrawing />
        {faceZones.map(({ zone, corners }) => (
          <path key={zone} className="n-zone" data-selected={zone === selectedZone} d={outlineOf(corners)}>
            <title>{faceZoneNames[zone]}</title>
          </path>
        ))}
        <g className="n-face__sides" aria-hidden="true">
          <text x="22" y="250">
            R
          </text>
          <text x="378" y="250">
            L
          </text>
        </g>
        {points.map((stored, index) => {
          const point = dragged?.id === stored.id ? dragged : stored
          const label = `Point ${index + 1}, ${zoneName(point.zone)}, ${point.product}, ${point.units} ${unitOf(products, point.product)}, lot ${point.lot}`
          return (
            <g
              key={point.id}
              className="n-point"
              role={editing ? 'button' : 'img'}
              tabIndex={editing ? 0 : undefined}
              aria-label={label}
              aria-pressed={editing ? point.id === selectedId : undefined}
              data-selected={point.id === selectedId}
              transform={`translate(${point.x * faceWidth} ${point.y * faceHeight})`}
              onClick={(event) => event.stopPropagation()}
              onFocus={() => onSelect(point.id)}
              onPointerDown={press(stored)}
              onPointerMove={drag(stored)}
              onPointerUp={drop}
              onPointerCancel={() => setDragged(undefined)}
              onKeyDown={onKeyDown(stored)}
            >
              <circle className="n-point__reach" r="20" />
              <circle className="n-point__dot" r="9.5" />
              <text className="n-point__number" y="3.6">
                {index + 1}
              </text>
            </g>
          )
        })}
      </svg>
    </div>
  )
}

function PointList({ points, products, editing, selectedId, onSelect, onReplace, onRemove }: SharedProps) {
  if (points.length === 0) {
    return editing ? (
      <EmptyState title="No points yet" hint="Tap the face where you inject. Product, dose and lot come from above." />
    ) : (
      <EmptyState title="Nothing was injected" />
    )
  }
  return (
    <ol className="n-map__list">
      {points.map((point, index) => {
        const unit = unitOf(products, point.product)
        return (
          <li key={point.id} data-selected={point.id === selectedId}>
            <span className="n-map__number n-figures" aria-hidden="true">
              {index + 1}
            </span>
            <button
              type="button"
              className="n-plain n-map__what"
              onClick={() => onSelect(point.id)}
              disabled={!editing}
            >
              <strong>{zoneName(point.zone)}</strong>
              <span>
                {point.product} · lot {point.lot}
              </span>
            </button>
            {editing ? (
              <>
                <NumberInput
                  className="n-map__units"
                  aria-label={`${unit === 'mL' ? 'Millilitres' : 'Units'} of point ${index + 1}`}
                  suffix={unit === 'mL' ? ' mL' : ' U'}
                  min={0}
                  step={unit === 'mL' ? 0.1 : 1}
                  decimalScale={2}
                  hideControls
                  value={point.units}
                  onChange={(value) => onReplace({ ...point, units: Number(value) || 0 })}
                />
                <button
                  type="button"
                  className="n-plain n-map__remove"
                  aria-label={`Remove point ${index + 1}`}
                  onClick={() => onRemove(point.id)}
                >
                  <IconTrash size={18} stroke={1.6} aria-hidden />
                </button>
              </>
            ) : (
              <span className="n-map__amount n-figures">
                {point.units} {unit === 'mL' ? 'mL' : 'U'}
              </span>
            )}
          </li>
        )
      })}
    </ol>
  )
}

function Totals({ points, products }: { points: readonly InjectionPoint[]; products: readonly InjectionProduct[] }) {
  const sums = new Map<string, { product: string; lot: string; units: number }>()
  for (const { product, lot, units } of points) {
    const key = `${product} ${lot}`
    sums.set(key, { product, lot, units: (sums.get(key)?.units ?? 0) + units })
  }
  if (sums.size === 0) return null
  return (
    <dl className="n-map__totals">
      {[...sums].map(([key, { product, lot, units }]) => (
        <div key={key}>
          <dt>
            {product} <span>lot {lot}</span>
          </dt>
          <dd className="n-figures">
            {Math.round(units * 100) / 100} {unitOf(products, product)}
          </dd>
        </div>
      ))}
    </dl>
  )
}
