import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ROUTES } from '../server/src/app.ts'
import { API_TYPES_FILE, apiTypes } from './api-types.ts'
import { accessMatrix } from './docs/access-matrix.ts'
import { dataMap } from './docs/data-map.ts'
import { hipaa } from './docs/hipaa.ts'

/** `npm run docs` writes what is made from the source; `--check` writes nothing and names the files that are not what they would be. */
const made: readonly (readonly [string, string])[] = [
  ['docs/access-matrix.md', accessMatrix(ROUTES)],
  ['docs/data-map.md', dataMap()],
  ['docs/hipaa.md', hipaa()],
  [API_TYPES_FILE, await apiTypes()],
]
const drifted = made.filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text)

if (process.argv.includes('--check')) {
  for (const [file] of drifted) console.error(`${file} is out of date: run npm run docs`)
  process.exitCode = drifted.length > 0 ? 1 : 0
} else
  for (const [file, text] of drifted) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(file)
  }
