import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { PatientId, UserId } from '#kernel/id.ts'
import { job } from '#kernel/job.ts'
import { roleAlone } from '#kernel/policy.ts'
import { grantsIn } from '#kernel/roles.ts'
import { after, before, oneOf } from '#kernel/statement.ts'
import { timed } from '#kernel/timed.ts'
import type { Tx } from '#kernel/tx.ts'
import { rolesOfPractice } from '#modules/identity'
import { dateIn, localDay } from '#modules/scheduling'
import { user } from '#schema/identity'
import { patient, patientFlag } from '#schema/patients'
import { location } from '#schema/practices'
import { detectTeam } from './detect.ts'
import { linkOf, type Standing } from './links.ts'
import { LOOKING_AFTER, looksOf, openingOf, type Look } from './openings.ts'
import { isNamed, isSameHouse, surnameOf } from './resemblance.ts'
import { staffHome, suspicion, suspicionMute, volumeDay, watchProgress, type SuspicionKind } from './schema.ts'
import { tracesFor } from './traces.ts'
import { DAYS_COMPARED, isUnusual, usualOf } from './volume.ts'

const BATCH = 500
const MOST_BATCHES = 40
const EVERY_MINUTES = 5
const MOST_EVENTS_KEPT = 20
const MOST_NAMESAKES = 200
const DETECT_EVERY_MS = 24 * 3_600_000

const pairOf = ({ userId, patientId }: { userId: string; patientId: string }) => `${userId} ${patientId}`
const ids = <T extends string>(values: readonly string[], type: { parse: (value: string) => T }): T[] => [...new Set(values)].map((value) => type.parse(value))

/** Whose family name, or house, a patient has whom she opened. Of the patients only those who may be meant are opened. */
const resemblances = async (tx: Tx, looks: readonly Look[]): Promise<(look: Look) => SuspicionKind[]> => {
  const byUser = Map.groupBy(looks, (l) => l.userId)
  const userIds = ids([...byUser.keys()], UserId)
  const [people, homes] = await Promise.all([
    tx.list(user, { id: oneOf(userIds) }, { open: ['name'] }),
    tx.list(staffHome, { userId: oneOf(userIds) }, { open: ['address'] }),
  ])
  const found = new Map<string, SuspicionKind[]>()
  const note = (userId: string, patientId: string, kind: SuspicionKind) => found.set(pairOf({ userId, patientId }), [...(found.get(pairOf({ userId, patientId })) ?? []), kind])
  for (const { id, name } of people) {
    const among = [...new Set((byUser.get(id) ?? []).map((l) => l.patientId))]
    const surname = surnameOf(name)
    if (surname.length > 1)
      for (const namesake of await tx.search(patient, surname, { open: ['familyName'], only: [], limit: MOST_NAMESAKES, among }))
        if (isNamed(namesake.familyName, surname)) note(id, namesake.id, 'same-surname')
    const address = homes.find((h) => h.userId === id)?.address
    if (!address) continue
    for (const one of await tx.list(patient, { id: oneOf(among) }, { open: ['address'] })) if (one.address && isSameHouse(address, one.address)) note(id, one.id, 'same-address')
  }
  return (look) => found.get(pairOf(look)) ?? []
}

const marked = async (tx: Tx, looks: readonly Look[]): Promise<(look: Look) => SuspicionKind[]> => {
  const flags = await tx.list(patientFlag, { patientId: oneOf(ids(looks.map((l) => l.patientId), PatientId)), endedAt: null }, { open: [] })
  const byPatient = Map.groupBy(flags, (f): string => f.patientId)
  return ({ userId, patientId }) => {
    const of = byPatient.get(patientId) ?? []
    const kind = ({ kind: flagged, userId: who }: (typeof of)[number]): SuspicionKind => (flagged === 'vip' ? 'vip' : who === userId ? 'same-contact' : 'staff-patient')
    return [...new Set(of.map(kind))]
  }
}

const muted = async (tx: Tx, looks: readonly Look[]): Promise<(look: Look, kind: SuspicionKind) => boolean> => {
  const of = { patientId: oneOf(ids(looks.map((l) => l.patientId), PatientId)), userId: oneOf(ids(looks.map((l) => l.userId), UserId)) }
  const mutes = await tx.list(suspicionMute, { ...of, endedAt: null, until: after(tx.now) }, { open: [] })
  const known = new Set(mutes.map((m) => `${pairOf(m)} ${m.kind}`))
  return (look, kind) => known.has(`${pairOf(look)} ${kind}`)
}

const standings = async (tx: Tx): Promise<(look: Look) => Standing> => {
  const roles = await rolesOfPractice(tx)
  return ({ roles: held }) => {
    const grants = new Set(grantsIn(roles, held))
    const basedOn = held.map((name) => roles.get(name)?.basedOn ?? name)
    return { office: grants.has('appointment.book') || grants.has('checkout.pay'), clinical: grants.has('chart.open'), director: basedOn.includes('medical-director') }
  }
}

interface Volume {
  patientsThatDay: number
  usualPatients: number
}
/** Counts the day of each person anew, and tells whose is far above her own normal, once a day. */
const volumes = async (tx: Tx, looks: readonly Look[], timeZone: string): Promise<(look: Look) => Volume | undefined> => {
  const unusual = new Map<string, Volume>()
  for (const [day, of] of Map.groupBy(looks, (l) => l.day)) {
    const { startMs, endMs } = localDay(day, timeZone)
    const userIds = ids(of.map((l) => l.userId), UserId)
    const counts = await tx.trailPatients({ actors: userIds, from: new Date(startMs).toISOString(), to: new Date(endMs).toISOString(), without: LOOKING_AFTER })
    for (const userId of userIds) {
      const patients = counts.get(userId) ?? 0
      const known = await tx.find(volumeDay, { userId, day })
      const earlier = await tx.list(volumeDay, { userId, day: before(day) }, { orderBy: 'day', descending: true, limit: DAYS_COMPARED })
      const usual = earlier.map((d) => d.patients).toReversed()
      const isNew = known?.flagged !== true && isUnusual(patients, usual)
      if (isNew) unusual.set(`${userId} ${day}`, { patientsThatDay: patients, usualPatients: Math.round(usualOf(usual).mean) })
      const flagged = known?.flagged === true || isNew
      if (known) await tx.change(volumeDay, { id: known.id }, { patients, flagged })
      else if (patients > 0) await tx.add(volumeDay, { userId, day, patients, flagged })
    }
  }
  // It is laid at the last patient of the day so far: one line for a person and a day.
  const lastLook = new Map([...looks].toSorted((a, b) => (a.openings.at(-1)?.at ?? '').localeCompare(b.openings.at(-1)?.at ?? '')).map((l) => [`${l.userId} ${l.day}`, l]))
  return (look) => (lastLook.get(`${look.userId} ${look.day}`) === look ? unusual.get(`${look.userId} ${look.day}`) : undefined)
}

/** One row for each person, patient and day: what is found later is added to it, and a new cause opens it again. */
const raise = async (tx: Tx, look: Look, kinds: readonly SuspicionKind[], volume: Volume | undefined): Promise<'new' | 'known'> => {
  const [userId, patientId] = [UserId.parse(look.userId), PatientId.parse(look.patientId)]
  const [first, last] = [look.openings[0]?.at ?? tx.now, look.openings.at(-1)?.at ?? tx.now]
  const eventIds = look.openings.map((o) => o.eventId)
  const clinical = look.openings.some((o) => o.clinical)
  const known = await tx.find(suspicion, { userId, patientId, day: look.day }, [])
  if (!known) {
    await tx.add(suspicion, {
      userId, patientId, day: look.day, kinds: [...kinds], clinical, eventIds: eventIds.slice(0, MOST_EVENTS_KEPT), openings: eventIds.length, firstAt: first, lastAt: last, state: 'open', ...volume,
    })
    return 'new'
  }
  const all = [...new Set([...known.kinds, ...kinds])]
  const isOpenAgain = all.length > known.kinds.length && known.state !== 'open'
  await tx.change(suspicion, { id: known.id, patientId }, {
    kinds: all, clinical: known.clinical || clinical, eventIds: [...new Set([...known.eventIds, ...eventIds])].slice(0, MOST_EVENTS_KEPT),
    openings: known.openings + eventIds.length, lastAt: last > known.lastAt ? last : known.lastAt, ...volume,
    ...(isOpenAgain ? { state: 'open' as const, closedAt: null, closedBy: null } : {}),
  })
  return isOpenAgain ? 'new' : 'known'
}

/**
 * Looks through what was sealed since the last time, a bounded part at once. Where it stands and what it found commit together: nothing is
 * found twice, and nothing is missed.
 * @hipaa 164.308(a)(1)(ii)(D) information system activity review
 */
export const watchTrail = action({
  name: 'trail.watch',
  does: 'look through new events of the trail for records that were opened without visible cause',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({}),
  output: z.object({ looked: z.int(), raised: z.int(), more: z.boolean() }),
  run: async (tx) => {
    const known = await tx.find(watchProgress, {})
    const { id, seq } = known ? await tx.lock(watchProgress, { id: known.id }) : await tx.add(watchProgress, { seq: 0, lookedAt: tx.now })
    const lines = await tx.trailFrom(seq, BATCH)
    const [place] = await tx.list(location, {}, { orderBy: 'name', limit: 1 })
    const timeZone = place?.timeZone ?? 'UTC'
    const looks = looksOf(lines.flatMap((line) => openingOf(line) ?? []), (at) => dateIn(timeZone, at))
    let raised = 0
    if (looks.length > 0) {
      const [tracesOf, resemblanceOf, markOf, isMuted, standingOf] = await Promise.all([
        tracesFor(tx, looks), resemblances(tx, looks), marked(tx, looks), muted(tx, looks), standings(tx),
      ])
      const volumeOf = await volumes(tx, looks, timeZone)
      for (const look of looks) {
        const [traces, standing] = [tracesOf(look), standingOf(look)]
        const isLinked = look.openings.every((o) => linkOf(look.userId, standing, o.at, traces) !== undefined)
        const volume = volumeOf(look)
        const kinds = [...(isLinked ? [] : (['no-link'] as const)), ...resemblanceOf(look), ...markOf(look), ...(volume ? (['volume'] as const) : [])].filter((kind) => !isMuted(look, kind))
        if (kinds.length > 0 && (await raise(tx, look, kinds, volume)) === 'new') raised++
      }
    }
    await tx.change(watchProgress, { id }, { seq: (lines.at(-1)?.seq ?? seq - 1) + 1, lookedAt: tx.now })
    return { looked: lines.length, raised, more: lines.length === BATCH }
  },
})

/** Whether there is anything but its own last look: a practice at rest writes no events about itself. */
export const watchIsDue = action({
  name: 'oversight.is-due',
  does: 'see whether the trail has grown since it was last looked through',
  purpose: 'operations',
  phi: 'none',
  patient: () => '-',
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.object({ watch: z.boolean(), detect: z.boolean() }),
  run: async (tx) => {
    const { head } = await tx.selfCheck(tx.now)
    const known = await tx.find(watchProgress, {})
    const isDetected = known?.detectedAt !== undefined && Date.parse(known.detectedAt) + DETECT_EVERY_MS > Date.parse(tx.now)
    return { watch: (head?.size ?? 0) - (known?.seq ?? 0) > 1, detect: !isDetected }
  },
})

export const watchJob = job({
  name: 'oversight.watch',
  grants: ['trail.watch', 'oversight.is-due', 'oversight.detect'],
  input: z.object({}),
  run: async ({ perform, actor }) => {
    const due = await perform(watchIsDue, actor, {})
    // Who of the team is a patient is known before anybody is judged by it.
    if (due.detect) await perform(detectTeam, actor, {})
    for (let n = 0; due.watch && n < MOST_BATCHES; n++) if (!(await perform(watchTrail, actor, {})).more) break
  },
})
timed(watchJob, { everyMinutes: EVERY_MINUTES })

/** The reviewer does not wait for the clock. */
export const watchNow = action({
  name: 'oversight.watch-now',
  does: 'have new events of the trail looked through at once',
  purpose: 'operations',
  phi: 'none',
  patient: () => '-',
  allow: roleAlone,
  input: z.object({}),
  output: z.object({}),
  run: async (tx) => {
    await tx.enqueue(watchJob, {})
    return {}
  },
})
