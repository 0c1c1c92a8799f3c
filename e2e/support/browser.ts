import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { chromium } from '@playwright/test'

/** What Playwright's launchOptions need. Without `executablePath` Playwright takes its own browser. */
export interface FoundBrowser {
  executablePath?: string
  env: Record<string, string>
  from: string
}

/**
 * A Chromium without a download: the one that is named, the one Playwright has fetched, the one inside the npm package
 * (Linux on x64), or the one on the machine.
 */
export const findBrowser = (): FoundBrowser => {
  const found = named() ?? playwrights() ?? bundled() ?? systems()
  if (found) return found
  throw new Error(
    'No Chromium found for the browser tests. Do one of these: npx playwright install chromium, ' +
      'install Chrome or Chromium, or set CHROMIUM_PATH to one.',
  )
}

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )

const named = (): FoundBrowser | undefined => {
  const executablePath = process.env.CHROMIUM_PATH
  return executablePath ? { executablePath, env: environment(), from: 'CHROMIUM_PATH' } : undefined
}

/** Headless runs use the headless shell, which is a download of its own beside the full browser. */
const playwrights = (): FoundBrowser | undefined => {
  const full = registered()
  const shell = full.replace(/chromium-(\d+)/, 'chromium_headless_shell-$1')
  const present = full !== '' && (existsSync(full) || existsSync(dirname(dirname(shell))))
  return present ? { env: environment(), from: 'Playwright' } : undefined
}

const registered = (): string => {
  try {
    return chromium.executablePath()
  } catch {
    return ''
  }
}

const SYSTEM_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

const systems = (): FoundBrowser | undefined => {
  const executablePath = SYSTEM_PLACES.find((place) => existsSync(place))
  return executablePath ? { executablePath, env: environment(), from: 'system' } : undefined
}

const PACKAGE = '@sparticuz/chromium'

/**
 * The package's own start-up code is not used: it unpacks to one fixed place for all versions, where a second worker
 * finds half a browser, and its flags turn off what the tests are to see.
 */
const bundled = (): FoundBrowser | undefined => {
  const root = process.platform === 'linux' && process.arch === 'x64' ? packageFolder() : undefined
  if (root === undefined) return undefined
  const version = versionOf(root)
  const dir = unpacked(root, version)
  const executablePath = join(dir, 'chromium')
  const env = { ...environment(), FONTCONFIG_FILE: process.env.FONTCONFIG_FILE ?? join(dir, FONTS_FILE) }
  return { executablePath, env: withLibraries(executablePath, env), from: `${PACKAGE} ${version}` }
}

const packageFolder = (): string | undefined => {
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE)
    return folderAbove(entry, basename(PACKAGE))
  } catch {
    return undefined
  }
}

/** `exports` hides package.json, so the way leads up from the entry. */
const folderAbove = (path: string, name: string): string =>
  basename(path) === name && existsSync(join(path, 'package.json')) ? path : folderAbove(dirname(path), name)

const versionOf = (root: string): string => {
  const described: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return String(Object(described).version)
}

const FONTS_FILE = 'packaged-fonts.conf'

/** Unpacked beside and renamed into place, in a folder of its own for each version: workers race. */
const unpacked = (root: string, version: string): string => {
  const cache = resolve(root, '..', '..', '.cache', 'chromium')
  const dir = join(cache, version)
  if (existsSync(join(dir, FONTS_FILE))) return dir
  mkdirSync(cache, { recursive: true })
  const beside = mkdtempSync(join(cache, 'unpack-'))
  try {
    unpackInto(beside, join(root, 'bin'))
    writeFileSync(join(beside, FONTS_FILE), fontConfiguration(dir))
    renameSync(beside, dir)
  } catch (error) {
    if (!existsSync(join(dir, FONTS_FILE))) throw error // else another worker was faster
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
  return dir
}

const unpackInto = (dir: string, packed: string): void => {
  const inflate = (name: string) => brotliDecompressSync(readFileSync(join(packed, name)))
  writeFileSync(join(dir, 'chromium'), inflate('chromium.br'))
  chmodSync(join(dir, 'chromium'), 0o755)
  for (const name of readdirSync(packed).filter((file) => file.endsWith('.tar.br'))) {
    const tar = spawnSync('tar', ['-x', '--no-same-owner', '-C', dir], { input: inflate(name) })
    if (tar.status !== 0)
      throw new Error(`${name} of ${PACKAGE} cannot be unpacked: ${tar.error?.message ?? tar.stderr.toString()}`)
  }
}

/** Without any font configuration Chromium dies at its first page; with the packaged one pages look the same everywhere. */
const fontConfiguration = (dir: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(dir, 'fonts')}</dir><cachedir>${join(dir, 'font-cache')}</cachedir></fontconfig>
`

/** A bare container lacks NSS: the package's own copies are enough for http://localhost. */
const withLibraries = (executable: string, env: Record<string, string>): Record<string, string> => {
  if (missingLibraries(executable, env).length === 0) return env
  const own = [join(dirname(executable), 'lib'), env.LD_LIBRARY_PATH].filter(Boolean).join(':')
  const helped = { ...env, LD_LIBRARY_PATH: own }
  const missing = missingLibraries(executable, helped)
  if (missing.length === 0) return helped
  throw new Error(`Chromium lacks ${missing.join(', ')}: apt-get install -y --no-install-recommends libnss3 libexpat1`)
}

const missingLibraries = (executable: string, env: Record<string, string>): string[] => {
  const { stdout } = spawnSync('ldd', [executable], { encoding: 'utf8', env })
  return [...(stdout ?? '').matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => String(name))
}
