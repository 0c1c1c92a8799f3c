import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { conflict, invalid, notFound } from '#kernel/errors.ts'
import { PatientId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { oneOf } from '#kernel/statement.ts'
import { openedOn } from '#modules/patients'
import { user } from '#schema/identity'
import { accessReason, FlagId, patient, patientFlag } from '#schema/patients'
import { meIn, namesOf } from './people.ts'
import { notHerOwnMark } from './policy.ts'
import { FlagLine, NewFlag } from './schema.ts'

const whose = ({ patientId }: { patientId: Value<typeof patientFlag>['patientId'] }) => patientId
const MOST_MARKED = 500
const nameOfPatient = ({ givenName, familyName, calledName }: Pick<Value<typeof patient>, 'givenName' | 'familyName' | 'calledName'>) => `${calledName ?? givenName} ${familyName}`

export const markPatient = action({
  name: 'oversight.mark',
  does: 'mark a patient as well known or as one of the team, so that her chart asks why it is opened',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  clashes: { one_vip_flag: 'This patient is marked already.', one_team_flag: 'This patient is marked already.' },
  input: NewFlag,
  output: z.object({ id: FlagId }),
  run: async (tx, { patientId, kind, userId, reason }) => {
    if ((kind === 'team') !== (userId !== undefined)) throw invalid([{ path: 'userId', message: kind === 'team' ? 'Say who of the team it is.' : 'Only for one of the team.' }])
    if (userId && !(await tx.has(user, { id: userId }))) throw invalid([{ path: 'userId', message: 'There is no such person.' }])
    await tx.get(patient, { id: patientId }, [])
    return tx.add(patientFlag, { patientId, kind, ...(userId ? { userId } : {}), reason, setBy: tx.actor.id, setAt: tx.now, openedFor: [] })
  },
})

export const unmarkPatient = action({
  name: 'oversight.unmark',
  does: 'take a mark from a patient',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: notHerOwnMark,
  input: z.object({ patientId: PatientId, flagId: FlagId }),
  output: z.object({}),
  run: async (tx, { patientId, flagId }) => {
    await tx.get(patient, { id: patientId }, [])
    const { endedAt } = await tx.lock(patientFlag, { id: flagId, patientId })
    if (endedAt) throw conflict('This mark has ended already.')
    await tx.change(patientFlag, { id: flagId, patientId }, { endedAt: tx.now, endedBy: tx.actor.id })
    return {}
  },
})

export const listMarked = action({
  name: 'oversight.marked',
  does: 'see which patients are marked as well known or of the team',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({}),
  output: z.array(FlagLine),
  run: async (tx) => {
    const flags = await tx.list(patientFlag, { endedAt: null }, { orderBy: 'setAt', descending: true, limit: MOST_MARKED })
    if (flags.length === 0) return []
    const people = await tx.list(patient, { id: oneOf([...new Set(flags.map((f) => f.patientId))]) }, { open: ['givenName', 'familyName', 'calledName'], limit: MOST_MARKED })
    const names = new Map(people.map((p) => [p.id, nameOfPatient(p)]))
    const nameOf = await namesOf(tx, flags.flatMap((f) => [f.setBy, f.userId]))
    return flags.map((f) => ({ ...f, patientName: names.get(f.patientId) ?? '', setByName: nameOf(f.setBy), ...(f.userId ? { whoName: nameOf(f.userId) } : {}) }))
  },
})

/** The fix of a marked chart's refusal: the reason is kept, and this person's charts of today open. Whoever may not read the chart gains nothing. */
export const giveReason = action({
  name: 'oversight.reason',
  does: 'say why she opens the chart of a marked patient',
  purpose: 'treatment',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: z.object({ patientId: PatientId, reason: z.string().trim().min(10, 'Say in at least 10 characters why. Somebody will read it.').max(500) }),
  output: z.object({}),
  run: async (tx, { patientId, reason }) => {
    if (!(await tx.has(patient, { id: patientId }))) throw notFound('patient')
    await tx.add(accessReason, { patientId, userId: meIn(tx), reason, at: tx.now })
    const today = openedOn(tx.actor.id, tx.now)
    const [, day = ''] = today.split(' ')
    for (const { id } of await tx.list(patientFlag, { patientId, endedAt: null }, { open: [] })) {
      const { openedFor } = await tx.lock(patientFlag, { id, patientId })
      // Those of other days have had their time; the reasons themselves stay on record.
      await tx.change(patientFlag, { id, patientId }, { openedFor: [...new Set([...openedFor.filter((entry) => entry.endsWith(` ${day}`)), today])] })
    }
    return {}
  },
})
