import { memo } from 'react'

/**
 * A calm face in line, front view, hair drawn back. The half at the right of the picture is written down; the other half
 * is its mirror image. Our own drawing.
 */
const half = {
  hair: [
    'M200 14C268 12 322 52 334 124C338 150 337 176 332 196',
    'M200 74C246 72 286 88 304 128C311 144 314 162 316 182',
    'M204 58C250 54 292 74 316 130',
    'M206 36C262 34 308 64 327 128',
  ],
  face: ['M316 182C322 196 320 236 312 272C304 308 290 342 264 374C244 398 224 415 200 415'],
  ear: [
    'M320 204C330 194 341 204 338 226C335 250 328 272 313 276',
    'M325 214C332 212 333 224 330 234C328 244 325 252 320 256',
  ],
  neck: ['M256 384C252 424 258 452 282 468C304 482 334 486 352 498'],
  collar: ['M222 494C248 486 276 482 304 486'],
  brow: 'M226 183C240 170 268 164 294 177C272 169 246 174 229 187Z',
  lid: 'M226 210C236 194 270 190 287 206',
  crease: ['M229 198C242 184 270 182 288 197'],
  lower: ['M226 210C240 222 270 222 287 206'],
  under: ['M236 226C250 233 268 232 280 225'],
  nose: ['M216 210C213 230 217 246 222 260', 'M222 261C233 268 232 285 220 287'],
  nostril: 'M206 289C210 283 218 283 220 287C216 291 210 292 206 289Z',
  base: ['M200 293C203 293 205 291 207 289'],
  lips: ['M200 328C204 328 205 324 210 324C220 325 231 332 243 340', 'M200 362C217 362 232 355 243 340'],
  mouth: ['M200 342C206 343 210 340 216 340C226 340 234 341 243 340'],
  soft: ['M207 300C208 307 208 312 209 316', 'M234 284C246 296 254 310 256 326', 'M200 391C208 391 213 389 217 385'],
} as const

function Half() {
  return (
    <>
      <g className="n-face__soft">
        {[...half.hair.slice(2), ...half.crease, ...half.under, ...half.soft, ...half.collar].map((d) => (
          <path key={d} d={d} />
        ))}
      </g>
      <g className="n-face__line">
        {[
          ...half.hair.slice(0, 2),
          ...half.face,
          ...half.ear,
          ...half.neck,
          ...half.lower,
          ...half.nose,
          ...half.base,
          ...half.lips,
          ...half.mouth,
        ].map((d) => (
          <path key={d} d={d} />
        ))}
      </g>
      <path className="n-face__strong" d={half.lid} />
      <path className="n-face__fill" d={half.brow} />
      <path className="n-face__fill" d={half.nostril} />
      <g clipPath="url(#n-face-eye)">
        <circle className="n-face__iris" cx="257" cy="205" r="11.5" />
        <circle className="n-face__fill" cx="257" cy="205" r="4.5" />
      </g>
    </>
  )
}

const hairShape =
  'M200 14C268 12 322 52 334 124C338 150 337 176 332 196L316 182C314 162 311 144 304 128C286 88 246 72 200 74C154 72 114 88 96 128C89 144 86 162 84 182L68 196C63 176 62 150 66 124C78 52 132 12 200 14Z'

export const FaceDrawing = memo(function FaceDrawing() {
  return (
    <g className="n-face" aria-hidden="true">
      <clipPath id="n-face-eye">
        <path d="M226 210C236 194 270 190 287 206C270 222 240 222 226 210Z" />
      </clipPath>
      <path className="n-face__hair" d={hairShape} />
      <path
        className="n-face__skin"
        d="M200 74C154 72 114 88 96 128C89 144 86 162 84 182C78 196 80 236 88 272C96 308 110 342 136 374C139 378 142 381 144 384C148 424 142 452 118 468C96 482 66 486 48 498L352 498C334 486 304 482 282 468C258 452 252 424 256 384C258 381 261 378 264 374C290 342 304 308 312 272C320 236 322 196 316 182C314 162 311 144 304 128C286 88 246 72 200 74Z"
      />
      <path
        className="n-face__lips"
        d="M200 328C204 328 205 324 210 324C220 325 231 332 243 340C232 355 217 362 200 362C183 362 168 355 157 340C169 332 180 325 190 324C195 324 196 328 200 328Z"
      />
      <Half />
      <g transform="matrix(-1 0 0 1 400 0)">
        <Half />
      </g>
    </g>
  )
})
