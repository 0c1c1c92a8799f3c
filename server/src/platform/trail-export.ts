import { createWriteStream, type WriteStream } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'
import type { Keyring } from '#kernel/keyring.ts'
import type { Trail } from '#kernel/trail.ts'
import type { VerifyTrail } from '#kernel/trail-proof.ts'
import type { Report } from '../../../verify/nacre-verify.mjs'

export interface TrailExportHands {
  trail: Pick<Trail, 'export' | 'sealAll'>
  keys: Pick<Keyring, 'ready' | 'publicKeyPem'>
  /** Path of the heads published outside the database. */
  publishedHeads: (practiceId: string) => string
}
export interface TrailExport {
  folder: string
  events: number
  heads: number
  /** Absent when nothing was published yet. */
  publishedHeads?: string
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** Lines into a file, as fast as the disk takes them. */
const lineWriter = (path: string) => {
  const stream: WriteStream = createWriteStream(path, { mode: 0o600 })
  let failed: Error | undefined
  stream.on('error', (error) => (failed = error))
  let lines = 0
  return {
    count: () => lines,
    async write(line: string) {
      if (failed) throw failed
      lines++
      if (!stream.write(`${line}\n`)) await once(stream, 'drain')
    },
    async end() {
      stream.end()
      await finished(stream)
    },
  }
}

/**
 * Writes what `verify/nacre-verify.mjs` reads: events.ndjson, heads.ndjson, public-key.pem, and published-heads.ndjson where there is one.
 * Events name people by opaque ids only. Seals first what is committed.
 */
export const exportTrail = async (hands: TrailExportHands, practiceId: string, folder: string): Promise<TrailExport> => {
  const { trail, keys, publishedHeads } = hands
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await keys.ready(practiceId)
  await trail.sealAll()
  // Copied before the export's snapshot is taken: what is published was committed, so the snapshot holds at least as much.
  const published = join(folder, 'published-heads.ndjson')
  const isPublished = await copyFile(publishedHeads(practiceId), published).then(
    () => true,
    (error) => {
      if (isMissing(error)) return false
      throw error
    },
  )
  const files = { events: lineWriter(join(folder, 'events.ndjson')), heads: lineWriter(join(folder, 'heads.ndjson')) }
  await trail.export(practiceId, (file, line) => files[file].write(line))
  await Promise.all([files.events.end(), files.heads.end()])
  await writeFile(join(folder, 'public-key.pem'), await keys.publicKeyPem(practiceId), { mode: 0o600 })
  return { folder, events: files.events.count(), heads: files.heads.count(), ...(isPublished ? { publishedHeads: published } : {}) }
}

/** What the worker is given: the input of the verifier, with the key as text. */
export interface VerifyRequest {
  eventsPath: string
  headsPath: string
  publishedHeadsPath?: string
  keysPem: string
}

/** Hashing a million events takes seconds: it happens on a thread of its own, so that nobody waits. */
const verifyApart = async (request: VerifyRequest): Promise<Report> => {
  const worker = new Worker(new URL('./trail-verifier.ts', import.meta.url), { workerData: request })
  try {
    const [report] = (await once(worker, 'message')) as [Report]
    return report
  } finally {
    await worker.terminate()
  }
}

/**
 * The very same check as on the command line, over an export of its own in a temporary folder. No transaction of the application is open
 * meanwhile: a long check would hold back the sealing of everybody's events. Two people who ask at once get one check.
 */
export const trailVerifier = (hands: TrailExportHands): VerifyTrail => {
  const running = new Map<string, ReturnType<VerifyTrail>>()
  const prove: VerifyTrail = async (practiceId) => {
    const folder = await mkdtemp(join(tmpdir(), 'nacre-trail-'))
    try {
      const made = await exportTrail(hands, practiceId, folder)
      const report = await verifyApart({
        eventsPath: join(folder, 'events.ndjson'),
        headsPath: join(folder, 'heads.ndjson'),
        ...(made.publishedHeads ? { publishedHeadsPath: made.publishedHeads } : {}),
        keysPem: await hands.keys.publicKeyPem(practiceId),
      })
      const { verified, events, heads, sealed, unsealed, root, firstBad, problems } = report
      return { verified, events, heads, sealed, unsealed, root, problems, ...(firstBad ? { firstBad: firstBad.position } : {}) }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return (practiceId) => {
    const known = running.get(practiceId)
    if (known) return known
    const started = prove(practiceId).finally(() => running.delete(practiceId))
    running.set(practiceId, started)
    return started
  }
}
