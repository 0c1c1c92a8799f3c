import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeApp, type App } from './app.ts'
import type { Config } from './config.ts'
import { openDatabases, type Databases } from './platform/databases.ts'
import { keyFile } from './platform/key-file.ts'
import { makeLog } from './platform/log.ts'
import { setUp } from './set-up.ts'

const WEB = fileURLToPath(new URL('../../web/dist', import.meta.url))
const VERSION = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

export interface Started {
  app: App
  databases: Databases
  /** Says the set-up code, when there is no practice yet. */
  announceSetUp: () => Promise<void>
  /** Stops requests, jobs, sealing; and the database, unless it belongs to another process. */
  stop: (database: 'and its database' | 'not its database') => Promise<void>
}

/** Databases, keys and the application, from the configuration. Either all of it starts or nothing stays behind. */
export const startSystem = async (config: Config, announce: (code: string) => void = () => {}): Promise<Started> => {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const databases = await openDatabases(config)
  try {
    const keyService = keyFile(config.keyFile, {
      mayMake: databases.hasKeys ? 'no' : 'yes',
      ...(config.keyPassphrase ? { passphrase: config.keyPassphrase } : {}),
    })
    const firstVisit = setUp({
      perform: () => app.perform, practiceIds: () => app.practiceIds(), keyBackup: keyService.backup, announce,
    })
    const app: App = await makeApp({
      databases,
      keyService,
      objectsDir: join(config.dataDir, 'objects'),
      headsDir: join(config.dataDir, 'published-heads'),
      log: makeLog(config.logLevel),
      version: VERSION,
      ...(config.smtp ? { mail: (await import('./platform/mail.ts')).smtpCarrier(config.smtp) } : {}),
      ...(existsSync(join(WEB, 'index.html')) ? { webDir: WEB } : {}),
      ...(config.tls ? { tls: config.tls } : {}),
      ...(config.trustedProxies ? { trustedProxies: config.trustedProxies } : {}),
      extend: firstVisit.extend,
    })
    return {
      app,
      databases,
      announceSetUp: firstVisit.announceIfNeeded,
      async stop(database) {
        await app.stop()
        if (database === 'and its database') await databases.stop()
      },
    }
  } catch (error) {
    if (!databases.adopted) await databases.stop()
    throw error
  }
}
