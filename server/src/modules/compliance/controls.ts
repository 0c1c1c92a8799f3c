import { afterDays } from '#kernel/clock.ts'
import { control } from '#kernel/control.ts'
import { from, oneOf, other } from '#kernel/statement.ts'
import { consent } from '#schema/forms'
import { photo } from '#schema/photos'

const some = (names: readonly string[]) => names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '')

control({
  name: 'sealed-at-rest',
  title: 'Nothing about a person is readable in the database',
  citation: '45 CFR 164.312(a)(2)(iv)',
  rules: ['SEC-312a2iv'],
  check: async (tx) => {
    const { sealedFields, readable, undeclared } = await tx.selfCheck(tx.now)
    if (readable.length > 0) return { state: 'not in force', evidence: `These secret fields lie in columns that could hold readable text: ${some(readable)}.` }
    if (undeclared.length > 0) return { state: 'attention', evidence: `These columns are in the database but in no schema, so nobody has said what they hold: ${some(undeclared)}.` }
    return { state: 'in force', evidence: `All ${sealedFields} secret fields lie in encrypted columns, and no column is undeclared.` }
  },
})

control({
  name: 'second-witness',
  title: 'The database itself shows nothing without an audit event',
  citation: '45 CFR 164.312(a)(1)',
  rules: ['SEC-312a1', 'SEC-312b'],
  check: async (tx) => {
    const { unguarded } = await tx.selfCheck(tx.now)
    return unguarded.length === 0
      ? { state: 'in force', evidence: 'Row security guards every table of the practice.' }
      : { state: 'not in force', evidence: `These tables are not guarded: ${some(unguarded)}.` }
  },
})

const LOOKS_BACK_DAYS = 90
const MOST_PHOTOS = 20_000

/** Looks at what is there, not at the gate that should have kept it out: were the gate ever open, this would show it. */
control({
  name: 'photos-consented',
  title: 'No clinical photo without a consent that held when it was taken',
  citation: '45 CFR 164.508(b)(2), 164.502(a)',
  rules: ['OPS-09', 'PHI-07', 'CK-05'],
  check: async (tx) => {
    const photos = await tx.list(photo, { createdAt: from(afterDays(tx.now, -LOOKS_BACK_DAYS)), state: other('refused') }, { open: [], limit: MOST_PHOTOS })
    const of = [...new Set(photos.map((p) => p.patientId))]
    const given = of.length === 0 ? [] : await tx.list(consent, { patientId: oneOf(of), kind: 'clinical-photography', decision: 'accepted' }, { open: [], limit: MOST_PHOTOS })
    const byPatient = Map.groupBy(given, (c) => c.patientId)
    const without = photos.filter(
      (p) => !byPatient.get(p.patientId)?.some((c) => c.signedAt <= p.createdAt && c.expiresAt > p.createdAt && (c.revokedAt === undefined || c.revokedAt > p.createdAt)),
    )
    const evidence = `${photos.length} ${photos.length === 1 ? 'photo' : 'photos'} of the last ${LOOKS_BACK_DAYS} days`
    return without.length === 0
      ? { state: 'in force', evidence: `${evidence}, each under a consent that held.` }
      : { state: 'not in force', evidence: `${without.length} of ${evidence} without a consent that held.` }
  },
})
