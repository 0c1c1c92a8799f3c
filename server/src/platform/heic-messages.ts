import { z } from 'zod'

const bytes = z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array)
const pixels = z.custom<Uint8ClampedArray<ArrayBuffer>>((value) => value instanceof Uint8ClampedArray)

/** To the HEIC worker: the file, which top-level image of it (0-based), and how many pixels are still welcome. */
export const HeicRequest = z.object({ bytes, page: z.int().nonnegative(), maxPixels: z.int().positive() })
export type HeicRequest = z.infer<typeof HeicRequest>

/** Back: RGBA pixels, 8 bits a channel, upright; or why there are none (a libheif message, for the log at most). */
export const HeicReply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), data: pixels, width: z.int().positive(), height: z.int().positive() }),
  z.object({ ok: z.literal(false), why: z.string() }),
])
export type HeicReply = z.infer<typeof HeicReply>
