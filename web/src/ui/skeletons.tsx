import { Skeleton } from '@mantine/core'
import { useEffect, useState, type ReactNode } from 'react'
import './skeletons.css'

export interface DelayedProps {
  /** milliseconds to wait before showing; quick answers never flash */
  afterMs?: number
  children: ReactNode
}

/** Shows its children only after a moment. */
export function Delayed({ afterMs = 150, children }: DelayedProps) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), afterMs)
    return () => clearTimeout(timer)
  }, [afterMs])
  return shown ? children : null
}

function Waiting({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Delayed>
      <div role="status" aria-label={label}>
        {children}
      </div>
    </Delayed>
  )
}

const count = (length: number) => Array.from({ length }, (_, index) => index)

/** The shape of a list that is on its way. */
export function SkeletonRows({ rows = 6, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <Waiting label={label}>
      {count(rows).map((row) => (
        <div key={row} className="n-skeleton-row">
          <Skeleton height={14} width={`${28 - (row % 3) * 5}%`} />
          <Skeleton height={14} width="16%" />
          <Skeleton height={14} width="12%" />
        </div>
      ))}
    </Waiting>
  )
}

/** The shape of a card: heading and lines of text. */
export function SkeletonCard({ lines = 3, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <Waiting label={label}>
      <div className="n-skeleton-card n-panel">
        <Skeleton height={20} width="40%" mb="md" />
        {count(lines).map((line) => (
          <Skeleton key={line} height={12} width={`${92 - (line % 3) * 14}%`} />
        ))}
      </div>
    </Waiting>
  )
}

/** The shape of a page: heading, a card and a list. */
export function SkeletonPage({ label = 'Loading the page' }: { label?: string }) {
  return (
    <Waiting label={label}>
      <div className="n-skeleton-page">
        <Skeleton height={28} width="min(320px, 60%)" />
        <Skeleton height={120} />
        <Skeleton height={280} />
      </div>
    </Waiting>
  )
}

/** The shape of a photo grid. */
export function SkeletonPhotos({ photos = 6, label = 'Loading photos' }: { photos?: number; label?: string }) {
  return (
    <Waiting label={label}>
      <div className="n-skeleton-photos">
        {count(photos).map((photo) => (
          <Skeleton key={photo} />
        ))}
      </div>
    </Waiting>
  )
}
