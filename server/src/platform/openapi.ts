import { z } from 'zod'
import type { Route } from '#kernel/route.ts'

type JsonSchema = Record<string, unknown>

const schemaOf = (type: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any', reused: 'inline' }) as JsonSchema
  return schema
}
const pathNames = (url: string) => [...url.matchAll(/:(\w+)/g)].map((m) => m[1] ?? '')
const without = (schema: JsonSchema, names: string[]): JsonSchema => ({
  ...schema,
  properties: Object.fromEntries(Object.entries((schema['properties'] ?? {}) as JsonSchema).filter(([name]) => !names.includes(name))),
  required: ((schema['required'] ?? []) as string[]).filter((name) => !names.includes(name)),
})

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'detail', 'reference'],
  properties: {
    type: { type: 'string' }, title: { type: 'string' }, status: { type: 'integer' }, detail: { type: 'string' }, reference: { type: 'string' },
    refusal: {
      type: 'object', required: ['why', 'rule', 'whoCanFix'],
      properties: {
        why: { type: 'string' }, rule: { type: 'string' }, citation: { type: 'string' }, whoCanFix: { type: 'string' },
        fix: { type: 'object', required: ['label', 'href'], properties: { label: { type: 'string' }, href: { type: 'string' } } },
        override: { type: 'object', required: ['label', 'action', 'minutes'], properties: { label: { type: 'string' }, action: { type: 'string' }, minutes: { type: 'integer' } } },
      },
    },
    errors: { type: 'array', items: { type: 'object', required: ['path', 'message'], properties: { path: { type: 'string' }, message: { type: 'string' } } } },
    action: { type: 'string', description: 'Of a refusal: the action that was refused.' },
    retryAfterSeconds: { type: 'integer' },
  },
}

const operation = ({ method, url, action, body: sent, coding, headers = {}, door, doors, setsCookie, setsProof, adds }: Route) => {
  const body = coding === 'raw' ? 'bytes' : sent
  const inCookies = [...(setsCookie ? ['token', 'mark'] : []), ...(setsProof ? ['proof'] : [])]
  const ofHeaders = Object.values(headers)
  const whole = schemaOf(action.input, 'input')
  const input = adds ? without(whole, [adds]) : whole
  const inPath = pathNames(url)
  const properties = (input['properties'] ?? {}) as JsonSchema
  const required = (input['required'] ?? []) as string[]
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name) && !ofHeaders.includes(name) && !(body === 'bytes' && name === 'bytes'))
  const inQuery = method === 'GET' || method === 'DELETE' || body === 'bytes'
  const isFile = action.output instanceof z.ZodCustom
  const output = schemaOf(action.output, 'output')
  const parameter = (place: 'path' | 'query') => (name: string) => ({
    name, in: place, required: place === 'path' || required.includes(name), schema: properties[name] ?? { type: 'string' },
  })
  const content = isFile ? { 'image/webp': { schema: { type: 'string', format: 'binary' } } } : { 'application/json': { schema: inCookies.length > 0 ? without(output, inCookies) : output } }
  return {
    // One action may have two doors; the staff's keeps the plain name.
    operationId: door === 'link' ? `${action.name}.by-link` : action.name,
    summary: action.does,
    tags: [action.name.split('.')[0]],
    'x-purpose-of-use': action.purpose,
    security: door === 'public' ? [] : doors.map((one) => ({ [one]: [] })),
    parameters: [...inPath.map(parameter('path')), ...Object.entries(headers).map(([header, field]) => ({ name: header, in: 'header', required: required.includes(field), schema: properties[field] })), ...(inQuery ? rest.map(parameter('query')) : [])],
    ...(body === 'bytes'
      ? { requestBody: { required: true, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } } }
      : inQuery || rest.length === 0 ? {} : { requestBody: { required: true, content: { 'application/json': { schema: without(input, inPath) } } } }),
    responses: {
      200: { description: 'Done, and on record.', content },
      default: { description: 'Refused or failed, and why.', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    },
  }
}

/** The API as OpenAPI 3.1, from the route table: there is no second description to keep in step. */
export const openApi = (routes: readonly Route[], version: string) => {
  const paths: Record<string, Record<string, unknown>> = {}
  const used = new Set<string>()
  for (const r of routes) {
    const path = r.url.replace(/:(\w+)/g, '{$1}')
    // An action behind two doors is two operations.
    const operationId = used.has(r.action.name) ? `${r.action.name}-by-${r.door}` : r.action.name
    used.add(operationId)
    paths[path] = { ...paths[path], [r.method.toLowerCase()]: { ...operation(r), operationId } }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Nacre', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        staff: { type: 'apiKey', in: 'cookie', name: 'nacre' },
        link: { type: 'apiKey', in: 'cookie', name: 'nacre-link' },
        patient: { type: 'apiKey', in: 'cookie', name: 'nacre-patient' },
      },
    },
  }
}
