import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from './app.ts'
import type { Config } from './config.ts'
import { newId } from '#kernel/id.ts'
import { operator, ROLES } from '#kernel/roles.ts'
import { createUser, newTotpSecret } from '#modules/identity'
import { changeHours, changeService, createPractice } from '#modules/practices'
import { openDatabases } from './platform/databases.ts'

interface Login {
  role: string
  name: string
  email: string
  password: string
  totpSecret: string
}

const TEAM = [
  { role: 'owner', name: 'Olivia Hart', email: 'owner@demo.test', credential: '' },
  { role: 'front-desk', name: 'Dana Reyes', email: 'desk@demo.test', credential: '' },
  { role: 'provider', name: 'Noor Haddad', email: 'provider@demo.test', credential: 'RN' },
  { role: 'provider', name: 'Mika Lindqvist', email: 'provider2@demo.test', credential: 'NP' },
  { role: 'provider', name: 'Sofia Marín', email: 'provider3@demo.test', credential: 'PA' },
  { role: 'medical-director', name: 'Dr. Amara Okafor', email: 'director@demo.test', credential: 'MD' },
  { role: 'marketing', name: 'Jules Baker', email: 'marketing@demo.test', credential: '' },
  { role: 'it-support', name: 'Sam Ito', email: 'it@demo.test', credential: '' },
] as const

const SERVICES = [
  { name: 'Consultation', minutes: 30, priceCents: 7_500 },
  { name: 'Neurotoxin treatment', minutes: 30, priceCents: 42_000 },
  { name: 'Dermal filler', minutes: 60, priceCents: 78_000 },
  { name: 'Laser hair removal', minutes: 45, priceCents: 25_000 },
  { name: 'Chemical peel', minutes: 45, priceCents: 18_500 },
  { name: 'Follow-up', minutes: 15, priceCents: 0 },
]
const TIME_ZONE = 'America/New_York'
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]
const NINE = 9 * 60
const SIX_PM = 18 * 60

// No letters that look alike: these are typed by hand.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const demoPassword = () => Array.from({ length: 3 }, () => Array.from({ length: 5 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('')).join('-')

const loginsFile = (config: Config) => join(config.dataDir, 'demo-logins.json')

/** Stops the embedded database of a demo that is to be thrown away. */
export const stopAndForget = async (config: Config) => {
  if (config.databases) throw new Error('--reset only throws away the embedded database, and DATABASE_URL names another. Empty that one yourself.')
  if (existsSync(join(config.dataDir, 'postgres'))) await (await openDatabases(config)).stop()
}

const makeDemo = async (app: App): Promise<Login[]> => {
  const practiceId = newId('prc')
  const actor = operator(practiceId, 'demo', ['practice.create', 'user.create', 'service.change', 'hours.change'])
  const { locationId } = await app.perform(createPractice, actor, {
    practice: { name: 'Pearl & Co. Aesthetics', phone: '+12125550100' },
    location: { name: 'Madison Avenue', address: '485 Madison Ave, New York, NY 10022', timeZone: TIME_ZONE },
  })
  const team: (Login & { id: string })[] = []
  for (const { role, name, email, credential } of TEAM) {
    const password = demoPassword()
    const totpSecret = newTotpSecret()
    const isProvider = role === 'provider' || role === 'medical-director'
    const { id } = await app.perform(createUser, actor, { role, name, email, credential, password, totpSecret, roles: [role], locationIds: [locationId], isProvider })
    team.push({ role, name, email, password, totpSecret, id })
  }
  const providers = team.filter((t) => t.role === 'provider' || t.role === 'medical-director')
  for (const { id: userId } of providers)
    await app.perform(changeHours, actor, { userId, hours: WEEKDAYS.map((weekday) => ({ locationId, weekday, fromMinute: NINE, toMinute: SIX_PM })) })
  const serviceIds = new Map<string, string>()
  for (const service of SERVICES)
    serviceIds.set(service.name, (await app.perform(changeService, actor, { ...service, onlineBooking: true, active: true, providerIds: providers.map((p) => p.id) })).id)
  const desk = team.find((t) => t.role === 'front-desk')
  const { fillDemo } = await import('./demo-day.ts')
  if (desk) await fillDemo(app, { practiceId, locationId, timeZone: TIME_ZONE, providers, serviceIds, deskId: desk.id })
  return team.map(({ id: _, ...login }) => login)
}

/** The demo practice, made the first time; prints its logins each time. */
export const ensureDemo = async (app: App, config: Config, say: (line: string) => void) => {
  const file = loginsFile(config)
  if ((await app.practiceIds()).length === 0)
    writeFileSync(file, JSON.stringify(await makeDemo(app), null, 2), { mode: 0o600 })
  if (!existsSync(file)) {
    say('This data directory holds a practice that is no demo; starting it as it is.')
    return
  }
  const logins = JSON.parse(readFileSync(file, 'utf8')) as Login[]
  const firstOf = [...ROLES.keys()].flatMap((role) => logins.find((l) => l.role === role) ?? [])
  say('\nDemo logins (also in demo-logins.json in the data directory). The code comes from any authenticator app, or from: npm run nacre -- code <TOTP secret>\n')
  say(`  ${'role'.padEnd(18)}${'e-mail'.padEnd(24)}${'password'.padEnd(20)}TOTP secret`)
  for (const l of firstOf) say(`  ${l.role.padEnd(18)}${l.email.padEnd(24)}${l.password.padEnd(20)}${l.totpSecret}`)
  say('')
}
