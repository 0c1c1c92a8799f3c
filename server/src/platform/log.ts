import { pino, type DestinationStream, type Logger } from 'pino'

export type Log = Logger

/** What a log line may hold. Everything else is dropped: a log is read by people who may not see PHI. */
const ALLOWED = new Set(['event', 'method', 'route', 'status', 'ms', 'request', 'port', 'job', 'count', 'file', 'host', 'version', 'fault', 'practice'])

/** The kind of a fault and where in our code it was thrown; never its message, which may carry values. */
export const faultOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  const code = 'code' in error ? ` ${String(error.code)}` : ''
  const frame = /at .*?\(?(?:file:\/\/)?[^()\s]*\/((?:server|node_modules)\/[^()\s]+)\)?/.exec(error.stack ?? '')?.[1] ?? ''
  return `${error.name}${code} ${frame}`.trim()
}

export const makeLog = (level: string, destination?: DestinationStream): Log =>
  pino(
    {
      level,
      base: null,
      formatters: { log: (line) => Object.fromEntries(Object.entries(line).filter(([key]) => ALLOWED.has(key))), level: (label) => ({ level: label }) },
      serializers: { err: () => undefined },
    },
    destination,
  )
