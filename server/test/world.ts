import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { newId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { RECORDS, type Rec } from '#kernel/record.ts'
import { operator } from '#kernel/roles.ts'
import { createPractice } from '#modules/practices'
import type { Spa } from './harness.ts'
import { schemaOf, TOMORROW, valueOf } from './inputs.ts'

/** One row of every record there is, all belonging together: a patient with everything that can be known of her. */
export interface World {
  practiceId: string
  /** By the prefix of the id: `pat`, `apt`, `usr`. */
  ids: Map<string, string>
  /** Stands in every text of this world. */
  words: string
}

const plant = action({
  name: 'test.plant', does: 'plant a row in a test', purpose: 'operations', phi: 'clinical', patient: () => '*', allow: roleAlone,
  input: z.object({ table: z.string(), value: z.record(z.string(), z.unknown()) }), output: z.object({}),
  run: async (tx, { table, value }) => {
    const rec = RECORDS.get(table)
    if (!rec) throw new Error(`there is no record ${table}`)
    await tx.add(rec, value)
    return {}
  },
})

/** What the checks of the tables ask for beyond the types of the fields. */
const FITTING: Record<string, Record<string, unknown>> = {
  // Over, so that they make no relation where a test wants none.
  departure: { by: newId('usr') },
  suspicion_mute: { setBy: newId('usr') },
  campaign: { quarter: '2026-Q4' },
  campaign_item: { holds: ['role:front-desk'] },
  campaign_decision: { hold: 'role:front-desk', decidedBy: newId('usr') },
  break_glass: { closedAt: TOMORROW },
  care_team: { endedAt: TOMORROW },
  location_pass: { endedAt: TOMORROW },
  appointment: { endsAt: new Date(Date.parse(TOMORROW) + 1_800_000).toISOString() },
  consent: { decision: 'declined', method: 'none' },
  device_policy: { personalRoles: ['owner'], alsoRequired: ['laptop:jailbreak'], oldest: ['macos 15'] },
  // As whom it acts is set by whoever needs it: the row's own patient is known only then.
  patient_session: { selfId: newId('pat'), scopes: ['forms', 'visits', 'messages'] },
  working_hours: { fromMinute: 540, toMinute: 1020 },
}

/** Every sealed field of a record, those that may be left out as well, with these words in whatever text it holds. */
const sealedOf = (rec: Rec, words: string | undefined): Record<string, unknown> => {
  const shape: Record<string, z.ZodType> = rec.fields.shape as Record<string, z.ZodType>
  const fields = words === undefined ? [] : [...rec.sealed]
  return Object.fromEntries(fields.flatMap((field) => {
    const type = shape[field]
    return type ? [[field, valueOf(schemaOf(type), { words: words ?? '', which: 'all', ids: newId }, field)]] : []
  }))
}

/**
 * Plants a row of every record, whatever records there are: ids lead to the rows of the same world. Those that need another row wait for it.
 * `given`: ids of rows that are there already.
 */
export const makeWorld = async (s: Spa, of: { words: string; sealedWords?: string; practiceId: string; given: Record<string, string>; more?: Record<string, Record<string, unknown>> }): Promise<World> => {
  const { words, practiceId, given } = of
  const all = [...RECORDS.values()]
  const ids = new Map(all.map((rec) => [rec.prefix, given[rec.prefix] ?? newId(rec.prefix)]))
  const who = operator(practiceId, 'test', ['test.plant'])
  // Nobody is her own manager.
  const managerId = newId('usr')
  const managers = RECORDS.get('app_user')
  if (managers && given['usr'] !== managerId) {
    const made = valueOf(schemaOf(managers.fields), { words: `${words} Manager`, which: [], ids: (prefix) => (prefix === 'usr' ? managerId : (ids.get(prefix) ?? newId(prefix))) })
    await s.perform(plant, who, { table: 'app_user', value: { ...Object(made), email: `${managerId}@example.test` } })
  }
  let waiting = all.filter((rec) => given[rec.prefix] === undefined && rec.prefix !== 'prc')
  while (waiting.length > 0) {
    const left: typeof waiting = []
    let why: unknown
    for (const rec of waiting) {
      const made = valueOf(schemaOf(rec.fields), { words, which: [], ids: (prefix) => ids.get(prefix) ?? newId(prefix) })
      const value = { ...Object(made), ...sealedOf(rec, of.sealedWords), ...FITTING[rec.table], ...(rec.table === 'manages' ? { managerId } : {}), ...of.more?.[rec.table] }
      await s.perform(plant, who, { table: rec.table, value }).catch((error: unknown) => {
        left.push(rec)
        why = error
      })
    }
    if (left.length === waiting.length) throw new Error(`no row could be planted of ${left.map((r) => r.table).join(', ')}: say in FITTING what its checks ask for`, { cause: why })
    waiting = left
  }
  return { practiceId, ids, words }
}

/** A second practice in the same database. */
export const makePractice = async (s: Spa, name: string) => {
  const practiceId = newId('prc')
  const { locationId } = await s.perform(createPractice, operator(practiceId, 'test', ['practice.create']), {
    practice: { name, phone: '' }, location: { name, address: name, timeZone: 'UTC' },
  })
  return { practiceId, locationId }
}
