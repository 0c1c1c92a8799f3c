import { parentPort } from 'node:worker_threads'
import { all } from 'heic-decode'
import { HeicRequest, type HeicReply } from './heic-messages.ts'

// libheif's own chatter about a patient's file does not belong in the server's output.
process.stdout.write = () => true
process.stderr.write = () => true

/**
 * Runs libheif (WebAssembly) away from the server's thread: a decode takes seconds, and a decoder that traps on hostile
 * input must take nothing else with it. One request, one reply.
 */
const decode = async ({ bytes, page, maxPixels }: HeicRequest): Promise<HeicReply> => {
  const images = await all({ buffer: bytes })
  try {
    const image = images[page] ?? images[0]
    if (image === undefined) return { ok: false, why: 'holds no image' }
    // Asked again here: this is the number that the pixel buffer is made from.
    if (image.width * image.height > maxPixels) return { ok: false, why: 'more pixels than announced' }
    return { ok: true, ...(await image.decode()) }
  } finally {
    images.dispose()
  }
}

const failed = (error: unknown): HeicReply => ({ ok: false, why: error instanceof Error ? error.message : 'unknown' })

const port = parentPort
port?.on('message', (message: unknown) => {
  void decode(HeicRequest.parse(message))
    .catch(failed)
    .then((reply) => port.postMessage(reply, reply.ok ? [reply.data.buffer] : []))
})
