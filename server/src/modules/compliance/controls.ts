import { control } from '#kernel/control.ts'

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
