import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { develop } from '#platform/images.ts'
import { allAre, load } from './load.ts'
import { CONNECTIONS, figuresOf, rateAndCpu, type Bench, type Row } from './row.ts'

const WIDTH = 4000
const HEIGHT = 3000
const PHOTO_BYTES = 4 * 1024 * 1024
/** 90 a second are 360 MB on the disk. */
const STORED_SECONDS = 3

/** A photo of 12 megapixels and about 4 MB: noise over soft colours, as a camera makes of skin. */
export const makePhoto = async (): Promise<Buffer> => {
  const noise = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#c89f8a', noise: { type: 'gaussian', mean: 160, sigma: 12 } } }).png({ compressionLevel: 0 }).toBuffer()
  const at = (quality: number) => sharp(noise).jpeg({ quality }).toBuffer()
  let [low, high] = [20, 95]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if ((await at(middle)).length > PHOTO_BYTES) high = middle
    else low = middle
  }
  const photo = await at(low)
  // Bytes after the end of a JPEG belong to nobody: cameras put previews there.
  return Buffer.concat([photo, Buffer.alloc(Math.max(0, PHOTO_BYTES - photo.length))])
}

const AIM = { perSecond: 90, timesPlainSharp: 1.3 }

/** On a server without its queue: renditions are a row of their own. */
export const measurePhotoStore = async ({ server, practice, provider }: Bench, scratch: string, photo: Buffer): Promise<Row> => {
  const file = join(scratch, 'photo.jpg')
  writeFileSync(file, photo)
  const request = { method: 'POST', path: `/api/patients/${practice.photoPatientId}/photos?view=front`, headers: { cookie: provider, 'content-type': 'image/jpeg' }, bodyFile: file }
  const measured = await load(
    { port: server.port, connections: CONNECTIONS, warmUpSeconds: 1, seconds: STORED_SECONDS, requests: [request], inTurn: 'again and again' }, server,
  )
  allAre(200, measured)
  return {
    work: 'store a 4 MB photo, sealed, before renditions',
    field: 'Medplum 39/s in clear, Orthanc (C++) 63/s',
    aim: '≥ 90/s',
    result: rateAndCpu(measured),
    isMet: measured.perSecond >= AIM.perSecond,
    figures: figuresOf(measured),
  }
}

const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** What anybody would write with sharp: upright, three sizes, WebP of the same effort, from one decode each. */
const plain = (photo: Buffer) =>
  Promise.all([2048, 1024, 320].map((side) =>
    sharp(photo).autoOrient().resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true }).webp({ effort: 2, quality: 80 }).toBuffer()))

export const measureRenditions = async (photo: Buffer): Promise<Row> => {
  const [ours, theirs]: [number[], number[]] = [[], []]
  await develop(photo)
  await plain(photo)
  for (let i = 0; i < 3; i++) {
    ours.push(await cpuOf(() => develop(photo)))
    theirs.push(await cpuOf(() => plain(photo)))
  }
  const [oursMs, plainMs] = [Math.min(...ours), Math.min(...theirs)]
  const times = oursMs / plainMs
  return {
    work: 'photo intake of 12 MP with three renditions',
    field: 'plain sharp: about 1.0 s CPU',
    aim: '≤ 1.3× plain sharp',
    result: `${times.toFixed(2)}× plain sharp (${(oursMs / 1000).toFixed(2)} against ${(plainMs / 1000).toFixed(2)} s CPU)`,
    isMet: times <= AIM.timesPlainSharp,
    figures: { times, oursMs, plainMs },
  }
}
