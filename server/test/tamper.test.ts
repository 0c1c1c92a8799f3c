import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { verify } from '../../verify/nacre-verify.mjs'
import { spa, type Spa } from './harness.ts'

/** The owner of the database may do anything to it. Whatever she does to the trail is found, by position. */
let s: Spa
let folder: string
beforeEach(async () => {
  s = await spa()
  folder = mkdtempSync(join(tmpdir(), 'nacre-tamper-'))
  const desk = await s.person(['front-desk'])
  const ana = await s.patient()
  for (let i = 0; i < 12; i++) {
    await s.as(desk).get(`/api/patients/${ana.id}/card`)
    if (i % 4 === 0) await s.seal()
  }
  await s.seal()
})
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true })
  await s.close()
})

const check = async () => {
  await s.exportTrail(s.practiceId, folder)
  return verify({
    eventsPath: join(folder, 'events.ndjson'),
    headsPath: join(folder, 'heads.ndjson'),
    publishedHeadsPath: s.publishedHeads(s.practiceId),
    keysPem: await s.keys.publicKeyPem(s.practiceId),
  })
}
const eventAt = async (seq: number): Promise<string> =>
  (await s.owner.query('select event_id from audit.leaf where practice_id = $1 and seq = $2', [s.practiceId, seq])).rows[0].event_id
const size = async () => Number((await s.owner.query('select max(size) as n from audit.head where practice_id = $1', [s.practiceId])).rows[0].n)

it('an untouched trail verifies', async () => {
  expect(await check()).toMatchObject({ verified: true, events: await size(), firstBad: null })
})

// @proves 164.312(c)(1)
it('an edited event is found', async () => {
  await s.owner.query(`update audit.event set actor = 'usr_somebody_else' where id = $1`, [await eventAt(5)])
  expect(await check()).toMatchObject({ verified: false, firstBad: { position: 5, kind: 'edited' } })
})

it('an edited note of what was opened is found', async () => {
  const seq = (await size()) - 2
  await s.owner.query(`update audit.opened set what = '[]' where event_id = $1`, [await eventAt(seq)])
  expect(await check()).toMatchObject({ verified: false, firstBad: { position: seq, kind: 'edited' } })
})

it('a deleted event is found', async () => {
  const id = await eventAt(6)
  await s.owner.query('delete from audit.event where id = $1', [id])
  expect(await check()).toMatchObject({ verified: false, firstBad: { position: 6, kind: 'deleted' } })
})

it('an inserted event is found, with the numbering made to fit', async () => {
  await s.owner.query(`insert into audit.event select practice_id, 'evt_forged', at, xact, 'usr_forged', roles, via, action, purpose, patient_id, places, outcome, rule, request
    from audit.event where id = $1`, [await eventAt(4)])
  await s.owner.query('alter table audit.leaf drop constraint leaf_pkey')
  await s.owner.query('update audit.leaf set seq = seq + 1 where practice_id = $1 and seq >= 4', [s.practiceId])
  await s.owner.query(`insert into audit.leaf (practice_id, seq, event_id, hash) values ($1, 4, 'evt_forged', $2)`, [s.practiceId, Buffer.alloc(32)])
  const report = await check()
  expect(report).toMatchObject({ verified: false, firstBad: { position: 4 } })
})

it('two events that changed places are found', async () => {
  const [a, b] = [await eventAt(3), await eventAt(4)]
  await s.owner.query(`update audit.leaf set event_id = case event_id when $1 then 'swap' else $1 end where event_id in ($1, $2)`, [a, b])
  await s.owner.query(`update audit.leaf set event_id = $1 where event_id = 'swap'`, [b])
  expect(await check()).toMatchObject({ verified: false, firstBad: { position: 3 } })
})

it('a trail cut short is found, heads and all, because its heads were published outside', async () => {
  const cut = (await size()) - 4
  await s.owner.query('delete from audit.leaf where practice_id = $1 and seq >= $2', [s.practiceId, cut])
  await s.owner.query('delete from audit.head where practice_id = $1 and size > $2', [s.practiceId, cut])
  await s.owner.query('update audit.progress set below = $1::text::xid8', ['999999999'])
  expect(await check()).toMatchObject({ verified: false, firstBad: { position: cut, kind: 'truncated' } })
})
