import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { invalid } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { any } from '#kernel/policy.ts'
import { after, oneOf } from '#kernel/statement.ts'
import { directs, onCareTeam } from '#modules/access'
import { careTeam, CareKind, locationPass } from '#schema/access'
import { user } from '#schema/identity'
import { OfPatient, patient } from '#schema/patients'
import { treats } from './policy.ts'

const whose = ({ patientId }: z.infer<typeof OfPatient>) => patientId
const LONGEST_DAYS = 365
/** An emergency opens a record to one person; it is not hers to open it to others. */
const decidesOnTeam = any(treats, directs)

export const listCareTeam = action({
  name: 'care-team.list',
  does: 'see who takes part in a patient’s care',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: any(treats, directs, onCareTeam),
  input: OfPatient,
  output: z.array(careTeam.fields.pick({ id: true, userId: true, kind: true, addedAt: true, until: true }).extend({ name: z.string(), credential: z.string() })),
  run: async (tx, { patientId }) => {
    const team = await tx.list(careTeam, { patientId, until: after(tx.now), endedAt: null }, { orderBy: 'addedAt' })
    const people = team.length === 0 ? [] : await tx.list(user, { id: oneOf([...new Set(team.map((t) => t.userId))]) }, { open: ['name'] })
    const named = new Map(people.map((p) => [p.id, p]))
    return team.map((t) => ({ ...t, name: named.get(t.userId)?.name ?? '', credential: named.get(t.userId)?.credential ?? '' }))
  },
})

/** Opens the chart to a colleague for a time: she covers, consults, or has something to do for this patient. */
export const addToCareTeam = action({
  name: 'care-team.add',
  does: 'let a colleague take part in a patient’s care for a time',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: decidesOnTeam,
  input: OfPatient.extend({ userId: UserId, kind: CareKind, days: z.int().min(1).max(LONGEST_DAYS) }),
  output: z.object({ id: careTeam.fields.shape.id, until: z.string() }),
  run: async (tx, { patientId, userId, kind, days }) => {
    const [colleague, { locationIds }] = [await tx.find(user, { id: userId, active: true }, []), await tx.get(patient, { id: patientId }, [])]
    if (!colleague) throw invalid([{ path: 'userId', message: 'There is no such person on the team.' }])
    const until = afterDays(tx.now, days)
    const { id } = await tx.add(careTeam, { patientId, userId, kind, addedBy: UserId.parse(tx.actor.id), addedAt: tx.now, until })
    // A colleague at another location could not see her otherwise.
    if (!colleague.locationIds.some((at) => locationIds.includes(at)))
      await tx.add(locationPass, { userId, subject: patientId, kind: 'care-team', about: id, since: tx.now, until })
    return { id, until }
  },
})

export const endCareTeam = action({
  name: 'care-team.end',
  does: 'end a colleague’s part in a patient’s care',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: decidesOnTeam,
  input: OfPatient.extend({ careTeamId: careTeam.fields.shape.id }),
  output: z.object({}),
  run: async (tx, { patientId, careTeamId }) => {
    await tx.get(careTeam, { id: careTeamId, patientId })
    await tx.change(careTeam, { id: careTeamId, patientId, endedAt: null }, { endedAt: tx.now })
    const pass = await tx.find(locationPass, { subject: patientId, about: careTeamId, endedAt: null })
    if (pass) await tx.change(locationPass, { id: pass.id }, { endedAt: tx.now })
    return {}
  },
})
