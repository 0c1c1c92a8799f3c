import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'

/** A line with its number, from 1; empty lines are counted but not given. */
export type Line = { line: number; text: string } | { line: number; unreadable: string }

/** A file that ends or breaks before its time: everything up to `afterLine` was given. */
export class DamagedFile extends Error {
  override name = 'DamagedFile'
  readonly afterLine: number
  constructor(why: string, afterLine: number) {
    super(why)
    this.afterLine = afterLine
  }
}

/** No FHIR resource is near this; a file without line ends must not fill the memory. */
const LONGEST_LINE_BYTES = 32 * 1024 * 1024
const NEWLINE = 10
const ENDING = /\.(ndjson|jsonl)(\.gz)?$/i

const entriesOf = (folder: string) =>
  readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' || error.code === 'ENOTDIR' ? new Error(`There is no folder ${folder}.`) : error
  })

/**
 * Names of the NDJSON files in a folder, sorted.
 * @throws a sentence when there is no such folder
 */
export const ndjsonFiles = async (folder: string): Promise<string[]> =>
  (await entriesOf(folder)).filter((f) => f.isFile() && ENDING.test(f.name)).map((f) => f.name).toSorted()

/** By what the file begins with, whatever its name says. */
const isGzip = async (path: string): Promise<boolean> => {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
  } finally {
    await file.close()
  }
}

const gunzipFault = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return code === 'Z_BUF_ERROR' ? 'the gzip file ends too early' : 'the gzip file is corrupt'
}

/** What was unpacked before a fault is given before the fault: a stream that is piped would drop it. */
async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  let ready: Buffer[] = []
  const take = () => {
    const taken = ready
    ready = []
    return taken
  }
  gunzip.on('data', (chunk: Buffer) => ready.push(chunk))
  // The callback of a write during which a fault shows is never called: the fault has to be listened for.
  const fault = new Promise<never>((_, reject) => gunzip.once('error', reject))
  fault.catch(() => {})
  try {
    for await (const chunk of createReadStream(path)) {
      await Promise.race([fault, new Promise<void>((resolve) => gunzip.write(chunk, () => resolve()))])
      yield* take()
    }
    await Promise.race([fault, new Promise<void>((resolve) => gunzip.once('end', resolve).end())])
  } catch (error) {
    yield* take()
    throw new DamagedFile(gunzipFault(error), 0)
  }
  yield* take()
}

const lineOf = (line: number, bytes: Buffer): Line | undefined => {
  const start = line === 1 && bytes.subarray(0, 3).equals(BOM) ? 3 : 0
  const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length
  if (start >= end) return undefined
  if (!isUtf8(bytes)) return { line, unreadable: 'is not UTF-8 text' }
  return { line, text: bytes.toString('utf8', start, end) }
}
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * Reads an NDJSON file, plain or gzip, line by line, in constant memory.
 * @throws {@link DamagedFile} after the last whole line that could be read.
 */
export async function* readNdjson(folder: string, file: string): AsyncGenerator<Line> {
  const path = join(folder, file)
  const source: AsyncIterable<Buffer> = (await isGzip(path)) ? unpacked(path) : createReadStream(path)
  let line = 1
  let held: Buffer[] = []
  let heldBytes = 0
  const close = (last: Buffer): Line | undefined => {
    const tooLong = heldBytes + last.length > LONGEST_LINE_BYTES
    const made: Line | undefined = tooLong
      ? { line, unreadable: 'is longer than 32 MB' }
      : lineOf(line, held.length === 0 ? last : Buffer.concat([...held, last]))
    held = []
    heldBytes = 0
    line++
    return made
  }
  try {
    for await (const chunk of source) {
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        const made = close(chunk.subarray(start, end))
        if (made) yield made
        start = end + 1
      }
      const rest = chunk.subarray(start)
      heldBytes += rest.length
      if (heldBytes <= LONGEST_LINE_BYTES) held.push(rest)
    }
  } catch (error) {
    if (error instanceof DamagedFile) throw new DamagedFile(error.message, line - 1)
    throw error
  }
  const made = close(Buffer.alloc(0))
  if (made) yield made
}
