import { afterDays } from '#kernel/clock.ts'
import { control } from '#kernel/control.ts'
import { from, oneOf } from '#kernel/statement.ts'
import { paidOf } from './ledger.ts'
import { payment, sale } from './schema.ts'

const LOOKS_BACK_DAYS = 30
const MOST_SALES = 20_000

control({
  name: 'ledger-balances',
  title: 'What was paid is what was sold, sale by sale',
  citation: '45 CFR 164.312(c)(1)',
  rules: ['SEC-312c1'],
  check: async (tx) => {
    const since = afterDays(tx.now, -LOOKS_BACK_DAYS)
    const closed = await tx.list(sale, { closedAt: from(since) }, { open: [], limit: MOST_SALES })
    const payments = closed.length === 0 ? [] : await tx.list(payment, { saleId: oneOf(closed.map((s) => s.id)) }, { open: [], limit: MOST_SALES * 2 })
    const bySale = Map.groupBy(payments, (p) => p.saleId)
    const wrong = closed.filter((s) => paidOf(bySale.get(s.id) ?? []) !== (s.state === 'paid' ? s.totalCents : 0))
    const evidence = `${closed.length} closed ${closed.length === 1 ? 'sale' : 'sales'} of the last ${LOOKS_BACK_DAYS} days`
    return wrong.length === 0 ? { state: 'in force', evidence: `${evidence} balance.` } : { state: 'not in force', evidence: `${wrong.length} of ${evidence} do not balance.` }
  },
})
