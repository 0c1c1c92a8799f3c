import { mkdir, open, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { headLine } from '#kernel/head.ts'
import type { HeadPublisher } from '#kernel/trail.ts'

/** Publishes signed heads to files outside the database, one for each practice, only ever appended to. Copy them elsewhere, often. */
export const headFiles = (folder: string): HeadPublisher & { path: (practiceId: string) => string } => {
  const path = (practiceId: string) => join(folder, `${practiceId}.ndjson`)
  return {
    path,
    async publish(head) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = await open(path(head.practiceId), 'a', 0o600)
      try {
        await file.write(`${headLine(head)}\n`)
        await file.datasync()
      } finally {
        await file.close()
      }
    },
    async lastSize(practiceId) {
      const text = await readFile(path(practiceId), 'utf8').catch((error: NodeJS.ErrnoException) => {
        // Only a file that is not there means that nothing was published: one that cannot be read must not be begun again.
        if (error.code === 'ENOENT') return ''
        throw error
      })
      // A crash can leave half a line: what cannot be read was not published.
      const whole = text.slice(0, text.lastIndexOf('\n') + 1).trimEnd()
      if (whole.length < text.trimEnd().length) await truncate(path(practiceId), Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)))
      const last = whole.slice(whole.lastIndexOf('\n') + 1)
      return last === '' ? 0 : Number((JSON.parse(last) as { size: number }).size)
    },
  }
}
