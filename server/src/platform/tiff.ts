const short = 3
const long = 4
const undefinedBytes = 7

/**
 * Wraps RGB pixels (8 bits a channel) and their ICC profile as an uncompressed TIFF 6.0 file in memory: the one way to
 * tell sharp which colours raw pixels mean.
 */
export const tiff = (rgb: Buffer, width: number, height: number, icc: Buffer): Buffer => {
  const count = 11
  const bitsAt = 8 + 2 + count * 12 + 4
  const iccAt = bitsAt + 6
  const pixelsAt = iccAt + icc.length + (icc.length % 2)
  const head = Buffer.alloc(pixelsAt)
  head.write('II*\0', 'latin1')
  head.writeUInt32LE(8, 4)
  head.writeUInt16LE(count, 8)
  const entries = [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, 3, bitsAt],
    [259, short, 1, 1], // not compressed
    [262, short, 1, 2], // RGB
    [273, long, 1, pixelsAt],
    [277, short, 1, 3],
    [278, long, 1, height], // one strip
    [279, long, 1, rgb.length],
    [284, short, 1, 1], // interleaved
    [34675, undefinedBytes, icc.length, iccAt],
  ] as const
  for (const [index, [tag, kind, values, value]] of entries.entries()) {
    const at = 10 + index * 12
    head.writeUInt16LE(tag, at)
    head.writeUInt16LE(kind, at + 2)
    head.writeUInt32LE(values, at + 4)
    head.writeUInt32LE(value, at + 8)
  }
  for (const channel of [0, 1, 2]) head.writeUInt16LE(8, bitsAt + channel * 2)
  icc.copy(head, iccAt)
  return Buffer.concat([head, rgb])
}
