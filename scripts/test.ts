/**
 * `npm test`: every check in order, then every test; `--checks-only` stops before the build and the tests. A step that
 * fails does not hide the next one, but what needs a failed step is skipped. Closes with `N passed, N failed, N skipped`
 * on a line of its own: each check counts one, each test counts one.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

interface Step {
  name: string
  /** A program of node_modules (or a script of ours) and its arguments; runs under the Node that runs this. */
  command: string[]
  /** Whether there is anything to do in this tree. */
  applies: () => boolean
  /** Name of an earlier step without which this one makes no sense. */
  needs?: string
  /** Tests show their progress; a check speaks only when it fails. */
  output: 'live' | 'on failure'
  env?: Record<string, string>
  /** Tests of a run that ended with this exit code; without it the step itself is what counts. */
  count?: (exitCode: number) => Counts
}

const ROOT = resolve(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'nacre-npm-test-'))
const bin = (path: string) => join(ROOT, 'node_modules', path)
const has = (path: string) => () => existsSync(join(ROOT, path))
const hasSome = (pattern: string) => () => globSync(pattern, { cwd: ROOT }).length > 0
const always = () => true

const types = (name: string, project: string): Step => ({
  name: `types: ${name}`,
  command: [bin('typescript/bin/tsc'), '--project', project],
  applies: hasSome(join(project.replace('tsconfig.json', ''), '**/*.ts')),
  output: 'on failure',
})

const CHECKS: Step[] = [
  types('server', 'tsconfig.json'),
  types('web', 'web/tsconfig.json'),
  types('browser tests', 'e2e/tsconfig.json'),
  { name: 'lint', command: [bin('oxlint/bin/oxlint')], applies: always, output: 'on failure' },
  {
    name: 'import rules',
    command: [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.mjs',
      ...['server', 'web', 'e2e', 'scripts', 'bench', 'verify'].filter((folder) => has(folder)()),
    ],
    applies: always,
    output: 'on failure',
  },
  {
    name: 'generated documents',
    command: ['scripts/docs.ts', '--check'],
    applies: has('scripts/docs.ts'),
    output: 'on failure',
  },
]

const TESTS: Step[] = [
  {
    name: 'web build',
    command: [bin('vite/bin/vite.js'), 'build', 'web', '--logLevel', 'warn'],
    applies: has('web/index.html'),
    output: 'on failure',
  },
  {
    name: 'tests',
    command: [
      bin('vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${join(scratch, 'vitest.json')}`,
    ],
    applies: hasSome('{server,verify,scripts,web}/**/*.test.ts'),
    output: 'live',
    count: (exitCode) => vitestCounts(exitCode),
  },
  {
    name: 'browser tests',
    command: [bin('@playwright/test/cli.js'), 'test'],
    applies: hasSome('e2e/**/*.spec.ts'),
    needs: 'web build',
    output: 'live',
    env: { TALLY_FILE: join(scratch, 'playwright.json') },
    count: (exitCode) => playwrightCounts(exitCode),
  },
]

const VitestReport = z
  .object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    numTodoTests: z.number(),
  })
  .transform((report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }))

const Totals = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() })

const vitestCounts = (exitCode: number) => reported('vitest.json', VitestReport, exitCode)
const playwrightCounts = (exitCode: number) => reported('playwright.json', Totals, exitCode)

/** A run that failed without a failed test (a file that does not load, an error outside of any test) counts as one. */
const reported = (file: string, shape: z.ZodType<Counts>, exitCode: number): Counts => {
  const path = join(scratch, file)
  const counts = existsSync(path) ? shape.parse(JSON.parse(readFileSync(path, 'utf8'))) : verdict(exitCode)
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

const verdict = (exitCode: number): Counts =>
  exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }

const perform = async (step: Step): Promise<Counts> => {
  const began = Date.now()
  if (step.output === 'live') console.log(`\n── ${step.name}`)
  const { exitCode, output } = await run(step)
  const counts = step.count?.(exitCode) ?? verdict(exitCode)
  if (step.output === 'on failure' && exitCode !== 0) console.log(output.trimEnd())
  console.log(`${exitCode === 0 ? '✓' : '✗'} ${step.name}  ${((Date.now() - began) / 1000).toFixed(1)} s`)
  return counts
}

let running: ChildProcess | undefined
let interrupted = false

const interrupt = (signal: NodeJS.Signals): void => {
  interrupted = true
  running?.kill(signal)
}

const run = ({ command, output, env }: Step): Promise<{ exitCode: number; output: string }> =>
  new Promise((done, fail) => {
    const stdio = output === 'live' ? 'inherit' : 'pipe'
    const child = spawn(process.execPath, command, { cwd: ROOT, env: { ...process.env, ...env }, stdio })
    running = child
    const chunks: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('error', fail)
    child.once('close', (code) => done({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString() }))
  })

const runAll = async (steps: Step[]): Promise<Counts> => {
  const total = { passed: 0, failed: 0, skipped: 0 }
  const broken = new Set<string>()
  for (const step of steps.filter(({ applies }) => applies())) {
    if (interrupted) break
    const missing = step.needs !== undefined && broken.has(step.needs)
    if (missing) console.log(`- ${step.name}  skipped: ${step.needs} failed`)
    const counts = missing ? { passed: 0, failed: 0, skipped: 1 } : await perform(step)
    if (counts.failed > 0) broken.add(step.name)
    total.passed += counts.passed
    total.failed += counts.failed
    total.skipped += counts.skipped
  }
  return total
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
const checksOnly = process.argv.includes('--checks-only')
try {
  const { passed, failed, skipped } = await runAll(checksOnly ? CHECKS : [...CHECKS, ...TESTS])
  process.exitCode = failed > 0 || interrupted ? 1 : 0
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
