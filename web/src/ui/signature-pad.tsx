import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { IconArrowBackUp, IconEraser } from '@tabler/icons-react'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import Pad, { type PointGroup } from 'signature_pad'
import './signature-pad.css'

/** x and y are parts of the pad's width (y runs to about 0.4), so that a signature can be drawn again at any size. */
export interface SignaturePoint {
  x: number
  y: number
  /** milliseconds since the first point */
  atMs: number
  pressure: number
}

export type Signature =
  { method: 'drawn'; strokes: readonly (readonly SignaturePoint[])[] } | { method: 'typed'; text: string }

export interface SignaturePadProps {
  /** undefined while nothing is drawn or typed */
  value: Signature | undefined
  onChange: (signature: Signature | undefined) => void
  /** names the group; default "Your signature" */
  legend?: string
  error?: string | undefined
}

/** Draw or type. Typing is the accessible way and counts the same. */
export function SignaturePad({ value, onChange, legend, error }: SignaturePadProps) {
  const { t } = useTranslation('kit')
  const [method, setMethod] = useState<Signature['method']>(value?.method ?? 'drawn')
  const legendId = useId()
  const change = (next: string) => {
    setMethod(next === 'typed' ? 'typed' : 'drawn')
    onChange(undefined)
  }
  return (
    <div className="n-sign" role="group" aria-labelledby={legendId}>
      <div className="n-sign__head">
        <span className="n-sign__legend" id={legendId}>
          {legend ?? t('sign.legend')}
        </span>
        <SegmentedControl
          aria-labelledby={legendId}
          value={method}
          onChange={change}
          data={[
            { value: 'drawn', label: t('sign.draw') },
            { value: 'typed', label: t('sign.type') },
          ]}
        />
      </div>
      {method === 'drawn' ? (
        <DrawnSignature value={value} onChange={onChange} />
      ) : (
        <TypedSignature text={value?.method === 'typed' ? value.text : ''} onChange={onChange} />
      )}
      {error && (
        <p className="n-sign__error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

function strokesOf(groups: readonly PointGroup[], widthPixels: number): SignaturePoint[][] {
  const startMs = groups[0]?.points[0]?.time ?? 0
  const round = (value: number) => Math.round(value * 10_000) / 10_000
  return groups.map(({ points }) =>
    points.map(({ x, y, time, pressure }) => ({
      x: round(x / widthPixels),
      y: round(y / widthPixels),
      atMs: Math.round(time - startMs),
      pressure: round(pressure),
    })),
  )
}

const pen = {
  dotSize: 0,
  minWidth: 0.8,
  maxWidth: 2.6,
  velocityFilterWeight: 0.7,
  compositeOperation: 'source-over',
} as const

function groupsOf(
  strokes: readonly (readonly SignaturePoint[])[],
  widthPixels: number,
  penColor: string,
): PointGroup[] {
  return strokes.map((points) => ({
    ...pen,
    penColor,
    points: points.map(({ x, y, atMs, pressure }) => ({
      x: x * widthPixels,
      y: y * widthPixels,
      time: atMs,
      pressure,
    })),
  }))
}

interface DrawnProps {
  value: Signature | undefined
  onChange: (signature: Signature | undefined) => void
}

function DrawnSignature({ value, onChange }: DrawnProps) {
  const { t } = useTranslation('kit')
  const canvas = useRef<HTMLCanvasElement>(null)
  const pad = useRef<Pad>(undefined)
  const latest = useRef({ value, onChange })
  latest.current = { value, onChange }

  const draw = () => {
    const element = canvas.current
    const current = latest.current.value
    if (!element || !pad.current) return
    const width = element.clientWidth
    pad.current.penColor = getComputedStyle(element).color
    pad.current.clear()
    if (current?.method === 'drawn') pad.current.fromData(groupsOf(current.strokes, width, pad.current.penColor))
  }

  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const made = new Pad(element, { ...pen })
    pad.current = made
    const tell = () => {
      const strokes = strokesOf(made.toData(), element.clientWidth)
      latest.current.onChange(strokes.length > 0 ? { method: 'drawn', strokes } : undefined)
    }
    made.addEventListener('endStroke', tell)
    const fit = new ResizeObserver(() => {
      const ratio = Math.max(window.devicePixelRatio, 1)
      element.width = element.clientWidth * ratio
      element.height = element.clientHeight * ratio
      element.getContext('2d')?.scale(ratio, ratio)
      draw()
    })
    fit.observe(element)
    return () => {
      fit.disconnect()
      made.off()
    }
  }, [])

  const set = (strokes: readonly (readonly SignaturePoint[])[]) => {
    const next: Signature | undefined = strokes.length > 0 ? { method: 'drawn', strokes } : undefined
    latest.current.value = next
    draw()
    onChange(next)
  }
  const strokes = value?.method === 'drawn' ? value.strokes : []
  return (
    <div className="n-sign__pad">
      <canvas ref={canvas} aria-label={t('sign.here')} role="img" />
      {strokes.length === 0 && <span className="n-sign__hint">{t('sign.here')}</span>}
      <div className="n-sign__tools">
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconArrowBackUp size={16} stroke={1.75} />}
          disabled={strokes.length === 0}
          onClick={() => set(strokes.slice(0, -1))}
        >
          {t('sign.undo')}
        </Button>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconEraser size={16} stroke={1.75} />}
          disabled={strokes.length === 0}
          onClick={() => set([])}
        >
          {t('sign.clear')}
        </Button>
      </div>
    </div>
  )
}

interface TypedProps {
  text: string
  onChange: (signature: Signature | undefined) => void
}

function TypedSignature({ text, onChange }: TypedProps) {
  const { t } = useTranslation('kit')
  return (
    <TextInput
      size="lg"
      label={t('sign.typeName')}
      description={t('sign.typedMeaning')}
      autoComplete="name"
      value={text}
      onChange={(event) => {
        const next = event.currentTarget.value
        onChange(next.trim() === '' ? undefined : { method: 'typed', text: next })
      }}
    />
  )
}

export interface SignatureImageProps {
  signature: Signature
  /** what it is: "Signature of Mia Reyes" */
  label: string
}

/** A stored signature, drawn again from its strokes. */
export function SignatureImage({ signature, label }: SignatureImageProps) {
  if (signature.method === 'typed') return <span className="n-sign__typed">{signature.text}</span>
  const line = (points: readonly SignaturePoint[]) =>
    points
      .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${(x * 1000).toFixed(1)} ${(y * 1000).toFixed(1)}`)
      .join('')
  return (
    <svg className="n-sign__image" viewBox="0 0 1000 400" role="img" aria-label={label}>
      {signature.strokes.map((points, index) => (
        <path key={index} d={line(points)} />
      ))}
    </svg>
  )
}
