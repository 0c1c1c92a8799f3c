import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import { patient, patientFlag } from '#schema/patients'
import { staffHome, watchProgress } from './schema.ts'

const MOST_ALIKE = 20
const NATIONAL_DIGITS = 10

/** Who of the patients is reached under an address or number of somebody of the team. By blind index: only those who match are opened. */
const alike = async (tx: Tx, email: string, phone: string | undefined) => {
  const byEmail = await tx.search(patient, email, { open: ['email'], only: [], limit: MOST_ALIKE })
  const digits = phone?.replace(/\D/g, '') ?? ''
  const byPhone = digits.length >= NATIONAL_DIGITS ? await tx.search(patient, digits, { open: ['phone'], only: [], limit: MOST_ALIKE }) : []
  return [...new Set([...byEmail, ...byPhone].map((p) => p.id))]
}

/** Marks patients who are reached like somebody of the team. What a person has once taken back stays so. */
export const detectTeam = action({
  name: 'oversight.detect',
  does: 'find patients who are of the team, by equal e-mail address or phone number',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: z.object({}),
  output: z.object({ marked: z.int() }),
  run: async (tx) => {
    const team = await tx.list(user, { active: true }, { open: ['email'] })
    const homes = new Map((await tx.list(staffHome, {}, { open: ['phone'] })).map((h): [string, string | undefined] => [h.userId, h.phone]))
    let marked = 0
    for (const { id: userId, email } of team) {
      for (const patientId of await alike(tx, email, homes.get(userId))) {
        if (await tx.has(patientFlag, { patientId, userId })) continue
        await tx.add(patientFlag, { patientId, kind: 'team', userId, setBy: tx.actor.id, setAt: tx.now, openedFor: [] })
        marked++
      }
    }
    const known = await tx.find(watchProgress, {})
    if (known) await tx.change(watchProgress, { id: known.id }, { detectedAt: tx.now })
    else await tx.add(watchProgress, { seq: 0, lookedAt: tx.now, detectedAt: tx.now })
    return { marked }
  },
})
