import { z } from 'zod'
import { action, ACTIONS } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { conflict } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { after, before as earlierThan, from, other, within } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { accessReason, patient } from '#schema/patients'
import { LOOKING_AFTER } from './openings.ts'
import { meIn, namesOf } from './people.ts'
import { forSomebodyElse, notAboutHerself } from './policy.ts'
import {
  Judgement, KindRate, MuteId, MuteLine, NewMute, OfSuspicion, Queue, QueueQuestion, suspicion, SuspicionKind, suspicionMute, SuspicionView, watchProgress,
} from './schema.ts'
import { saidOf } from './words.ts'

const PAGE = 50
const RATED_DAYS = 90
const MOST_RATED = 5_000
const MOST_EVENTS = 50
const whose = ({ patientId }: { patientId: Value<typeof suspicion>['patientId'] }) => patientId

type Row = Value<typeof suspicion>
const lineOf = (row: Row, nameOf: (id: string | undefined) => string) => ({
  ...row, who: nameOf(row.userId), said: saidOf(row), ...(row.closedBy ? { closedByName: nameOf(row.closedBy) } : {}),
})

/** How often each cause turned out to be nothing: what the practice should mute, and what Nacre should judge better. */
const ratesOf = async (tx: Tx): Promise<z.infer<typeof KindRate>[]> => {
  const closed = await tx.list(suspicion, { closedAt: from(afterDays(tx.now, -RATED_DAYS)) }, { open: [], limit: MOST_RATED })
  return SuspicionKind.options.flatMap((kind) => {
    const of = closed.filter((row) => row.kinds.includes(kind))
    return of.length === 0 ? [] : [{ kind, closed: of.length, falseAlarms: of.filter((row) => row.state === 'false-alarm').length }]
  })
}

/** Without what is about whoever asks: she learns of it from whoever looks at it. */
export const listSuspicions = action({
  name: 'oversight.list',
  does: 'see which records were opened without visible cause, without whose they are',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: QueueQuestion,
  output: Queue,
  run: async (tx, { state, before }) => {
    const which = { userId: other(tx.actor.id), state: state === 'open' ? ('open' as const) : other('open'), ...(before ? { lastAt: earlierThan(before) } : {}) }
    const rows = await tx.list(suspicion, which, { open: [], orderBy: 'lastAt', descending: true, limit: PAGE + 1 })
    const page = rows.slice(0, PAGE)
    const [nameOf, rates, progress] = await Promise.all([namesOf(tx, page.flatMap((r) => [r.userId, r.closedBy])), ratesOf(tx), tx.find(watchProgress, {})])
    const next = rows.length > PAGE ? page.at(-1)?.lastAt : undefined
    return { items: page.map((row) => lineOf(row, nameOf)), rates, ...(next ? { next } : {}), ...(progress ? { lookedAt: progress.lookedAt } : {}) }
  },
})

const fullName = ({ givenName, familyName, calledName }: Pick<Value<typeof patient>, 'givenName' | 'familyName' | 'calledName'>) => `${calledName ?? givenName} ${familyName}`

/** One of them with the patient's name and what was done: opened one by one, on record in her trail. Reads the trail, hence its name. */
export const openSuspicion = action({
  name: 'trail.suspicion',
  does: 'see whose record was opened without visible cause, and what was done with it',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: notAboutHerself,
  input: OfSuspicion,
  output: SuspicionView,
  run: async (tx, { suspicionId, patientId }) => {
    const row = await tx.get(suspicion, { id: suspicionId, patientId })
    const { userId, firstAt, lastAt } = row
    const span = { from: firstAt, to: new Date(Date.parse(lastAt) + 1).toISOString() }
    const [nameOf, who, lines, reasons, mutes] = await Promise.all([
      namesOf(tx, [userId, row.closedBy]),
      tx.get(patient, { id: patientId }, ['givenName', 'familyName', 'calledName']),
      tx.trail({ patientId, actor: userId, outcome: 'done', ...span, limit: MOST_EVENTS }),
      tx.list(accessReason, { patientId, userId, at: within(afterDays(firstAt, -1), span.to) }, { orderBy: 'at' }),
      tx.list(suspicionMute, { patientId, userId, endedAt: null, until: after(tx.now) }),
    ])
    return {
      ...lineOf(row, nameOf),
      patientName: fullName(who),
      events: lines.filter((l) => !LOOKING_AFTER.includes(l.action.split('.')[0] ?? '')).map((l) => ({ at: new Date(l.at).toISOString(), does: ACTIONS.get(l.action)?.does ?? l.action })).toReversed(),
      reasons,
      mutes,
    }
  },
})

export const closeSuspicion = action({
  name: 'oversight.close',
  does: 'judge an opening without visible cause: justified, a false alarm or an incident',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: notAboutHerself,
  input: Judgement,
  output: z.object({}),
  run: async (tx, { suspicionId, patientId, verdict, note }) => {
    // Only of patients who come to where the reviewer works: the row itself knows no place.
    await tx.get(patient, { id: patientId }, [])
    const row = await tx.lock(suspicion, { id: suspicionId, patientId })
    if (row.state !== 'open') throw conflict('Somebody has judged this already. Look again.')
    await tx.change(suspicion, { id: suspicionId, patientId, state: 'open' }, { state: verdict, note, closedAt: tx.now, closedBy: meIn(tx) })
    return {}
  },
})

/** A nurse treats her sister, with permission: one cause is silent for this pair, until then. */
export const muteKind = action({
  name: 'oversight.mute',
  does: 'let one cause raise nothing for one person and one patient, for a while',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: forSomebodyElse,
  input: NewMute,
  output: MuteLine,
  run: async (tx, { days, ...mute }) => {
    await tx.get(patient, { id: mute.patientId }, [])
    return tx.add(suspicionMute, { ...mute, setBy: meIn(tx), setAt: tx.now, until: afterDays(tx.now, days) })
  },
})

const OfMute = z.object({ muteId: MuteId, patientId: OfSuspicion.shape.patientId })
export const endMute = action({
  name: 'oversight.unmute',
  does: 'end such a permission',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OfMute,
  output: z.object({}),
  run: async (tx, { muteId, patientId }) => {
    await tx.get(patient, { id: patientId }, [])
    const { endedAt } = await tx.lock(suspicionMute, { id: muteId, patientId })
    if (endedAt) throw conflict('This has ended already.')
    await tx.change(suspicionMute, { id: muteId, patientId }, { endedAt: tx.now, endedBy: tx.actor.id })
    return {}
  },
})
