import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { Denied, invalid } from '#kernel/errors.ts'
import { roleAlone } from '#kernel/policy.ts'
import { rolesOfPractice } from '#modules/identity'
import { compareVersions, FACTS_OF_RULES, policyOf, RULES } from './rules.ts'
import { DeviceKind, devicePolicy, FactName, Policy } from './schema.ts'

const nobody = () => '-'
const Rules = z.object({
  facts: z.array(z.object({ name: FactName, title: z.string(), citation: z.string(), answers: z.array(z.object({ value: z.string(), label: z.string() })) })),
  kinds: z.array(z.object({ kind: DeviceKind, title: z.string(), required: z.array(FactName), reportedWithinDays: z.int() })),
  oldest: z.array(z.object({ platform: z.string(), version: z.string() })),
})

export const seePolicy = action({
  name: 'device.policy',
  does: 'see what the practice asks of devices',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: z.object({ policy: Policy, rules: Rules }),
  run: async (tx) => ({
    policy: await policyOf(tx),
    rules: {
      facts: FACTS_OF_RULES.map((name) => {
        const { title = name, citation = '', says = {} } = RULES.facts[name] ?? {}
        return { name, title, citation, answers: Object.entries(says).map(([value, label]) => ({ value, label })) }
      }),
      kinds: DeviceKind.options.map((kind) => {
        const { title = kind, required = [], reportedWithinDays = 30 } = RULES.kinds[kind] ?? {}
        return { kind, title, required, reportedWithinDays }
      }),
      oldest: Object.entries(RULES.oldest.versions).map(([platform, version]) => ({ platform, version })),
    },
  }),
})

/** Only stricter than Nacre's own rules: what a line asks less is named and refused. */
const laxer = (policy: z.infer<typeof Policy>) => [
  ...policy.oldest.flatMap((line, i) => {
    const [platform = '', version = ''] = line.split(' ')
    const floor = RULES.oldest.versions[platform]
    return floor && compareVersions(version, floor) < 0 ? [{ path: `oldest.${i}`, message: `Nacre asks for ${platform} ${floor} or newer; a practice may ask for more, not for less.` }] : []
  }),
  ...policy.alsoRequired.flatMap((line, i) => {
    const [kind = '', fact = ''] = line.split(':')
    return RULES.kinds[kind] && RULES.facts[fact] ? [] : [{ path: `alsoRequired.${i}`, message: 'There is no such kind of device or fact.' }]
  }),
]

export const changePolicy = action({
  name: 'device.change-policy',
  does: 'decide what the practice asks of devices',
  purpose: 'operations',
  phi: 'none',
  stepUp: true,
  patient: nobody,
  allow: roleAlone,
  input: Policy,
  output: z.object({}),
  run: async (tx, decided) => {
    const known = await rolesOfPractice(tx)
    const errors = [...laxer(decided), ...decided.personalRoles.flatMap((role, i) => (known.has(role) ? [] : [{ path: `personalRoles.${i}`, message: 'There is no such role.' }]))]
    if (errors.length > 0) throw invalid(errors)
    if (decided.unenrolled !== 'warn' && tx.actor.kind === 'staff' && !tx.actor.deviceId)
      throw new Denied({
        rule: 'own-device-first', why: 'This would shut you out: the device at which you sit is not enrolled.', citation: 'Workstation use, 45 CFR 164.310(b)',
        whoCanFix: 'You: enrol this device, have it approved, then decide', fix: { label: 'Enrol this device', href: '/devices/enrol' },
      })
    await tx.add(devicePolicy, { ...decided, changedAt: tx.now, changedBy: tx.actor.id })
    return {}
  },
})
