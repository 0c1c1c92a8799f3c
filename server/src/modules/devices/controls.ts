import { afterDays } from '#kernel/clock.ts'
import { control } from '#kernel/control.ts'
import { after, oneOf, present } from '#kernel/statement.ts'
import type { Tx } from '#kernel/tx.ts'
import { session } from '#schema/identity'
import { postureOf } from './posture.ts'
import { policyOf, RULES } from './rules.ts'
import { device, deviceFact, incidentDraft } from './schema.ts'

const UNSEEN_AFTER_DAYS = 90
const many = (n: number, one: string, more = `${one}s`) => `${n} ${n === 1 ? one : more}`

const enrolled = (tx: Tx) => tx.list(device, { state: 'enrolled' }, { open: [] })

control({
  name: 'devices-enrolled',
  title: 'Patients’ records are opened on enrolled devices',
  citation: '45 CFR 164.310(b), 164.312(d)',
  rules: ['SEC-310b', 'SEC-312d'],
  check: async (tx) => {
    const { unenrolled } = await policyOf(tx)
    const used = await tx.list(session, { endedAt: null, expiresAt: after(tx.now) })
    const bound = used.filter((s) => s.deviceId !== undefined).length
    const devices = (await enrolled(tx)).length
    const share = used.length === 0 ? 100 : Math.round((bound / used.length) * 100)
    const evidence = `${many(devices, 'device')} enrolled; ${bound} of ${many(used.length, 'open session')} (${share} %) ${bound === 1 ? 'is' : 'are'} at one of them.`
    if (unenrolled === 'warn') return { state: devices === 0 ? 'not in force' : 'attention', evidence: `${evidence} Other devices are warned about, not limited.` }
    return { state: 'in force', evidence: `${evidence} Other devices open nothing of a patient.` }
  },
})

control({
  name: 'devices-kept',
  title: 'Devices are encrypted, locked, up to date and protected',
  citation: '45 CFR 164.310(c)',
  rules: ['SEC-310c'],
  check: async (tx) => {
    const policy = await policyOf(tx)
    const devices = await enrolled(tx)
    const facts = devices.length > 0 ? await tx.list(deviceFact, { deviceId: oneOf(devices.map((d) => d.id)) }) : []
    const states = devices.map((d) => postureOf(d, facts.filter((f) => f.deviceId === d.id), policy, tx.now))
    const bad = states.filter((p) => p.state === 'bad').length
    const stale = states.filter((p) => p.state === 'unknown' && p.lines.some((l) => l.state === 'stale')).length
    const unknown = states.filter((p) => p.state === 'unknown').length - stale
    const evidence = `${states.length - bad - stale - unknown} of ${many(devices.length, 'device')} as they must be, ${bad} failing, ${stale} with reports too old, ${unknown} not reported.`
    return { state: bad > 0 ? 'not in force' : stale + unknown > 0 || devices.length === 0 ? 'attention' : 'in force', evidence }
  },
})

control({
  name: 'devices-accounted',
  title: 'Every device has an owner, a place and an end',
  citation: '45 CFR 164.310(d)(1)',
  rules: ['SEC-310d1', 'SEC-310d2i', 'SEC-310d2iii'],
  check: async (tx) => {
    const devices = await enrolled(tx)
    const unseen = devices.filter((d) => (d.lastSeenAt ?? d.enrolledAt ?? d.askedAt) < afterDays(tx.now, -UNSEEN_AFTER_DAYS)).length
    const alone = devices.filter((d) => d.approvedAlone).length
    const lost = await tx.count(incidentDraft, { state: 'draft' })
    const ended = await tx.count(device, { state: 'retired', disposal: present() })
    const evidence = `${many(devices.length, 'device')} in use, ${unseen} not seen for ${UNSEEN_AFTER_DAYS} days, ${alone} approved by the one who asked; ${lost} reported lost with an incident to be taken up, ${ended} retired with a record of how.`
    return { state: unseen + lost > 0 ? 'attention' : 'in force', evidence }
  },
})

control({
  name: 'shared-screens-lock',
  title: 'Shared screens lock sooner, and each person works as herself',
  citation: '45 CFR 164.312(a)(2)(iii), 164.312(a)(2)(i)',
  rules: ['SEC-312a2iii', 'SEC-312a2i'],
  check: async (tx) => {
    const { sharedIdleMinutes } = await policyOf(tx)
    const shared = (await enrolled(tx)).filter((d) => d.shared)
    const open = shared.length > 0 ? await tx.list(session, { deviceId: oneOf(shared.map((d) => d.id)), endedAt: null, expiresAt: after(tx.now) }) : []
    const slow = open.filter((s) => s.idleMinutes === undefined || s.idleMinutes > RULES.sharedIdleMinutes).length
    const evidence = `${many(shared.length, 'shared device')}, locked after ${many(sharedIdleMinutes, 'idle minute')}; ${slow} of ${many(open.length, 'session')} there stay open longer.`
    return { state: slow > 0 ? 'attention' : 'in force', evidence }
  },
})
