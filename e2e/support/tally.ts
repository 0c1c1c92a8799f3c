import { writeFileSync } from 'node:fs'
import type { FullConfig, FullResult, Reporter, Suite, TestError } from '@playwright/test/reporter'

/** Totals of a browser run. A failure outside of every test (a server that does not start) counts as one. */
export interface Totals {
  passed: number
  failed: number
  skipped: number
}

/** Closes a run with the plain line `N passed, N failed, N skipped`, or writes the totals to the file TALLY_FILE names. */
class Tally implements Reporter {
  #suite: Suite | undefined
  #errors = 0

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite
  }

  onError(_error: TestError): void {
    this.#errors += 1
  }

  onEnd(result: FullResult): void {
    const totals = this.#totals(result)
    const file = process.env.TALLY_FILE
    if (file) writeFileSync(file, JSON.stringify(totals))
    else console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  }

  printsToStdio(): boolean {
    return false
  }

  #totals(result: FullResult): Totals {
    const outcomes = (this.#suite?.allTests() ?? []).map((test) => test.outcome())
    const count = (...wanted: string[]) => outcomes.filter((outcome) => wanted.includes(outcome)).length
    const failed = count('unexpected')
    const outside = failed === 0 && (this.#errors > 0 || result.status !== 'passed') ? 1 : 0
    return { passed: count('expected', 'flaky'), failed: failed + outside, skipped: count('skipped') }
  }
}

export default Tally
