import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test'
import { generate } from 'otplib'

export interface Login {
  role: string
  name: string
  email: string
  password: string
  totpSecret: string
}

const START_TIMEOUT_MS = 60_000

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })

const answers = async (url: string) => (await fetch(url).catch(() => undefined))?.ok === true

/** A whole Nacre of its own: the very command that a newcomer runs, on a temporary data directory. */
export class RunningNacre {
  readonly url: string
  readonly dataDir: string
  readonly #process: ChildProcess
  /** What the terminal showed. */
  output = ''
  #cookies = new Map<string, { name: string; value: string }>()

  constructor(url: string, dataDir: string, child: ChildProcess) {
    this.url = url
    this.dataDir = dataDir
    this.#process = child
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
  }

  static async start(command: 'demo' | 'serve'): Promise<RunningNacre> {
    const port = await freePort()
    const dataDir = mkdtempSync(join(tmpdir(), 'nacre-e2e-'))
    // As root, the database server runs under an account of its own, which must be able to pass.
    chmodSync(dataDir, 0o711)
    const child = spawn(process.execPath, ['server/src/main.ts', command], {
      env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const nacre = new RunningNacre(`http://localhost:${port}`, dataDir, child)
    for (const began = Date.now(); !(await answers(`${nacre.url}/readyz`)); ) {
      if (child.exitCode !== null || Date.now() - began > START_TIMEOUT_MS) throw new Error(`Nacre did not start:\n${nacre.output}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return nacre
  }

  login(role: string): Login {
    const found = (JSON.parse(readFileSync(join(this.dataDir, 'demo-logins.json'), 'utf8')) as Login[]).find((l) => l.role === role)
    if (!found) throw new Error(`the demo has no ${role}`)
    return found
  }

  /** Signs the context in as this role. A code works once, so a worker signs each role in once and keeps the cookie. */
  async signIn(context: BrowserContext, role: string): Promise<void> {
    const known = this.#cookies.get(role)
    if (known) {
      await context.addCookies([{ ...known, url: this.url }])
      return
    }
    const { email, password, totpSecret } = this.login(role)
    const answer = await context.request.post(`${this.url}/api/session`, { data: { email, password, code: await generate({ secret: totpSecret }) } })
    expect(answer.status(), await answer.text()).toBe(200)
    const cookie = (await context.cookies(this.url)).find((c) => c.name === 'nacre')
    if (cookie) this.#cookies.set(role, { name: cookie.name, value: cookie.value })
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    await ended
    rmSync(this.dataDir, { recursive: true, force: true })
  }
}

interface Fixtures {
  /** Signs this page in as a role of the demo practice. */
  signInAs: (role: string) => Promise<void>
  /** Zero axe violations (WCAG 2.2 AA) on the page as it is, in light and in dark. */
  expectAccessible: (page: Page) => Promise<void>
}
interface WorkerFixtures {
  nacre: RunningNacre
}

const LONGEST_MOTION_MS = 1000
/** A colour in the middle of a fade is nobody's design: what moves comes to rest first. What moves for ever (a loader) is not waited for. */
const atRest = (page: Page) =>
  page.evaluate(async (longest) => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    const ended = Promise.allSettled(document.getAnimations().map((animation) => animation.finished))
    await Promise.race([ended, new Promise((late) => setTimeout(late, longest))])
  }, LONGEST_MOTION_MS)

export const test = base.extend<Fixtures, WorkerFixtures>({
  nacre: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const nacre = await RunningNacre.start('demo')
      await use(nacre)
      await nacre.stop()
    },
    { scope: 'worker', timeout: START_TIMEOUT_MS },
  ],
  baseURL: async ({ nacre }, use) => use(nacre.url),
  signInAs: async ({ nacre, context }, use) => use((role) => nacre.signIn(context, role)),
  expectAccessible: async ({ page: _ }, use) =>
    use(async (page) => {
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
        await atRest(page)
        const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
        expect(violations.map((v) => `${scheme}: ${v.id} ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([])
      }
      await page.emulateMedia({ colorScheme: 'light' })
    }),
})
export { expect } from '@playwright/test'
