/**
 * `npm start` and `npm run demo`: builds the web app when it is not the one of these sources, then starts the server. The server itself runs
 * its TypeScript as it is.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const BUILT = join(ROOT, 'web/dist')
const STAMP = join(BUILT, '.built-from')

const sourcesHash = (): string => {
  const hash = createHash('sha256')
  const files = ['package-lock.json', ...globSync('{web/index.html,web/vite.config.ts,web/public/**,web/src/**,server/src/modules/*/schema.ts,server/src/kernel/{id,record}.ts}', { cwd: ROOT })]
  for (const file of files.toSorted()) if (statSync(join(ROOT, file)).isFile()) hash.update(file).update('\0').update(readFileSync(join(ROOT, file)))
  return hash.digest('hex')
}

const current = sourcesHash()
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== current) {
  process.stdout.write('Building the web app (once for each version) ...\n')
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  const { status, stderr } = spawnSync(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) {
    process.stderr.write(`${stderr}\nThe web app could not be built; see above.\n`)
    process.exit(1)
  }
  writeFileSync(STAMP, current)
}
await import('../server/src/main.ts')
