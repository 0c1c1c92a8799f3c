import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RECORDS, type Rec } from '../../server/src/kernel/record.ts'
import { code, codes, HEADER, table } from './markdown.ts'

const CHANGES = { updated: 'rows may be changed', 'added-only': 'rows are only added, never changed or removed', removable: 'rows may be removed' }
const FINDS = {
  exact: 'by the whole value', name: 'by any two first letters of a word', phone: 'by its last four or more digits', email: 'by the whole address', date: 'by the day',
}

const sealedWords = (rec: Rec): string =>
  [...rec.sealed].map((field) => {
    const find = rec.finding.get(field)
    return find ? `${code(rec.columns.get(field) ?? field)} (found ${FINDS[find]})` : code(rec.columns.get(field) ?? field)
  }).join(', ') || '–'

const scopeOf = (rec: Rec): string =>
  rec.aboutPatient ? `shown only to an action on record for this patient${rec.hasPlace || rec.names.includes('locationIds') ? ', at a location where the actor works' : ''}` : 'shown within the practice'

const ofRecord = (rec: Rec): string => {
  const clear = rec.names.filter((n) => !rec.sealed.has(n) && !rec.hashed.has(n)).map((n) => rec.columns.get(n) ?? n)
  const hashed = [...rec.hashed].map((n) => rec.columns.get(n) ?? n)
  return [
    `### ${rec.table}`, '', rec.what, '',
    `- **Sealed:** ${sealedWords(rec)}`,
    ...(hashed.length > 0 ? [`- **Kept only as a keyed hash:** ${codes(hashed)}`] : []),
    `- **In clear:** ${codes(clear)}`,
    `- ${CHANGES[rec.changes][0]?.toUpperCase()}${CHANGES[rec.changes].slice(1)}; ${scopeOf(rec)}.`,
  ].join('\n')
}

interface PlainTable { name: string; columns: string[]; comment: string }
const CONSTRAINT = /^(primary|foreign|unique|check|constraint|exclude)\b/i

/** Splits at commas that stand in no parentheses. */
const parts = (text: string): string[] => {
  const found = ['']
  let depth = 0
  for (const c of text) {
    if (c === '(') depth++
    if (c === ')') depth--
    if (c === ',' && depth === 0) found.push('')
    else found[found.length - 1] += c
  }
  return found.map((part) => part.trim()).filter((part) => part !== '')
}

const bodyFrom = (sql: string, start: number): string => {
  let depth = 1
  let end = start
  while (end < sql.length && depth > 0) {
    if (sql[end] === '(') depth++
    if (sql[end] === ')') depth--
    end++
  }
  return sql.slice(start, end - 1)
}

/** Tables that no record declares: the kernel's own. */
const plainTables = (folder: string): PlainTable[] =>
  readdirSync(folder).toSorted().flatMap((file) => {
    const sql = readFileSync(join(folder, file), 'utf8').replaceAll(/--.*$/gm, '')
    return [...sql.matchAll(/create table ([\w.]+) \(/g)].flatMap((match) => {
      const name = match[1] ?? ''
      if (RECORDS.has(name)) return []
      const columns = parts(bodyFrom(sql, match.index + match[0].length)).filter((part) => !CONSTRAINT.test(part)).map((part) => part.split(/\s+/).slice(0, 2).join(' '))
      const comment = new RegExp(`comment on (?:table|column) ${name.replace('.', '\\.')}(?:\\.\\w+)? is '([^']*)'`).exec(sql)?.[1] ?? ''
      return [{ name, columns, comment }]
    })
  })

const ofPlain = ({ name, columns, comment }: PlainTable): string => `### ${name}\n\n${comment ? `${comment}\n\n` : ''}- **Columns:** ${codes(columns)}`

/** What is stored, what of it is sealed, and what a thief of the database could read. */
export const dataMap = (): string => {
  const records = [...RECORDS.values()].toSorted((a, b) => a.table.localeCompare(b.table))
  const summary = records.map((rec) => [code(rec.table), rec.what, String(rec.sealed.size + rec.hashed.size), String(rec.names.length - rec.sealed.size - rec.hashed.size)])
  return `${HEADER('the records of the server and its migrations')}

# What is stored, and what of it can be read

A sealed field is encrypted under the patient's own key before it leaves the server's memory: the database, its files, its log and its
backups hold ciphertext. What stays in clear is opaque ids, times, states and amounts; this page is the list of them. \`practice_id\` leads
every table and is not repeated.

${table(['record', 'what it is', 'secret fields', 'clear fields'], summary)}

## Records

${records.map(ofRecord).join('\n\n')}

## The kernel's own tables

${plainTables('server/migrations').map(ofPlain).join('\n\n')}

## The vault: wrapped keys, in a database of their own

${plainTables('server/vault').map(ofPlain).join('\n\n')}
`
}
