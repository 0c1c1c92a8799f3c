import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigError, readConfig, type Config } from './config.ts'

const HELP = `nacre <command>

  serve                    start (npm start)
  demo [--reset]           start with a demo practice (npm run demo)
  import fhir <folder>     read FHIR R4 bulk NDJSON, plain or gzip
  trail export <folder>    write the audit trail: events, signed heads, public key
  trail verify             export to a temporary folder and verify
  recover <e-mail>         a link for an owner who lost what she signs in with and has nobody to confirm her
  code <TOTP secret>       the second factor's code of this moment, for trying the demo

Configuration: PORT, HOST, DATA_DIR, PUBLIC_URL, TLS_CERT, TLS_KEY, SMTP_URL, MAIL_FROM, KEY_FILE, KEY_PASSPHRASE, DATABASE_URL … (README.md).`

const say = (line: string) => process.stdout.write(`${line}\n`)

const listen = async (config: Config, options: { demo?: true }) => {
  const { startSystem } = await import('./start.ts')
  const system = await startSystem(config, (code) => say(`\n  First visit: open ${config.publicUrl} and enter the set-up code ${code.slice(0, 4)} ${code.slice(4)}\n`))
  const { app } = system
  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    await system.stop('and its database')
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end())
  try {
    if (options.demo) {
      const { ensureDemo } = await import('./demo.ts')
      await ensureDemo(app, config, say)
    }
    await app.rememberBaseUrl(config.publicUrl)
    await app.start()
    await app.server.listen({ port: config.port, host: config.host })
  } catch (error) {
    await system.stop('and its database')
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new ConfigError(`Port ${config.port} is in use. Stop what uses it, or choose another: PORT=8081 npm start`)
    throw error
  }
  say(`Nacre is ready: ${config.publicUrl}`)
  await system.announceSetUp()
}

/** Commands that work beside a running server, on the same database. */
const beside = async (config: Config, work: (system: Awaited<ReturnType<(typeof import('./start.ts'))['startSystem']>>) => Promise<number>) => {
  const { startSystem } = await import('./start.ts')
  const system = await startSystem({ ...config, logLevel: 'warn' })
  try {
    process.exitCode = await work(system)
  } finally {
    await system.stop(system.databases.adopted ? 'not its database' : 'and its database')
  }
}

const run = async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { reset: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  const [command, ...rest] = positionals
  if (values.help || !command) return say(HELP)
  const config = readConfig(process.env)
  if (command === 'serve') return listen(config, {})
  if (command === 'demo') {
    if (values.reset) {
      const { stopAndForget } = await import('./demo.ts')
      await stopAndForget(config)
      rmSync(config.dataDir, { recursive: true, force: true })
    }
    // Requests are worth a line each in production; a demo's terminal shows its logins.
    return listen({ ...config, logLevel: process.env['LOG_LEVEL'] ? config.logLevel : 'warn' }, { demo: true })
  }
  if (command === 'import' && rest[0] === 'fhir' && rest[1]) {
    const folder = resolve(rest[1])
    const { importFhir } = await import('./import-fhir.ts')
    return beside(config, ({ app }) => importFhir(app, folder, say))
  }
  if (command === 'trail' && (rest[0] === 'verify' || (rest[0] === 'export' && rest[1]))) {
    const { exportTrail, verifyTrail } = await import('./trail-command.ts')
    return beside(config, ({ app }) => (rest[0] === 'export' && rest[1] ? exportTrail(app, resolve(rest[1]), say) : verifyTrail(app, say)))
  }
  if (command === 'recover' && rest[0]) {
    const email = rest[0]
    const { recoverOwner } = await import('./recover-command.ts')
    return beside(config, ({ app }) => recoverOwner(app, email, say))
  }
  if (command === 'code' && rest[0]) {
    const { generate } = await import('otplib')
    return say(await generate({ secret: rest[0] }))
  }
  say(HELP)
  process.exitCode = 2
}

try {
  await run()
} catch (error) {
  // Errors of ours are sentences for the operator; anything else shows where it happened, never values of records.
  process.stderr.write(`nacre: ${error instanceof Error ? error.message : String(error)}\n`)
  if (!(error instanceof ConfigError) && error instanceof Error && process.env['NACRE_TRACE']) process.stderr.write(`${error.stack}\n`)
  process.exit(1)
}
