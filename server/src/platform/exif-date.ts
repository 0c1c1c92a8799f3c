import { Temporal } from 'temporal-polyfill'

const tag = { exifDirectory: 0x8769, dateTimeOriginal: 0x9003, offsetTimeOriginal: 0x9011 } as const

/**
 * When the shutter opened, by the camera's own clock: `2026-03-02T10:15:30`, with `-05:00` behind it when the camera
 * knew its zone. Undefined when the block says nothing, or nothing sensible. Source: Exif 2.32 (CIPA DC-008), 4.6.
 */
export const takenAt = (exif: Buffer): string | undefined => {
  try {
    return readTakenAt(exif)
  } catch (error) {
    // Directories of damaged blocks point outside of them; such a block tells us nothing.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const readTakenAt = (exif: Buffer) => {
  const block = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif
  const read = directoryReader(block)
  if (read === undefined) return undefined
  const inner = read.entry(read.first, tag.exifDirectory)
  if (inner === undefined) return undefined
  const directory = read.uint32(inner + 8)
  const local = localTime(read.text(directory, tag.dateTimeOriginal))
  if (local === undefined) return undefined
  const offset = /^[+-](0\d|1[0-4]):[0-5]\d$/.exec(read.text(directory, tag.offsetTimeOriginal) ?? '')
  return `${local}${offset?.[0] ?? ''}`
}

const directoryReader = (block: Buffer) => {
  const order = block.toString('latin1', 0, 2)
  if (order !== 'II' && order !== 'MM') return undefined
  const uint16 = (at: number) => (order === 'II' ? block.readUInt16LE(at) : block.readUInt16BE(at))
  const uint32 = (at: number) => (order === 'II' ? block.readUInt32LE(at) : block.readUInt32BE(at))
  const entry = (directory: number, wanted: number) => {
    const count = uint16(directory)
    for (let at = directory + 2; at < directory + 2 + count * 12; at += 12) if (uint16(at) === wanted) return at
    return undefined
  }
  const text = (directory: number, wanted: number) => {
    const at = entry(directory, wanted)
    if (at === undefined || uint32(at + 4) <= 4) return undefined
    const start = uint32(at + 8)
    return block.toString('latin1', start, start + uint32(at + 4)).replace(/\0.*$/s, '')
  }
  return { first: uint32(4), uint32, entry, text }
}

const localTime = (text = '') => {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second] = parts
  return Temporal.PlainDateTime.from(`${year}-${month}-${day}T${hour}:${minute}:${second}`).toString()
}
