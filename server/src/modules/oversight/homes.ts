import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { UserId } from '#kernel/id.ts'
import { job } from '#kernel/job.ts'
import type { Tx } from '#kernel/tx.ts'
import { user } from '#schema/identity'
import { detectTeam } from './detect.ts'
import { ownOrManages } from './policy.ts'
import { HomeView, staffHome } from './schema.ts'

const nobody = () => '-'
const Whose = z.object({ userId: UserId.optional() })
const personOf = (tx: Tx, userId: z.infer<typeof UserId> | undefined) => userId ?? UserId.parse(tx.actor.id)

export const detectJob = job({
  name: 'oversight.detect',
  grants: ['oversight.detect'],
  input: z.object({}),
  run: async ({ perform, actor }) => {
    await perform(detectTeam, actor, {})
  },
})

export const viewHome = action({
  name: 'home.view',
  does: 'see the own private address and number, with which openings are compared',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: ownOrManages,
  input: Whose,
  output: HomeView,
  run: async (tx, { userId }) => {
    const who = await tx.get(user, { id: personOf(tx, userId) }, ['name'])
    const home = await tx.find(staffHome, { userId: who.id })
    return { userId: who.id, name: who.name, ...(home ? { address: home.address, phone: home.phone, changedAt: home.changedAt } : {}) }
  },
})

export const saveHome = action({
  name: 'home.save',
  does: 'enter the own private address and number',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: ownOrManages,
  input: Whose.extend({ address: z.string().trim().max(300).default(''), phone: z.string().trim().max(40).default('') }),
  output: z.object({}),
  run: async (tx, { userId, address, phone }) => {
    const who = await tx.get(user, { id: personOf(tx, userId) }, [])
    const known = await tx.find(staffHome, { userId: who.id }, [])
    const is = { changedAt: tx.now, changedBy: tx.actor.id }
    if (known) await tx.change(staffHome, { id: known.id }, { address: address || null, phone: phone || null, ...is })
    else await tx.add(staffHome, { userId: who.id, ...(address ? { address } : {}), ...(phone ? { phone } : {}), ...is })
    await tx.enqueue(detectJob, {})
    return {}
  },
})
