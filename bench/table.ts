import type { Row } from './row.ts'

const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, line]
}

const COLUMNS: { title: string; width: number; text: (row: Row) => string }[] = [
  { title: 'work', width: 42, text: (r) => r.work },
  { title: 'result', width: 48, text: (r) => r.result },
  { title: 'aim', width: 24, text: (r) => r.aim },
  { title: 'met', width: 3, text: (r) => (r.aim === '–' ? '–' : r.isMet ? 'yes' : 'NO') },
  { title: 'others, same kind of machine', width: 32, text: (r) => r.field },
]

/** The rows as a table for a terminal. */
export const tableOf = (rows: readonly Row[]): string => {
  const block = (cells: string[][]) => {
    const height = Math.max(...cells.map((c) => c.length))
    return Array.from({ length: height }, (_, i) => COLUMNS.map(({ width }, j) => (cells[j]?.[i] ?? '').padEnd(width)).join('  ').trimEnd()).join('\n')
  }
  const rule = COLUMNS.map(({ width }) => '─'.repeat(width)).join('  ')
  const body = rows.map((row) => block(COLUMNS.map(({ text, width }) => wrapped(text(row), width))))
  return [block(COLUMNS.map(({ title }) => [title])), rule, ...body].join('\n')
}
