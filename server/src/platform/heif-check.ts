/**
 * Whether a HEIC file is all there. libheif fills missing tiles in silently (its strict mode cannot be reached from
 * JavaScript) and HEVC carries no checksums, so a photo cut off in the upload would be kept with grey holes. Checked:
 * no box and no picture item reaches beyond the file, NAL units fill their item, and none holds three zero bytes in a
 * row, which HEVC forbids (ITU-T H.265, 7.4.2) and holes in half-copied files consist of. Other damage inside a NAL
 * unit cannot be seen by anyone. Sources: ISO/IEC 14496-12 (boxes, iloc, iinf), 14496-15 (hvc1), 23008-12 (HEIF).
 */
export const isWholeHeif = (bytes: Buffer): boolean => {
  try {
    return holdsItsBoxes(bytes) && pictureItems(bytes).every(isWholeItem)
  } catch (error) {
    // A length that points outside of the file.
    if (error instanceof RangeError) return false
    throw error
  }
}

interface Box {
  kind: string
  body: Buffer
  cut: boolean
}

function* boxes(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + 8 <= bytes.length;) {
    const short = bytes.readUInt32BE(at)
    const head = short === 1 ? 16 : 8
    const long = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short
    const size = short === 0 ? bytes.length - at : long
    const kind = bytes.toString('latin1', at + 4, at + 8)
    yield { kind, body: bytes.subarray(at + head, at + size), cut: size < head || at + size > bytes.length }
    // What follows is not boxes: some phones append data of their own.
    if (size < head) return
    at += size
  }
}

const bodyOf = (bytes: Buffer, kind: string) => boxes(bytes).find((box) => box.kind === kind)?.body

const holdsItsBoxes = (bytes: Buffer) => {
  const needed = [...boxes(bytes)].filter(({ kind }) => kind === 'meta' || kind === 'mdat')
  return needed.some(({ kind }) => kind === 'meta') && !needed.some(({ cut }) => cut)
}

/** The bytes of each HEVC item, or undefined where they do not lie inside of the file. */
const pictureItems = (bytes: Buffer): Array<Buffer | undefined> => {
  const meta = bodyOf(bytes, 'meta')?.subarray(4)
  const infos = meta && bodyOf(meta, 'iinf')
  const locations = meta && bodyOf(meta, 'iloc')
  if (infos === undefined || locations === undefined) return [undefined]
  const hevc = hevcItems(infos)
  return [...located(locations)]
    .filter(({ item, inFile }) => inFile && hevc.has(item))
    .map(({ extents }) => gathered(bytes, extents))
}

const hevcItems = (iinf: Buffer) => {
  const entries = iinf.subarray(iinf.readUInt8(0) === 0 ? 6 : 8)
  const hevc = new Set<number>()
  for (const { body } of boxes(entries)) {
    const wide = body.readUInt8(0) === 3
    const item = wide ? body.readUInt32BE(4) : body.readUInt16BE(4)
    const kindAt = wide ? 10 : 8
    if (body.toString('latin1', kindAt, kindAt + 4) === 'hvc1') hevc.add(item)
  }
  return hevc
}

interface Extent {
  offset: number
  length: number
}

function* located(iloc: Buffer) {
  const version = iloc.readUInt8(0)
  const sizes = iloc.readUInt16BE(4)
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15]
  const indexSize = version === 0 ? 0 : sizes & 15
  let at = 6
  const next = (size: number) => {
    at += size
    if (size === 0) return 0
    return size === 8 ? Number(iloc.readBigUInt64BE(at - 8)) : iloc.readUIntBE(at - size, size)
  }
  const idSize = version === 2 ? 4 : 2
  for (let left = next(idSize); left > 0; left -= 1) {
    const item = next(idSize)
    const method = version === 0 ? 0 : next(2) & 15
    next(2) // data reference: this file
    const base = next(baseSize)
    const extents: Extent[] = []
    for (let more = next(2); more > 0; more -= 1) {
      next(indexSize)
      extents.push({ offset: base + next(offsetSize), length: next(lengthSize) })
    }
    yield { item, inFile: method === 0, extents }
  }
}

const gathered = (bytes: Buffer, extents: Extent[]) => {
  if (extents.some(({ offset, length }) => offset + length > bytes.length)) return undefined
  const [only, ...others] = extents.map(({ offset, length }) => bytes.subarray(offset, offset + length))
  return only !== undefined && others.length === 0 ? only : Buffer.concat([only ?? Buffer.alloc(0), ...others])
}

const forbidden = Buffer.alloc(3)

/** NAL units, each behind its length in four bytes: what every phone writes (lengthSizeMinusOne is 3). */
const isWholeItem = (item: Buffer | undefined) => {
  if (item === undefined || item.length === 0) return false
  let at = 0
  while (at < item.length) {
    const start = at + 4
    at = start + item.readUInt32BE(at)
    if (at > item.length || at < start + 2 || item.subarray(start, at).includes(forbidden)) return false
  }
  return true
}
