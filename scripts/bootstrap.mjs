// The first script of every npm command: plain JavaScript, no dependencies, any Node >= 20.
//   node scripts/bootstrap.mjs <file> [args...]
// Sees to it that Node 24 is there and that the packages of package-lock.json are installed, then runs <file> with both.
// What it says goes to stderr, so that the output of the command itself can be piped.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs'
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR = 24
const NODE_VERSION = '24.21.0'
/** Platforms for which the npm registry carries exactly this Node. */
const NODE_PACKAGES = ['linux-x64', 'linux-arm64', 'win-x64']

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const RUNTIME = join(ROOT, '.runtime')
const MODULES = join(ROOT, 'node_modules')
const STAMP = join(MODULES, '.nacre-installed')
const IS_WINDOWS = process.platform === 'win32'

const LOCK_BEAT_MS = 2_000
const LOCK_DEAD_AFTER_MS = 30_000

class Stop extends Error {}

const say = (sentence) => process.stderr.write(`${sentence}\n`)
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
const firstLine = (error) => (error instanceof Error ? error.message : String(error)).split('\n')[0]
const majorOf = (version) => Number(/\d+/.exec(version)?.[0])

// --- Node 24 ---------------------------------------------------------------------------------------------------------

/** Path of a Node >= 24: the running one, or the one in .runtime, which is fetched from the npm registry when absent. */
async function findNode() {
  if (majorOf(process.versions.node) >= NODE_MAJOR) return process.execPath
  const platform = `${IS_WINDOWS ? 'win' : process.platform}-${process.arch}`
  if (!NODE_PACKAGES.includes(platform) || isMusl()) {
    throw new Stop(
      `Nacre runs on Node ${NODE_MAJOR}; this is Node ${process.versions.node} on ${platform}${isMusl() ? ' (musl)' : ''}, ` +
        `for which the npm registry carries no Node ${NODE_VERSION}.\n` +
        `Install Node ${NODE_MAJOR} (https://nodejs.org, or your package manager), then run the same command again.`,
    )
  }
  const home = join(RUNTIME, `node-${NODE_VERSION}-${platform}`)
  const node = join(home, 'bin', IS_WINDOWS ? 'node.exe' : 'node')
  if (!existsSync(node)) await installNode(platform, home)
  return node
}

/** Alpine and the like: the registry's Node is linked against glibc. */
function isMusl() {
  return process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime
}

/** Fetched beside and renamed into place: two starts at the same moment, or a kill half way, leave nothing half done. */
async function installNode(platform, home) {
  say(
    `This is Node ${process.versions.node}; fetching Node ${NODE_VERSION} from the npm registry into .runtime (once) ...`,
  )
  mkdirSync(RUNTIME, { recursive: true })
  const beside = mkdtempSync(join(RUNTIME, 'fetch-'))
  try {
    const settings = join(ROOT, '.npmrc')
    if (existsSync(settings)) cpSync(settings, join(beside, '.npmrc'))
    const name = `node-${platform}`
    const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    await npm(process.execPath, ['install', '--prefix', beside, ...quiet, `${name}@${NODE_VERSION}`])
    const fetched = join(beside, 'node_modules', name)
    const answer = spawnSync(join(fetched, 'bin', 'node'), ['--version'], { encoding: 'utf8' })
    if (answer.status !== 0) {
      throw new Stop(
        `Node ${NODE_VERSION} from the npm registry does not run here: ${firstLine(answer.error ?? answer.stderr)}\n` +
          `Install Node ${NODE_MAJOR} (https://nodejs.org, or your package manager), then run the same command again.`,
      )
    }
    try {
      renameSync(fetched, home)
    } catch (error) {
      if (!existsSync(home)) throw error // else another start was faster, and its copy is as good
    }
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
}

// --- packages --------------------------------------------------------------------------------------------------------

/** Runs `npm ci` unless node_modules already holds what package-lock.json says. */
async function installPackages(node) {
  const stamp = wantedStamp(node)
  if (readOrNothing(STAMP) === stamp) return
  const release = await lock(join(RUNTIME, 'install.lock'))
  try {
    if (readOrNothing(STAMP) === stamp) return
    if (!matchesLockfile()) {
      const began = Date.now()
      say('Installing the packages of package-lock.json (npm ci; about a minute the first time) ...')
      await npm(node, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
      say(`Packages installed in ${Math.round((Date.now() - began) / 1000)} s.`)
    }
    writeWhole(STAMP, stamp)
  } finally {
    release()
  }
}

function wantedStamp(node) {
  const major = node === process.execPath ? majorOf(process.versions.node) : NODE_MAJOR
  const digest = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')
  return `${digest} node-${major}\n`
}

/** Somebody ran `npm ci` by hand (CI does): npm's own record of node_modules names the same packages as the lockfile. */
function matchesLockfile() {
  const record = readOrNothing(join(MODULES, '.package-lock.json'))
  if (record === undefined) return false
  const installed = JSON.parse(record).packages
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages
  const same = (place) => installed[place]?.version === wanted[place]?.version
  const needed = Object.keys(wanted).filter((place) => place !== '' && (!wanted[place].optional || installed[place]))
  return needed.every((place) => same(place) && existsSync(join(ROOT, place))) && Object.keys(installed).every(same)
}

function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function writeWhole(file, text) {
  const beside = `${file}.${process.pid}`
  writeFileSync(beside, text)
  renameSync(beside, file)
}

/**
 * One installer at a time. The holder touches the lock file every two seconds, so one that has not been touched for half
 * a minute belongs to nobody (a process id would not do: containers that share the folder do not see each other's).
 */
async function lock(file) {
  mkdirSync(dirname(file), { recursive: true })
  for (let waits = 0; !created(file); waits += 1) {
    if (waits === 0) say('Another start is installing the packages; waiting for it ...')
    if (isDead(file)) rmSync(file, { force: true })
    await sleep(500)
  }
  const beat = setInterval(() => existsSync(file) && utimesSync(file, new Date(), new Date()), LOCK_BEAT_MS)
  return () => {
    clearInterval(beat)
    rmSync(file, { force: true })
  }
}

function created(file) {
  try {
    writeFileSync(file, '', { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isDead(file) {
  const found = statSync(file, { throwIfNoEntry: false })
  return found !== undefined && Date.now() - found.mtimeMs > LOCK_DEAD_AFTER_MS
}

// --- npm -------------------------------------------------------------------------------------------------------------

/** Runs npm on `node`; npm's stdout goes to our stderr. */
async function npm(node, args) {
  const script = npmScript()
  const [command, ...before] = script === undefined ? ['npm'] : [node, script]
  const how = {
    cwd: ROOT,
    env: withNodeFirst(node),
    stdio: ['ignore', 2, 2],
    shell: IS_WINDOWS && script === undefined,
  }
  const { code, signal, error } = await finished(command, [...before, ...args], how)
  if (code === 0) return
  if (error)
    throw new Stop(`npm cannot be started: ${firstLine(error)}. It comes with Node: install it, then try again.`)
  throw new Stop(
    `"npm ${args[0]}" failed (${signal ?? `exit ${code}`}). Check that this machine reaches its package registry ` +
      '("npm ping") and that the disk has 2 GB free, then run the same command again.',
  )
}

/** npm's program file: of the npm that called us, or beside the running Node; otherwise nothing, and `npm` on PATH it is. */
function npmScript() {
  const caller = process.env.npm_execpath ?? ''
  const beside = dirname(process.execPath)
  const inside = join('node_modules', 'npm', 'bin', 'npm-cli.js')
  const places = [caller.endsWith('npm-cli.js') ? caller : '', join(beside, '..', 'lib', inside), join(beside, inside)]
  return places.find((place) => place !== '' && existsSync(place))
}

function withNodeFirst(node) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...process.env, [name]: [dirname(node), process.env[name]].filter(Boolean).join(delimiter) }
}

// --- children --------------------------------------------------------------------------------------------------------

let child

/** Starts a program and waits for its end; signals that reach us meanwhile are passed on to it. */
function finished(command, args, options) {
  child = spawn(command, args, options)
  return new Promise((done) => {
    child.once('error', (error) => done({ error }))
    child.once('exit', (code, signal) => done({ code, signal }))
  })
}

function onSignal(signal) {
  if (child === undefined) process.exit(128 + constants.signals[signal])
  // At a terminal Ctrl-C reaches the child by itself; passing it on as well would look like a second, impatient one.
  if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
}

async function run(node, file, args) {
  const options = [process.env.NODE_OPTIONS, '--disable-warning=ExperimentalWarning'].filter(Boolean).join(' ')
  const env = { ...withNodeFirst(node), NODE_OPTIONS: options }
  const { code, signal, error } = await finished(node, [resolve(ROOT, file), ...args], { stdio: 'inherit', env })
  if (error) throw new Stop(`${node} cannot be started: ${firstLine(error)}`)
  return code ?? 128 + constants.signals[signal]
}

async function main([file, ...args]) {
  if (file === undefined) throw new Stop('Usage: node scripts/bootstrap.mjs <file> [args...]')
  const node = await findNode()
  await installPackages(node)
  return run(node, file, args)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(error instanceof Stop ? `\n${error.message}` : error?.stack)
  process.exitCode = 1
}
