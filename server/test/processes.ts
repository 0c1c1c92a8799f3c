import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs the real server as a process of its own, for what can only be shown from outside: kills, files, logs. */
export interface ServerProcess {
  child: ChildProcess
  url: string
  output: () => string
  /** Ends the server and every process of its database at once, as a power cut would. */
  killAll: () => Promise<void>
  stop: () => Promise<void>
}

const READY_TIMEOUT_MS = 60_000

export const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })

/** A temporary folder that another account may pass: as root, the database server runs under one, and would otherwise live elsewhere. */
export const passableFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), name))
  chmodSync(folder, 0o711)
  return folder
}

/** Processes whose working directory lies in this folder: PostgreSQL's change into their data directory. */
export const processesIn = (folder: string): number[] =>
  readdirSync('/proc').filter((p) => /^\d+$/.test(p)).map(Number).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
    } catch {
      return false
    }
  })

export const startServer = async (dataDir: string, command: 'serve' | 'demo', env: Record<string, string> = {}): Promise<ServerProcess> => {
  const port = await freePort()
  const child = spawn(process.execPath, ['server/src/main.ts', command], {
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const url = `http://127.0.0.1:${port}`
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for (const began = Date.now(); (await fetch(`${url}/readyz`).catch(() => undefined))?.ok !== true; ) {
    if (child.exitCode !== null || Date.now() - began > READY_TIMEOUT_MS) throw new Error(`the server did not start:\n${output}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return {
    child,
    url,
    output: () => output,
    async killAll() {
      const pids = processesIn(dataDir)
      child.kill('SIGKILL')
      for (const pid of pids) try { process.kill(pid, 'SIGKILL') } catch { /* gone already */ }
      await ended
      while (processesIn(dataDir).length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
