import type { BatchResult } from './schema.ts'

/** What became of one file. No PHI: files, lines, types and reasons. */
export interface FileReport {
  file: string
  read: number
  imported: number
  alreadyThere: number
  /** Read for the sake of records that point at it. */
  lookedUp: number
  leftOut: Map<string, { how: 'skipped' | 'bad'; reason: string; lines: number[] }>
  /** Why the rest of the file could not be read, and after which line. */
  broken?: { afterLine: number; why: string }
}

export const fileReport = (file: string): FileReport => ({ file, read: 0, imported: 0, alreadyThere: 0, lookedUp: 0, leftOut: new Map() })

export const leaveOut = (report: FileReport, { line, how, reason }: BatchResult['leftOut'][number]): void => {
  const known = report.leftOut.get(`${how} ${reason}`) ?? { how, reason, lines: [] }
  known.lines.push(line)
  report.leftOut.set(`${how} ${reason}`, known)
}
export const addBatch = (report: FileReport, result: BatchResult): void => {
  report.imported += result.imported
  report.alreadyThere += result.alreadyThere
  for (const left of result.leftOut) leaveOut(report, left)
}

/** How many lines could not be used though they should have been, and files that end too early. */
export const problemsIn = (reports: readonly FileReport[]): number =>
  reports.reduce((n, r) => n + (r.broken ? 1 : 0) + [...r.leftOut.values()].filter((l) => l.how === 'bad').reduce((m, l) => m + l.lines.length, 0), 0)

const MOST_LINES_NAMED = 10
const lineList = (lines: readonly number[]): string => {
  const sorted = lines.toSorted((a, b) => a - b)
  const more = sorted.length - MOST_LINES_NAMED
  return `${sorted.length === 1 ? 'line' : 'lines'} ${sorted.slice(0, MOST_LINES_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
const counted = (n: number, what: string) => (n > 0 ? [`${n} ${what}`] : [])

/** The report of a file for a person: one line, then one for each reason why something was left out. */
export const reportLines = (report: FileReport): string[] => {
  const left = [...report.leftOut.values()]
  const total = (how: 'skipped' | 'bad') => left.filter((l) => l.how === how).reduce((n, l) => n + l.lines.length, 0)
  const sums = [
    `${report.read} read`,
    `${report.imported} imported`,
    ...counted(report.alreadyThere, 'already there'),
    ...counted(report.lookedUp, 'looked up by other records'),
    ...counted(total('skipped'), 'skipped'),
    ...counted(total('bad'), 'bad'),
  ]
  return [
    `${report.file}: ${sums.join(', ')}`,
    ...left.map((l) => `  ${l.how}: ${l.reason} (${lineList(l.lines)})`),
    ...(report.broken ? [`  damaged: ${report.broken.why} after line ${report.broken.afterLine}; what follows could not be read`] : []),
  ]
}
