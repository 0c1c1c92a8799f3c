import { readConfig } from '../server/src/config.ts'
import { startSystem } from '../server/src/start.ts'

/** The server with neither its queue nor its sealing of the trail: for rows about a request alone. */
const config = readConfig(process.env)
const system = await startSystem(config)
process.once('SIGTERM', () => void system.stop('and its database').then(() => process.exit(0)))
await system.app.server.listen({ port: config.port, host: config.host })
