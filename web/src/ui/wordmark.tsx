import './wordmark.css'

export interface MarkProps {
  /** edge in CSS pixels */
  sizePixels?: number
}

/** The mark: four layers of nacre around a pearl. Decorative; say the name beside it. */
export function Mark({ sizePixels = 28 }: MarkProps) {
  return (
    <svg className="n-mark" width={sizePixels} height={sizePixels} viewBox="0 0 32 32" aria-hidden="true">
      <circle className="n-mark__shell" cx="16" cy="16" r="15" />
      <circle className="n-mark__sea" cx="17.9" cy="17.5" r="11.6" />
      <circle className="n-mark__rose" cx="19.4" cy="18.7" r="8.7" />
      <circle className="n-mark__pearl" cx="20.8" cy="19.8" r="6" />
    </svg>
  )
}

/** Mark and name. */
export function Wordmark({ sizePixels = 28 }: MarkProps) {
  return (
    <span className="n-wordmark" style={{ fontSize: Math.round(sizePixels * 0.68) }}>
      <Mark sizePixels={sizePixels} />
      Nacre
    </span>
  )
}
