import { readdirSync, readFileSync } from 'node:fs'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { atMost } from '#platform/at-most.ts'
import { takenAt } from '#platform/exif-date.ts'
import { heicDecoder } from '#platform/heic.ts'
import { develop, inspect } from '#platform/images.ts'

const folder = new URL('../../test/fixtures/photos/', import.meta.url)
const photo = (name: string) => readFileSync(new URL(name, folder))
const marker = 'PLANTED-MARKER-5f3a'

const developed = async (bytes: Buffer) => {
  const result = await develop(bytes)
  if ('refused' in result) throw new Error(`refused as ${result.code}: ${result.why}`)
  return result
}
const refusal = async (bytes: Buffer) => {
  const [inspected, result] = [await inspect(bytes), await develop(bytes)]
  if (!('refused' in result)) throw new Error('was accepted')
  return { ...result, already: 'refused' in inspected && inspected.code }
}
const noisy = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: 'grey', noise: { type: 'gaussian', mean: 128, sigma: 20 } },
  })

type Colour = readonly [number, number, number]
const red: Colour = [220, 30, 30]
const green: Colour = [30, 170, 60]
const blue: Colour = [40, 70, 210]
const yellow: Colour = [235, 200, 40]

/** The largest distance, in any channel of any corner, from what an upright flag shows there. */
const distanceFromUpright = async (bytes: Buffer) => {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const at = (across: number, down: number, [r, g, b]: Colour) => {
    const start = (Math.floor(down * info.height) * info.width + Math.floor(across * info.width)) * info.channels
    return [r, g, b].map((wanted, channel) => Math.abs(wanted - (data[start + channel] ?? 999)))
  }
  return Math.max(...at(0.1, 0.1, red), ...at(0.9, 0.1, green), ...at(0.1, 0.9, blue), ...at(0.9, 0.9, yellow))
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'stands a photo upright that the camera stored in orientation %i',
  async (orientation) => {
    const bytes = photo(`orientation-${orientation}.jpg`)
    expect(await inspect(bytes)).toEqual({ type: 'image/jpeg', width: 96, height: 64 })
    const { full, screen, thumb } = await developed(bytes)
    for (const one of [full, screen, thumb]) {
      expect(one).toMatchObject({ width: 96, height: 64 })
      expect(await distanceFromUpright(one.bytes)).toBeLessThan(25)
    }
  },
)

it('stands an iPhone-like HEIC upright once, though it says twice that it is turned', async () => {
  const bytes = photo('turned.heic')
  expect((await sharp(bytes).metadata()).exif?.includes(marker)).toBe(true)
  expect(await inspect(bytes)).toEqual({ type: 'image/heic', width: 192, height: 128 })
  const { full, takenAt: taken } = await developed(bytes)
  expect(full).toMatchObject({ width: 192, height: 128 })
  expect(await distanceFromUpright(full.bytes)).toBeLessThan(25)
  expect(taken).toBe('2026-03-02T10:15:30-05:00')
})

it.each(['camera-metadata.jpg', 'turned.heic'])(
  'keeps nothing of what camera and place wrote into %s',
  async (name) => {
    const bytes = photo(name)
    const before = await sharp(bytes).metadata()
    expect(bytes.includes(marker)).toBe(true)
    if (name.endsWith('.jpg'))
      expect(before).toMatchObject({ xmp: expect.any(Buffer), iptc: expect.any(Buffer), icc: expect.any(Buffer) })
    const { full, screen, thumb, ...rest } = await developed(bytes)
    expect(rest).toEqual({ takenAt: '2026-03-02T10:15:30-05:00' })
    for (const one of [full, screen, thumb]) {
      const after = await sharp(one.bytes).metadata()
      expect(after.format).toBe('webp')
      for (const kept of ['exif', 'xmp', 'iptc', 'icc', 'orientation', 'comments'] as const)
        expect(after[kept]).toBeUndefined()
      for (const text of [marker, 'Exif', 'GPS', 'Nacre Optical', 'xmpmeta', '8BIM', 'ICC'])
        expect(one.bytes.includes(text)).toBe(false)
      // Nothing but the picture itself: a RIFF header and one VP8 chunk that fills the file.
      expect(one.bytes.toString('latin1', 12, 16)).toBe('VP8 ')
      expect(one.bytes.readUInt32LE(16) + 20).toBe(one.bytes.length)
    }
  },
)

it.each(['display-p3.heic', 'camera-metadata.jpg'])(
  'shows skin as red as it was: the wide colours of %s become sRGB',
  async (name) => {
    const { full } = await developed(photo(name))
    const [r = 0, g = 0, b = 0] = await sharp(full.bytes)
      .extract({ left: 8, top: 8, width: 1, height: 1 })
      .raw()
      .toBuffer()
    // Left as Display P3 numbers it would be about (201, 55, 45).
    expect([Math.abs(r - red[0]), Math.abs(g - red[1]), Math.abs(b - red[2])].every((far) => far < 10)).toBe(true)
  },
)

it.each(['flag.png', 'flag.webp', 'odd-exif.jpg', 'garbage-app1.jpg'])(
  'takes %s, which is odd at most, and whole',
  async (name) => {
    const { full, takenAt: taken } = await developed(photo(name))
    expect(await distanceFromUpright(full.bytes)).toBeLessThan(25)
    expect(taken).toBeUndefined()
  },
)

it.each(['cmyk.jpg', 'grey-16-bit.png', 'see-through.png', 'face-nasa-public-domain.jpg'])(
  'makes an opaque sRGB picture of %s',
  async (name) => {
    const { full } = await developed(photo(name))
    expect(await sharp(full.bytes).metadata()).toMatchObject({ space: 'srgb', channels: 3, hasAlpha: false })
  },
)

it('makes three sizes of a large photo and never enlarges a small one', async () => {
  const { full, screen, thumb } = await developed(await noisy(2400, 1800).jpeg().toBuffer())
  expect([full, screen, thumb].map(({ width, height }) => [width, height])).toEqual([
    [2048, 1536],
    [1024, 768],
    [320, 240],
  ])
  for (const one of [full, screen, thumb])
    expect(await sharp(one.bytes).metadata()).toMatchObject({ width: one.width, height: one.height })
})

it.each([
  ['truncated.jpg', 'damaged'],
  ['damaged-middle.jpg', 'damaged'],
  ['text.jpg', 'not-an-image'],
  ['drawing.svg', 'not-an-image'],
  ['moving.gif', 'type'],
  ['moving.webp', 'type'],
  ['still.avif', 'type'],
  ['bomb-30000x30000.png', 'too-many-pixels'],
])('refuses %s as %s, in one sentence that says what to do', async (name, code) => {
  const refused = await refusal(photo(name))
  expect(refused).toMatchObject({ refused: true, code })
  expect(refused.why).toMatch(/^This|^Files/)
  expect(refused.why).toMatch(/; (choose|save|take|copy|export) .*\.$/)
  expect(refused.why).not.toContain(name)
})

it('refuses an empty file and one of more than 40 MB', async () => {
  expect(await refusal(Buffer.alloc(0))).toMatchObject({ code: 'empty', already: 'empty' })
  const padded = Buffer.concat([photo('flag.png'), Buffer.alloc(40 * 1024 * 1024)])
  expect(await refusal(padded)).toMatchObject({ code: 'too-large', already: 'too-large' })
})

it('refuses a bomb by its header alone: it is found out even when no pixel is there to decode', async () => {
  const png = photo('bomb-30000x30000.png').subarray(0, 200)
  expect(await refusal(png)).toMatchObject({ code: 'too-many-pixels', already: 'too-many-pixels' })
  const jpeg = photo('orientation-1.jpg')
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  jpeg.writeUInt16BE(60_000, frame + 5)
  jpeg.writeUInt16BE(60_000, frame + 7)
  expect(await refusal(jpeg)).toMatchObject({ code: 'too-many-pixels', already: 'too-many-pixels' })
  const heic = photo('turned.heic')
  const extents = heic.indexOf('ispe')
  heic.writeUInt32BE(12_000, extents + 8)
  heic.writeUInt32BE(12_000, extents + 12)
  expect(await refusal(heic)).toMatchObject({ code: 'too-many-pixels', already: 'too-many-pixels' })
})

it('refuses a side that no screen can show, however thin the picture', async () => {
  const thin = await sharp({ create: { width: 20_000, height: 2, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  expect(await refusal(thin)).toMatchObject({ code: 'too-many-pixels' })
})

it('goes by the content: what pretends to be another kind of picture is refused', async () => {
  const pretended = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), photo('flag.png')])
  expect(await refusal(pretended)).toMatchObject({ code: 'damaged' })
})

it('refuses a damaged HEIC and still develops the next one', async () => {
  const broken = photo('turned.heic')
  broken.fill(0, broken.indexOf('mdat') + 4)
  expect(await refusal(broken)).toMatchObject({ code: 'damaged', already: false })
  expect(await refusal(photo('turned.heic').subarray(0, 700))).toMatchObject({ code: 'damaged' })
  expect((await developed(photo('turned.heic'))).full.width).toBe(192)
})

it('refuses a HEIC that was cut off or has holes, which its decoder would fill in silently', async () => {
  const whole = photo('turned.heic')
  const picture = whole.indexOf('mdat') + 4
  for (let missing = 1; missing < whole.length - picture; missing += 97)
    expect(await refusal(whole.subarray(0, whole.length - missing))).toMatchObject({ code: 'damaged' })
  for (let at = picture; at < picture + 500; at += 45) {
    const holed = photo('turned.heic').fill(0, at, at + 40)
    expect(await refusal(holed)).toMatchObject({ code: 'damaged' })
  }
})

it('gives a photo or a clear refusal, never a crash, for every fixture cut at any length', async () => {
  for (const name of readdirSync(folder).filter((one) => !/bomb|face/.test(one))) {
    const bytes = photo(name)
    for (const part of [0.1, 0.35, 0.7, 0.97]) {
      const result = await develop(bytes.subarray(0, Math.floor(bytes.length * part)))
      if ('refused' in result) expect(result.why.length).toBeGreaterThan(20)
      else expect(result.full.bytes.length).toBeGreaterThan(50)
    }
  }
})

const turned = () => ({ bytes: photo('turned.heic'), page: 0, maxPixels: 1_000_000 })
const paused = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

it('lets go of the HEIC decoder and its memory when it has been idle', async () => {
  const heic = heicDecoder({ idleMs: 60 })
  expect(heic.running()).toBe(false)
  expect(await heic.decode(turned())).toMatchObject({ ok: true, width: 192, height: 128 })
  expect(heic.running()).toBe(true)
  await expect.poll(() => heic.running()).toBe(false)
  expect(await heic.decode(turned())).toMatchObject({ ok: true })
})

it('keeps one HEIC decoder between photos that follow each other', async () => {
  const heic = heicDecoder({ idleMs: 400 })
  for (let round = 0; round < 4; round += 1) {
    expect(await heic.decode(turned())).toMatchObject({ ok: true })
    await paused(150)
    expect(heic.running()).toBe(true)
  }
})

it('survives a HEIC decoder that takes too long, dies or finds more pixels than announced', async () => {
  const slow = heicDecoder({ limitMs: 1 })
  expect(await slow.decode(turned())).toEqual({ ok: false, why: 'the time limit passed' })
  expect(slow.running()).toBe(false)
  const dying = (code: string) => heicDecoder({ script: new URL(`data:text/javascript,${encodeURIComponent(code)}`) })
  expect(await dying('process.exit(9)').decode(turned())).toMatchObject({ ok: false })
  expect(await dying('throw new Error("trap")').decode(turned())).toMatchObject({ ok: false, why: 'trap' })
  expect(await heicDecoder().decode({ ...turned(), maxPixels: 1000 })).toEqual({
    ok: false,
    why: 'more pixels than announced',
  })
})

it('leaves the caller’s bytes as they were', async () => {
  const bytes = photo('turned.heic')
  await developed(bytes)
  expect(bytes.equals(photo('turned.heic'))).toBe(true)
})

it('develops many photos at once, all of them right', async () => {
  const names = [
    'turned.heic',
    'orientation-6.jpg',
    'flag.png',
    'turned.heic',
    'orientation-5.jpg',
    'damaged-middle.jpg',
  ]
  const results = await Promise.all(names.map((name) => develop(photo(name))))
  expect(results.map((result) => ('refused' in result ? result.code : result.full.width))).toEqual([
    192,
    96,
    96,
    192,
    96,
    'damaged',
  ])
})

it('lets two jobs run at a time and the others wait their turn, also after failures', async () => {
  const two = atMost(2)
  let running = 0
  let most = 0
  const order: number[] = []
  const job = (number: number) => async () => {
    order.push(number)
    most = Math.max(most, (running += 1))
    await paused(5)
    running -= 1
    if (number % 2 === 0) throw new Error('failed')
    return number
  }
  const ends = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((number) => two(job(number))))
  expect(most).toBe(2)
  expect(order).toEqual([0, 1, 2, 3, 4, 5])
  expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 3 }, () => ['rejected', 'fulfilled']).flat())
})

const exifOf = async (fields: Record<string, string>) => {
  const { exif } = await sharp(await noisy(8, 8).withExif({ IFD2: fields }).jpeg().toBuffer()).metadata()
  if (exif === undefined) throw new Error('no EXIF was written')
  return exif
}

it('believes only a sensible time of the shutter', async () => {
  expect(takenAt(await exifOf({ DateTimeOriginal: '2024:02:29 23:59:59' }))).toBe('2024-02-29T23:59:59')
  expect(takenAt(await exifOf({ DateTimeOriginal: '2024:02:29 23:59:59', OffsetTimeOriginal: '+05:30' }))).toBe(
    '2024-02-29T23:59:59+05:30',
  )
  for (const odd of ['0000:00:00 00:00:00', '2023:02:29 10:00:00', '2024:02:29 25:00:00', 'yesterday'])
    expect(takenAt(await exifOf({ DateTimeOriginal: odd }))).toBeUndefined()
})

it('reads an EXIF block cut anywhere without failing', async () => {
  const whole = await exifOf({ DateTimeOriginal: '2024:02:29 23:59:59' })
  for (let length = 0; length < whole.length; length += 1)
    expect(takenAt(whole.subarray(0, length)) ?? '2024-02-29T23:59:59').toBe('2024-02-29T23:59:59')
})
