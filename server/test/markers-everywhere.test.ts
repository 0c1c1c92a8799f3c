import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { roleAlone } from '#kernel/policy.ts'
import { RECORDS } from '#kernel/record.ts'
import { operator } from '#kernel/roles.ts'
import { spa, type Spa } from './harness.ts'
import { TOMORROW } from './inputs.ts'
import { makeWorld } from './world.ts'

const MARK = 'Qz7sealed'
const CLEAR = 'Vx4plainly'
/** Texts of a form of its own (dates, numbers, choices) hold no word that could be looked for. */
const MOST_WITHOUT_WORDS = 0.35

const readAll = action({
  name: 'test.read-back', does: 'read back what a test planted', purpose: 'operations', phi: 'clinical', patient: () => '*', allow: roleAlone,
  input: z.object({ ids: z.record(z.string(), z.string()) }), output: z.array(z.string()),
  run: async (tx, { ids }) => {
    const texts: string[] = []
    for (const rec of RECORDS.values()) {
      const id = ids[rec.prefix]
      if (rec.sealed.size === 0 || id === undefined) continue
      for (const row of await tx.list(rec, { id })) for (const field of rec.sealed) texts.push(JSON.stringify(Object(row)[field] ?? ''))
    }
    return texts
  },
})
const readBack = (s: Spa, ids: ReadonlyMap<string, string>) => s.perform(readAll, operator(s.practiceId, 'test', ['test.read-back']), { ids: Object.fromEntries(ids) })

// @proves 164.312(a)(2)(iv)
it('no sealed field of any record there is can be read in database files, write-ahead log or dump', async () => {
  const s = await spa()
  try {
    const { id } = await s.patient()
    const { id: userId } = await s.person(['front-desk'])
    const world = await makeWorld(s, {
      words: CLEAR, sealedWords: MARK, practiceId: s.practiceId, given: { pat: id, usr: userId, loc: s.locationId },
      // Signed, so that the hash of what was signed is there.
      more: { treatment_note: { state: 'signed', signedAt: TOMORROW } },
    })

    // Nothing is proved of a field that holds nothing, or nothing that could be found.
    const fields = [...RECORDS.values()].flatMap((rec) => [...rec.sealed].map((field) => ({ rec, field })))
    const planted = fields.filter(({ rec }) => !['pat', 'usr'].includes(rec.prefix))
    for (const { rec, field } of planted) {
      const { rows } = await s.owner.query(`select 1 from ${rec.table} where id = $1 and ${rec.columns.get(field)} is not null`, [world.ids.get(rec.prefix)])
      expect(rows, `${rec.table}.${field} holds nothing`).toHaveLength(1)
    }

    const places: [name: string, bytes: Buffer][] = []
    const { rows: tables } = await s.owner.query(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`)
    for (const { name } of tables) for (const { line } of (await s.owner.query(`select x::text as line from ${name} x`)).rows) places.push([`dump of ${name}`, Buffer.from(line)])
    await s.owner.query('checkpoint')
    const { rows: [where] } = await s.owner.query(`select current_setting('data_directory') as folder, (select oid from pg_database where datname = current_database()) as oid`)
    for (const part of [join('base', String(where.oid)), 'pg_wal']) {
      const folder = join(where.folder, part)
      for (const file of readdirSync(folder, { withFileTypes: true })) if (file.isFile()) places.push([`${part}/${file.name}`, readFileSync(join(folder, file.name))])
    }
    expect(places.filter(([, bytes]) => bytes.includes(MARK)).map(([name]) => name)).toEqual([])
    // The same search finds what lies in the clear on purpose, in each of the three kinds of places.
    const control = places.filter(([, bytes]) => bytes.includes(CLEAR)).map(([name]) => name.split(/[ /]/)[0])
    expect(new Set(control)).toEqual(new Set(['dump', 'base', 'pg_wal']))
    // And the application reads them back, so they were there.
    const opened = await readBack(s, world.ids)
    expect(opened.filter((text) => text.includes(MARK)).length / planted.length).toBeGreaterThan(1 - MOST_WITHOUT_WORDS)
  } finally {
    await s.close()
  }
}, 120_000)
