import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import type { Id } from '#kernel/id.ts'
import { JOBS, jobActor } from '#kernel/job.ts'
import { roleAlone } from '#kernel/policy.ts'
import { changeService } from '#modules/practices'
import { consent } from '#schema/forms'
import { appointment } from '#schema/scheduling'
import { spa, type Spa, type TestPerson } from '#test/harness.ts'
import { takeNegative } from './lab.ts'
import { takePhoto } from './service.ts'

const fixture = (name: string) => readFileSync(join('server/test/fixtures/photos', name))
/** Planted in the metadata of the fixtures (server/test/fixtures/README.md). */
const MARKER = 'PLANTED-MARKER-5f3a'

let s: Spa
let desk: TestPerson
let nina: TestPerson
let serviceId: Id<'svc'>

beforeAll(async () => {
  s = await spa()
  desk = await s.person(['front-desk'])
  nina = await s.person(['provider'], { isProvider: true, name: 'Nina Park' })
  serviceId = (
    await s.perform(changeService, s.setUp, {
      name: 'Neurotoxin treatment',
      minutes: 30,
      priceCents: 42_000,
      onlineBooking: true,
      active: true,
      providerIds: [],
    })
  ).id
})
afterAll(() => s.close())

type Planted = { patientId: Id<'pat'>; providerId: Id<'usr'>; consents: 'consents' | 'no-consent' }
let slot = 0
/** A visit, and the patient's consent to clinical photography or not: written by other modules, arranged here. */
const plant = action({
  name: 'test.plant-for-photos',
  does: 'plant rows in a test',
  purpose: 'operations',
  phi: 'identity',
  patient: ({ patientId }: Planted) => patientId,
  allow: roleAlone,
  input: z.custom<Planted>(),
  output: z.object({ id: z.string() }),
  run: async (tx, { patientId, providerId, consents }) => {
    if (consents === 'consents')
      await tx.add(consent, {
        patientId,
        kind: 'clinical-photography',
        decision: 'accepted',
        textVersion: '1',
        textHash: '0'.repeat(64),
        language: 'en',
        uses: [],
        method: 'typed',
        signedAt: tx.now,
        expiresAt: afterDays(tx.now, 300),
        signature: {
          signature: { method: 'typed', text: 'Ana Example' },
          signerName: 'Ana Example',
          practiceName: 'Pearl',
        },
      })
    const startsAt = new Date(Date.parse(tx.now) + ++slot * 60_000).toISOString()
    const endsAt = new Date(Date.parse(startsAt) + 60_000).toISOString()
    return tx.add(appointment, {
      patientId,
      providerId,
      serviceId,
      locationId: s.locationId,
      startsAt,
      endsAt,
      state: 'checked-in',
      source: 'desk',
      createdAt: tx.now,
    })
  },
})
const treated = async (consents: Planted['consents'] = 'consents') => {
  const ana = await s.patient()
  const appointmentId = (
    await s.perform(
      plant,
      { ...s.setUp, grants: new Set(['test.plant-for-photos']) },
      { patientId: ana.id, providerId: nina.id, consents },
    )
  ).id
  return { ana, appointmentId, photos: `/api/patients/${ana.id}/photos` }
}

const post = (who: TestPerson, url: string, bytes: Buffer, headers: Record<string, string> = {}) =>
  s.server.inject({
    method: 'POST',
    url,
    payload: bytes,
    headers: { cookie: who.cookie, 'content-type': 'application/octet-stream', ...headers },
  })
const view = async (url: string, rendition = 'full') => {
  const answer = await s.server.inject({ method: 'GET', url: `${url}/${rendition}`, headers: { cookie: nina.cookie } })
  expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
    200,
    'image/webp',
    'no-store',
  ])
  return answer.rawPayload
}
/** Every object that is on the disk. */
const objects = () =>
  readdirSync(join(s.dir, 'objects'), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
const list = async (photos: string) => (await s.as(nina).get(photos)).json()

it('takes a photo in, develops it, and shows it upright in three sizes without anything that the camera wrote into it', async () => {
  const { ana, appointmentId, photos } = await treated()
  const before = objects().length
  const taken = await post(nina, `${photos}?view=front&appointmentId=${appointmentId}`, fixture('camera-metadata.jpg'))
  expect(taken.statusCode).toBe(200)
  expect(taken.json()).toMatchObject({ id: expect.stringMatching(/^pho_/), state: 'developing', view: 'front' })
  const url = `${photos}/${taken.json().id}`
  expect((await s.as(nina).get(`${url}/full`)).statusCode).toBe(409)
  await s.drain()
  expect(await list(photos)).toEqual([
    expect.objectContaining({
      id: taken.json().id,
      state: 'ready',
      view: 'front',
      appointmentId,
      takenByName: 'Nina Park',
      why: '',
    }),
  ])
  for (const rendition of ['full', 'screen', 'thumb']) {
    const bytes = await view(url, rendition)
    const { format, exif, xmp, iptc, icc, orientation } = await sharp(bytes).metadata()
    expect({ format, exif, xmp, iptc, icc, orientation }).toEqual({ format: 'webp' })
    expect(bytes.includes(MARKER)).toBe(false)
  }
  // What came in is gone; three renditions are left.
  expect(objects().length - before).toBe(3)
  const trail = await s.trailOf(ana.id)
  expect(
    trail
      .filter((e) => e.action.startsWith('photo.'))
      .map((e) => `${e.actor === nina.id ? 'nina' : e.actor} ${e.action} ${e.outcome}`),
  ).toEqual([
    'nina photo.take done',
    'nina photo.view failed',
    'job:photo.develop photo.negative done',
    'job:photo.develop photo.developed done',
    'nina photo.list done',
    'nina photo.view done',
    'nina photo.view done',
    'nina photo.view done',
  ])
  expect(trail.at(-1)?.opened).toContainEqual({
    record: 'photo',
    patientId: ana.id,
    rows: [taken.json().id],
    fields: ['thumb'],
  })
})

it('stores every orientation upright', async () => {
  const { photos } = await treated()
  const ids: string[] = []
  for (const n of [1, 3, 6, 8]) ids.push((await post(nina, photos, fixture(`orientation-${n}.jpg`))).json().id)
  await s.drain()
  const corners = await Promise.all(
    ids.map(async (id) => {
      const { data, info } = await sharp(await view(`${photos}/${id}`))
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      const colour = (x: number, y: number) =>
        [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)].map((v) => Math.round(v / 128))
      return {
        size: [info.width, info.height],
        topLeft: colour(4, 4),
        bottomRight: colour(info.width - 5, info.height - 5),
      }
    }),
  )
  expect(new Set(corners.map((c) => JSON.stringify(c))).size).toBe(1)
  expect(corners[0]?.topLeft).toEqual([2, 0, 0])
})

it('accepts HEIC as it comes from an iPhone, PNG and WebP', async () => {
  const { photos } = await treated()
  for (const name of ['turned.heic', 'flag.png', 'flag.webp'])
    expect((await post(nina, photos, fixture(name))).statusCode, name).toBe(200)
  await s.drain()
  expect((await list(photos)).map((p: { state: string }) => p.state)).toEqual(['ready', 'ready', 'ready'])
})

it('refuses what is no photo by its own content, with a sentence, and stores nothing', async () => {
  const { ana, photos } = await treated()
  const before = objects().length
  for (const name of ['text.jpg', 'drawing.svg', 'bomb-30000x30000.png', 'moving.gif', 'moving.webp', 'still.avif']) {
    const refused = await post(nina, photos, fixture(name), { 'content-type': 'image/jpeg' })
    expect(refused.statusCode, name).toBe(422)
    expect(refused.json().errors, name).toEqual([
      { path: 'bytes', message: expect.stringMatching(/^(This|Files).*[.]$/) },
    ])
  }
  expect((await s.as(nina).post(photos, { bytes: 'not bytes' })).statusCode).toBe(422)
  expect((await post(nina, `${photos}?view=behind`, fixture('flag.png'))).json().errors[0].path).toBe('view')
  await s.drain()
  expect(objects().length).toBe(before)
  expect(await list(photos)).toEqual([])
  // The view that does not exist never came to the gate; the rest is on record as failed.
  expect((await s.trailOf(ana.id)).filter((e) => e.action === 'photo.take').every((e) => e.outcome === 'failed')).toBe(
    true,
  )
})

it('refuses a damaged photo when it is developed: the sentence stays until it is dismissed, the bytes do not', async () => {
  const { photos } = await treated()
  const before = objects().length
  const ids = [
    (await post(nina, photos, fixture('truncated.jpg'))).json().id,
    (await post(nina, photos, fixture('damaged-middle.jpg'))).json().id,
  ]
  await s.drain()
  expect(objects().length).toBe(before)
  const refused = await list(photos)
  expect(refused.map((p: { state: string }) => p.state)).toEqual(['refused', 'refused'])
  expect(refused[0].why).toMatch(/damaged/)
  for (const id of ids) {
    expect((await s.as(nina).get(`${photos}/${id}/full`)).statusCode).toBe(409)
    expect((await s.as(nina).delete(`${photos}/${id}`)).statusCode).toBe(200)
    expect((await s.as(nina).delete(`${photos}/${id}`)).statusCode).toBe(404)
  }
  expect(await list(photos)).toEqual([])
})

it('takes no photo without consent to clinical photography, and offers the way to it', async () => {
  const { ana, photos } = await treated('no-consent')
  const before = objects().length
  const refused = await post(nina, photos, fixture('flag.png'))
  expect(refused.statusCode).toBe(403)
  expect(refused.json().refusal).toMatchObject({
    rule: 'consented-to-clinical-photography',
    why: expect.stringContaining('consent'),
    whoCanFix: expect.stringContaining('patient'),
    fix: { label: expect.any(String), href: expect.stringContaining(ana.id) },
  })
  expect(objects().length).toBe(before)
  expect((await s.trailOf(ana.id)).at(-1)).toMatchObject({
    action: 'photo.take',
    outcome: 'denied',
    rule: 'consented-to-clinical-photography',
  })
})

it('keeps photos closed to the front desk, to marketing and to a provider who does not treat her, and records that they tried', async () => {
  const { ana, photos } = await treated()
  const { id } = (await post(nina, photos, fixture('flag.png'))).json()
  await s.drain()
  const marketing = await s.person(['marketing'])
  const stranger = await s.person(['provider'], { isProvider: true })
  for (const [who, rule] of [
    [desk, 'role'],
    [marketing, 'role'],
    [stranger, 'treats'],
  ] as const) {
    for (const url of [photos, `${photos}/${id}/thumb`]) {
      const refused = await s.as(who).get(url)
      expect([refused.statusCode, refused.json().refusal.rule]).toEqual([403, rule])
    }
    expect((await post(who, photos, fixture('flag.png'))).statusCode).toBe(403)
    expect((await s.trailOf(ana.id)).filter((e) => e.actor === who.id).map((e) => `${e.action} ${e.outcome}`)).toEqual([
      'photo.list denied',
      'photo.view denied',
      'photo.take denied',
    ])
  }
  const director = await s.person(['medical-director'])
  expect((await s.as(director).get(`${photos}/${id}/thumb`)).statusCode).toBe(200)
})

it('finds no photo of one patient under the name of another', async () => {
  const [one, two] = [await treated(), await treated()]
  const { id } = (await post(nina, one.photos, fixture('flag.png'))).json()
  await s.drain()
  expect((await s.as(nina).get(`${two.photos}/${id}/full`)).statusCode).toBe(404)
  expect((await s.as(nina).patch(`${two.photos}/${id}`, { caption: 'x' })).statusCode).toBe(404)
  expect((await s.as(nina).delete(`${two.photos}/${id}`)).statusCode).toBe(404)
  expect((await s.as(nina).get(`${one.photos}/pho_00000000000000000000000000/full`)).statusCode).toBe(404)
  expect((await post(nina, `${two.photos}?appointmentId=${one.appointmentId}`, fixture('flag.png'))).statusCode).toBe(
    404,
  )
})

it('keeps captions sealed, corrects the view, and never removes a photo that belongs to the record', async () => {
  const { photos } = await treated()
  const { id } = (await post(nina, photos, fixture('flag.png'))).json()
  await s.drain()
  expect(
    (await s.as(nina).patch(`${photos}/${id}`, { caption: 'At rest, two weeks after', view: 'oblique-left' }))
      .statusCode,
  ).toBe(200)
  expect(await list(photos)).toEqual([
    expect.objectContaining({ caption: 'At rest, two weeks after', view: 'oblique-left' }),
  ])
  const { rows } = await s.owner.query('select caption, object_keys from photo where id = $1', [id])
  expect(rows[0].caption.includes('two weeks')).toBe(false)
  expect(rows[0].object_keys.includes('obj_')).toBe(false)
  expect((await s.as(nina).patch(`${photos}/${id}`, { caption: '' })).statusCode).toBe(200)
  expect((await list(photos))[0].caption).toBeUndefined()
  expect((await s.as(nina).delete(`${photos}/${id}`)).statusCode).toBe(409)
})

it('leaves no readable picture on the disk: no file of the object store is an image or holds what the camera wrote', async () => {
  const { photos } = await treated()
  await post(nina, photos, fixture('camera-metadata.jpg'))
  const clear = ['JFIF', 'Exif', 'WEBP', 'VP8', 'IHDR', 'ftypheic', MARKER]
  const check = () => {
    const files = objects()
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      const bytes = readFileSync(file)
      expect([bytes[0], bytes[1], bytes[2]], 'JPEG').not.toEqual([0xff, 0xd8, 0xff])
      // Short words turn up in random bytes by chance: only at the places where an image has them.
      for (const word of clear)
        expect(word.length > 4 ? bytes.includes(word) : bytes.subarray(0, 40).includes(word), word).toBe(false)
    }
  }
  check()
  await s.drain()
  check()
})

it('leaves no object behind when the transaction fails after the bytes were stored', async () => {
  const { ana, photos } = await treated()
  const before = objects().length
  await s.owner.query(`alter table photo add constraint no_photos_today check (view <> 'close-up') not valid`)
  const failed = await post(nina, `${photos}?view=close-up`, fixture('flag.png'))
  await s.owner.query('alter table photo drop constraint no_photos_today')
  expect(failed.statusCode).toBe(422)
  expect(objects().length).toBe(before)
  expect(await list(photos)).toEqual([])
  expect((await s.trailOf(ana.id)).find((e) => e.action === 'photo.take')).toMatchObject({ outcome: 'failed' })
})

it('develops a photo later when the server died in between, and only once when it died after', async () => {
  const { ana, photos } = await treated()
  const before = objects().length
  const { id } = (await post(nina, photos, fixture('flag.png'))).json()
  const develop = JOBS.get('photo.develop')
  if (!develop) throw new Error('no such job')
  const actor = jobActor(s.practiceId, develop)
  // It died while it was developing: the negative was taken, nothing was kept.
  expect(await s.perform(takeNegative, actor, { patientId: ana.id, photoId: id })).not.toBeNull()
  expect(await list(photos)).toEqual([expect.objectContaining({ state: 'developing' })])
  await s.drain()
  expect(await list(photos)).toEqual([expect.objectContaining({ state: 'ready' })])
  // It died after the photo was kept and before the job was struck off: it runs again and changes nothing.
  expect(await s.perform(takeNegative, actor, { patientId: ana.id, photoId: id })).toBeNull()
  expect(objects().length - before).toBe(3)
})

it('takes one photo only when a bad connection sends it twice with the same key', async () => {
  const { photos } = await treated()
  const key = { 'idempotency-key': 'shot-1' }
  const [first, second] = [
    await post(nina, photos, fixture('flag.png'), key),
    await post(nina, photos, fixture('flag.png'), key),
  ]
  expect(second.json()).toEqual(first.json())
  expect((await post(nina, photos, fixture('flag.webp'), key)).statusCode).toBe(409)
  expect(await list(photos)).toHaveLength(1)
})

it('is possible only for somebody with the role: nobody, and no job, takes photos', async () => {
  const { ana } = await treated()
  await expect(s.perform(takePhoto, s.public, { patientId: ana.id, bytes: fixture('flag.png') })).rejects.toMatchObject(
    { status: 403 },
  )
})
