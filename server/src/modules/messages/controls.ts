import { afterDays } from '#kernel/clock.ts'
import { control } from '#kernel/control.ts'
import { agreement, disclosure, outboxMessage, vendor } from '#kernel/dispatch.ts'
import { from, upTo } from '#kernel/statement.ts'

const LOOKS_BACK_DAYS = 30
const ENDS_SOON_DAYS = 30
const MOST_MESSAGES = 50_000

const s = (n: number, one: string, more = `${one}s`) => `${n} ${n === 1 ? one : more}`

control({
  name: 'agreements-in-force',
  title: 'Every carrier of messages works under an agreement in force',
  citation: '45 CFR 164.308(b)(1), 164.502(e)',
  rules: ['SEC-308b1', 'SEC-308b3'],
  check: async (tx) => {
    const today = tx.now.slice(0, 10)
    const soon = afterDays(tx.now, ENDS_SOON_DAYS).slice(0, 10)
    const vendors = await tx.list(vendor, {})
    const current = await tx.list(agreement, { startsOn: upTo(today), endsOn: from(today) })
    const without = vendors.filter((v) => !current.some((a) => a.vendorId === v.id))
    const ending = vendors.filter((v) => !without.includes(v) && !current.some((a) => a.vendorId === v.id && a.endsOn > soon))
    const carried = await tx.count(outboxMessage, { state: 'sent', createdAt: from(afterDays(tx.now, -LOOKS_BACK_DAYS)) })
    if (without.length > 0) return { state: 'not in force', evidence: `${without.map((v) => v.name).join(', ')}: no agreement is in force today.` }
    if (carried > 0 && vendors.length === 0)
      return { state: 'not in force', evidence: `${s(carried, 'message')} left in the last ${LOOKS_BACK_DAYS} days, but no carrier is registered. They held no PHI by rule; that somebody is a patient is PHI all the same.` }
    if (ending.length > 0) return { state: 'attention', evidence: `${ending.map((v) => v.name).join(', ')}: the agreement ends within ${ENDS_SOON_DAYS} days.` }
    return { state: 'in force', evidence: vendors.length === 0 ? 'No carrier is registered, and no message has left.' : `${s(vendors.length, 'carrier')}, each with an agreement in force today.` }
  },
})

control({
  name: 'disclosures-accounted',
  title: 'Every message that left is in the accounting of disclosures',
  citation: '45 CFR 164.528',
  rules: ['PRV-40'],
  check: async (tx) => {
    const since = afterDays(tx.now, -LOOKS_BACK_DAYS)
    const sent = await tx.list(outboxMessage, { state: 'sent', createdAt: from(since) }, { open: [], limit: MOST_MESSAGES })
    const accounted = await tx.list(disclosure, { at: from(since) }, { limit: MOST_MESSAGES })
    const count = (patientId: string) => accounted.filter((d) => d.patientId === patientId && d.what.startsWith('message:')).length
    const byPatient = Map.groupBy(sent.filter((m) => m.patientId !== undefined), (m) => String(m.patientId))
    const missing = [...byPatient].reduce((total, [patientId, messages]) => total + Math.max(0, messages.length - count(patientId)), 0)
    const ofPatients = sent.filter((m) => m.patientId !== undefined).length
    return missing === 0
      ? { state: 'in force', evidence: `${s(ofPatients, 'message')} to patients in the last ${LOOKS_BACK_DAYS} days, each accounted for.` }
      : { state: 'not in force', evidence: `${missing} of ${s(ofPatients, 'message')} to patients are not accounted for.` }
  },
})
