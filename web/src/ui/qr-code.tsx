import { encode } from 'uqr'

/** The quiet zone that ISO/IEC 18004 asks for around a code. */
const QUIET_MODULES = 4

/** A QR code as one SVG path: black on white in both themes, because cameras expect it so. */
export function QrCode({ text, label, sizePixels = 208 }: { text: string; label: string; sizePixels?: number }) {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_MODULES })
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg
      role="img"
      aria-label={label}
      width={sizePixels}
      height={sizePixels}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" rx={1} />
      <path d={path} fill="#000" />
    </svg>
  )
}
