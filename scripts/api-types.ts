import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript'
import { ROUTES } from '../server/src/app.ts'
import { openApi } from '../server/src/platform/openapi.ts'

export const API_TYPES_FILE = 'web/src/api.gen.d.ts'

/** The web's types of the API, from the route table. */
export const apiTypes = async (): Promise<string> =>
  COMMENT_HEADER + astToString(await openapiTS(openApi(ROUTES, '0') as unknown as OpenAPI3))

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(API_TYPES_FILE, await apiTypes())
