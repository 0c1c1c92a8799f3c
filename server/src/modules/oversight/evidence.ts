import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { roleAlone } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import { oneOf } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { OneCampaign } from './campaign.ts'
import { toCsv } from './csv.ts'
import { namesOf } from './people.ts'
import { dueAtOf } from './quarter.ts'
import { campaign, campaignDecision, campaignItem, CampaignLine, CampaignReport } from './schema.ts'

const nobody = () => '-'
const MOST = 20_000
const MOST_CAMPAIGNS = 40

type Campaign = Value<typeof campaign>
const stateOf = ({ openedAt, closedAt }: Campaign, now: string) => (closedAt ? ('finished' as const) : dueAtOf(openedAt) <= now ? ('overdue' as const) : ('open' as const))

const linesOf = async (tx: Tx, campaigns: readonly Campaign[]): Promise<z.infer<typeof CampaignLine>[]> => {
  if (campaigns.length === 0) return []
  const of = { campaignId: oneOf(campaigns.map((c) => c.id)) }
  const [items, removed, nameOf] = await Promise.all([
    tx.list(campaignItem, of, { limit: MOST }), tx.list(campaignDecision, { ...of, decision: 'removed' }, { open: [], limit: MOST }), namesOf(tx, campaigns.map((c) => c.openedBy)),
  ])
  return campaigns.map((c) => {
    const own = items.filter((i) => i.campaignId === c.id)
    return {
      ...c, people: own.length, done: own.filter((i) => i.doneAt).length, removed: removed.filter((d) => d.campaignId === c.id).length,
      dueAt: dueAtOf(c.openedAt), state: stateOf(c, tx.now), openedByName: nameOf(c.openedBy),
    }
  })
}

export const listCampaigns = action({
  name: 'campaign.list',
  does: 'see the reviews of access',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.array(CampaignLine),
  run: async (tx) => linesOf(tx, await tx.list(campaign, {}, { orderBy: 'openedAt', descending: true, limit: MOST_CAMPAIGNS })),
})

const reportOf = async (tx: Tx, campaignId: Campaign['id']): Promise<z.infer<typeof CampaignReport>> => {
  const found = await tx.get(campaign, { id: campaignId })
  const [[line], items, decisions] = await Promise.all([
    linesOf(tx, [found]), tx.list(campaignItem, { campaignId }, { limit: MOST }), tx.list(campaignDecision, { campaignId }, { orderBy: 'decidedAt', limit: MOST }),
  ])
  const nameOf = await namesOf(tx, [...items.flatMap((i) => [i.userId, i.reviewerId, i.escalatedFrom]), ...decisions.map((d) => d.decidedBy)])
  const whole = CampaignLine.parse(line)
  return {
    ...whole,
    items: items.map((item) => {
      const own = decisions.filter((d) => d.userId === item.userId)
      return {
        userId: item.userId, name: nameOf(item.userId), ...(item.reviewerId ? { reviewerName: nameOf(item.reviewerId) } : {}),
        ...(item.escalatedFrom ? { escalatedFromName: nameOf(item.escalatedFrom) } : {}), lastSignInAt: item.lastSignInAt,
        undecided: item.holds.filter((hold) => !own.some((d) => d.hold === hold)),
        decisions: own.map((d) => ({ hold: d.hold, label: d.label, decision: d.decision, byName: nameOf(d.decidedBy), at: d.decidedAt, note: d.note })),
      }
    }).toSorted((a, b) => a.name.localeCompare(b.name)),
  }
}

/** @hipaa 164.316(b)(1) documentation: who decided what on whose access, and when */
export const viewCampaign = action({
  name: 'campaign.view',
  does: 'read what was decided in a review of access',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: OneCampaign,
  output: CampaignReport,
  run: (tx, { campaignId }) => reportOf(tx, campaignId),
})

const HEAD = ['person', 'holds', 'kind', 'decision', 'decided by', 'decided at', 'note', 'reviewer', 'escalated from', 'last sign-in']
export const exportCampaign = action({
  name: 'campaign.export',
  does: 'take a review of access along as a table (CSV)',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  input: OneCampaign,
  output: z.object({ fileName: z.string(), csv: z.string() }),
  run: async (tx, { campaignId }) => {
    const { quarter, items } = await reportOf(tx, campaignId)
    const rows = items.flatMap((i) => {
      const tail = [i.reviewerName ?? '', i.escalatedFromName ?? '', i.lastSignInAt ?? '']
      const kindOf = (hold: string) => hold.split(':')[0] ?? ''
      return [
        ...i.decisions.map((d) => [i.name, d.label, kindOf(d.hold), d.decision, d.byName, d.at, d.note ?? '', ...tail]),
        ...i.undecided.map((hold) => [i.name, hold, kindOf(hold), 'open', '', '', '', ...tail]),
      ]
    })
    return { fileName: `access-review-${quarter}.csv`, csv: toCsv([HEAD, ...rows]) }
  },
})
