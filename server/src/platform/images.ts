import { fileTypeFromBuffer } from 'file-type'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { atMost } from './at-most.ts'
import { takenAt } from './exif-date.ts'
import { heicDecoder } from './heic.ts'
import { isWholeHeif } from './heif-check.ts'
import { type PhotoRefusal, refusals } from './photo-refusals.ts'
import { tiff } from './tiff.ts'

export type { PhotoRefusal } from './photo-refusals.ts'

export type PhotoType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic'

/** What a file's header promises. Width and height in pixels, of the upright picture. */
export interface PhotoHeader {
  type: PhotoType
  width: number
  height: number
}

/** WebP, sRGB, upright, opaque, without any metadata. Width and height in pixels. */
export interface Rendition {
  bytes: Buffer
  width: number
  height: number
}

export interface DevelopedPhoto {
  full: Rendition
  screen: Rendition
  thumb: Rendition
  /** By the camera's clock, `2026-03-02T10:15:30`, with its UTC offset if it knew one. The only fact kept of the EXIF. */
  takenAt?: string
}

const limits = { bytes: 40 * 1024 * 1024, pixels: 60_000_000, side: 16_384 } as const
/** Longest sides in pixels: for zooming in, for a chart on a screen, for a list. */
const sides = { full: 2048, screen: 1024, thumb: 320 } as const
/** A decode that takes longer is an attack (a JPEG of ten thousand scans), not a photo. */
const timeLimit = { seconds: 30 } as const

// Clinical photos are seen once: a cache of pixels would only keep them in memory, in clear.
sharp.cache(false)
// Jobs run side by side, two at most; threads inside of one would only fight over the same cores.
sharp.concurrency(1)

const twoAtATime = atMost(2)
const heic = heicDecoder()

/**
 * What the file is by its content, read from its header: no pixel is decoded, so a bomb costs nothing. Its name and
 * declared type play no part. Moving WebP and PNG are refused; of a HEIC with several images the primary one counts.
 */
export const inspect = async (bytes: Buffer): Promise<PhotoHeader | PhotoRefusal> => {
  const header = await readHeader(bytes)
  return 'refused' in header ? header : { type: header.type, width: header.width, height: header.height }
}

/**
 * Turns an upload into three upright WebP renditions (longest side at most 2048, 1024 and 320 pixels, never enlarged)
 * without metadata: EXIF, GPS, XMP, IPTC and comments are dropped, colours converted to sRGB. Decodes once. Two run at
 * a time, the rest wait. Bad files come back as a refusal, whole: nothing half-developed is returned.
 */
export const develop = (bytes: Buffer): Promise<DevelopedPhoto | PhotoRefusal> => twoAtATime(() => developNow(bytes))

const developNow = async (bytes: Buffer): Promise<DevelopedPhoto | PhotoRefusal> => {
  const header = await readHeader(bytes)
  if ('refused' in header) return header
  const pixels = await (header.type === 'image/heic' ? heicPixels(bytes, header.metadata) : decoded(opened(bytes)))
  if (pixels === undefined) return refusals.damaged
  // One after the other: sharp works on Node's four pool threads, and files and DNS need some of them too.
  const full = await rendition(pixels, sides.full)
  const screen = await rendition(pixels, sides.screen)
  const thumb = await rendition(pixels, sides.thumb)
  const taken = header.metadata.exif && takenAt(header.metadata.exif)
  return { full, screen, thumb, ...(taken === undefined ? {} : { takenAt: taken }) }
}

type ReadHeader = PhotoHeader & { metadata: Metadata }

const readHeader = async (bytes: Buffer): Promise<ReadHeader | PhotoRefusal> => {
  if (bytes.length === 0) return refusals.empty
  if (bytes.length > limits.bytes) return refusals.tooLarge
  const type = await photoType(bytes)
  if (typeof type !== 'string') return type
  const metadata = await readMetadata(bytes)
  if (metadata === undefined) return refusals.damaged
  return refusedHeader(type, metadata) ?? { type, ...metadata.autoOrient, metadata }
}

const photoType = async (bytes: Buffer): Promise<PhotoType | PhotoRefusal> => {
  const mime: string = (await fileTypeFromBuffer(bytes))?.mime ?? ''
  switch (mime) {
    case 'image/jpeg':
    case 'image/png':
    case 'image/webp':
      return mime
    case 'image/heic':
    case 'image/heif':
    case 'image/heic-sequence':
    case 'image/heif-sequence':
      return 'image/heic'
    case 'image/gif':
    case 'image/apng':
      return refusals.moving
    default:
      return /^(image|video)\//.test(mime) ? refusals.type : refusals.notAnImage
  }
}

const formats = { 'image/jpeg': 'jpeg', 'image/png': 'png', 'image/webp': 'webp', 'image/heic': 'heif' } as const

const refusedHeader = (type: PhotoType, metadata: Metadata): PhotoRefusal | undefined => {
  const { width, height } = metadata
  if (metadata.format !== formats[type]) return refusals.damaged
  if (Math.max(width, height) > limits.side || width * height > limits.pixels) return refusals.tooManyPixels
  if (type === 'image/webp' && (metadata.pages ?? 1) > 1) return refusals.moving
  // HEIF can also carry AV1, JPEG and others under the same brands; the decoder reads HEVC.
  if (type === 'image/heic' && metadata.compression !== 'hevc') return refusals.type
  return undefined
}

const readMetadata = async (bytes: Buffer): Promise<Metadata | undefined> => {
  try {
    // Without sharp's own limit, so that too many pixels are called that and not damage.
    return await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch {
    return undefined
  }
}

/**
 * `warning` is the strictest reading, and the only one that notices damage in the middle of a JPEG; stray EXIF does not
 * make libvips warn, so odd but whole files pass.
 */
const strict = { failOn: 'warning', limitInputPixels: limits.pixels } as const

const opened = (bytes: Buffer) => sharp(bytes, strict).autoOrient()

interface Pixels {
  data: Buffer
  raw: { width: number; height: number; channels: 1 | 2 | 3 | 4 }
}

/** The one decode: upright sRGB pixels at the largest size that is kept, or undefined when the file is damaged. */
const decoded = async (image: Sharp): Promise<Pixels | undefined> => {
  try {
    const { data, info } = await within(image, sides.full)
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .timeout(timeLimit)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { data, raw: { width: info.width, height: info.height, channels: info.channels } }
  } catch {
    return undefined
  }
}

const heicPixels = async (bytes: Buffer, { icc, pagePrimary = 0 }: Metadata): Promise<Pixels | undefined> => {
  if (!isWholeHeif(bytes)) return undefined
  const reply = await heic.decode({ bytes, page: pagePrimary, maxPixels: limits.pixels })
  if (!reply.ok) return undefined
  const { data, width, height } = reply
  // No autoOrient: libheif has applied irot and imir, and in HEIF the EXIF orientation means nothing.
  const pixels = await decoded(sharp(data, { ...strict, raw: { width, height, channels: 4 } }))
  // iPhones write Display P3: unconverted, a reddened skin would look paler than it was.
  return pixels && icc ? decoded(sharp(tiff(pixels.data, pixels.raw.width, pixels.raw.height, icc), strict)) : pixels
}

const within = (image: Sharp, side: number) =>
  image.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })

const rendition = async ({ data, raw }: Pixels, side: number): Promise<Rendition> => {
  // Effort 2 of 6: the higher ones cost twice the time for a few per cent of size.
  const image = within(sharp(data, { raw }), side).webp({ quality: 80, effort: 2 })
  const { data: bytes, info } = await image.toBuffer({ resolveWithObject: true })
  return { bytes, width: info.width, height: info.height }
}
