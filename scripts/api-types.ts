import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript'
import { ROUTES } from '../server/src/app.ts'
import { openApi } from '../server/src/platform/openapi.ts'

const FILE = 'web/src/api.gen.d.ts'

/** The web's types of the API, from the route table. `--check`: fails when the file is not what it would be. */
const types = async () => COMMENT_HEADER + astToString(await openapiTS(openApi(ROUTES, '0') as unknown as OpenAPI3))

const made = await types()
if (process.argv.includes('--check')) {
  if (readFileSync(FILE, 'utf8') !== made) {
    console.error(`${FILE} is out of date: run npm run docs`)
    process.exit(1)
  }
} else writeFileSync(FILE, made)
