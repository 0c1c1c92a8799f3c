import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { atMost } from './at-most.ts'
import { HeicReply, type HeicRequest } from './heic-messages.ts'

export interface HeicPhoto {
  bytes: Uint8Array
  /** Which top-level image, 0-based. */
  page: number
  maxPixels: number
}

export interface HeicDecoder {
  /** One at a time. Never rejects: damage, a crash of the decoder and the time limit all come back as `ok: false`. */
  decode(photo: HeicPhoto): Promise<HeicReply>
  /** Whether a worker, and with it the decoder's memory, is there at this moment. */
  running(): boolean
}

export interface HeicDecoderOptions {
  /** How long an unused worker stays. libheif's memory only grows, so an idle server should not keep it. */
  idleMs?: number
  /** A 48-megapixel HEIC takes about ten seconds on a small machine. */
  limitMs?: number
  script?: URL
}

const workerScript = new URL('./heic-worker.ts', import.meta.url)

/** Decodes HEIC (HEVC in HEIF) in one long-lived worker thread, started with the first photo. */
export const heicDecoder = (options: HeicDecoderOptions = {}): HeicDecoder => {
  const { idleMs = 30_000, limitMs = 60_000, script = workerScript } = options
  const oneAtATime = atMost(1)
  let worker: Worker | undefined
  let idle: NodeJS.Timeout | undefined

  const start = () => {
    const started = new Worker(script, { execArgv: [] })
    started.on('error', () => forget(started))
    started.on('exit', () => forget(started))
    return started
  }
  const forget = (gone: Worker) => {
    if (worker === gone) worker = undefined
  }
  const end = async () => {
    const ended = worker
    worker = undefined
    await ended?.terminate()
  }
  const rest = () => {
    worker?.unref()
    idle = setTimeout(() => void end(), idleMs).unref()
  }

  const decodeNow = async (photo: HeicPhoto): Promise<HeicReply> => {
    clearTimeout(idle)
    const current = (worker ??= start())
    current.ref()
    const reply = await answer(current, photo, limitMs)
    // After a failure WebAssembly's memory may be in any state: the next photo gets a fresh one.
    if (reply.ok) rest()
    else await end()
    return reply
  }

  return {
    decode: (photo) => oneAtATime(() => decodeNow(photo)),
    running: () => worker !== undefined,
  }
}

const answer = async (worker: Worker, photo: HeicPhoto, limitMs: number): Promise<HeicReply> => {
  const settled = new AbortController()
  const { signal } = settled
  const message = once(worker, 'message', { signal }).then(([reply]: unknown[]) => HeicReply.parse(reply))
  const exit = once(worker, 'exit', { signal }).then(() => lost('the decoder ended'))
  const limit = once(AbortSignal.timeout(limitMs), 'abort', { signal }).then(() => lost('the time limit passed'))
  try {
    // A copy is handed over, for the caller's buffer must stay whole (and small ones share Node's pool).
    const bytes = Uint8Array.from(photo.bytes)
    const request: HeicRequest = { ...photo, bytes }
    worker.postMessage(request, [bytes.buffer])
    return await Promise.race([message, exit, limit])
  } catch (error) {
    return lost(error instanceof Error ? error.message : 'unknown')
  } finally {
    settled.abort()
    await Promise.allSettled([message, exit, limit])
  }
}

const lost = (why: string): HeicReply => ({ ok: false, why })
