import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { App } from './app.ts'
import type { Config } from './config.ts'
import { newId } from '#kernel/id.ts'
import { operator, ROLES } from '#kernel/roles.ts'
import { createUser, newTotpSecret } from '#modules/identity'
import { changeHours, changeService, createPractice } from '#modules/practices'
import { giveStanding } from './demo-standing.ts'
import { openDatabases } from './platform/databases.ts'

const Login = z.object({ role: z.string(), name: z.string(), email: z.string(), password: z.string(), totpSecret: z.string() })
type Login = z.infer<typeof Login>

type Where = Pick<Config, 'dataDir' | 'publicUrl'>

const TEAM = [
  { role: 'owner', name: 'Olivia Hart', email: 'owner@demo.test', credential: '' },
  { role: 'front-desk', name: 'Dana Reyes', email: 'desk@demo.test', credential: '' },
  { role: 'provider', name: 'Noor Haddad', email: 'provider@demo.test', credential: 'RN' },
  { role: 'provider', name: 'Mika Lindqvist', email: 'provider2@demo.test', credential: 'NP' },
  { role: 'provider', name: 'Sofia Marín', email: 'provider3@demo.test', credential: 'PA' },
  { role: 'medical-director', name: 'Dr. Amara Okafor', email: 'director@demo.test', credential: 'MD' },
  { role: 'compliance-officer', name: 'Ruth Kim', email: 'compliance@demo.test', credential: '' },
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
const PRACTICE_NAME = 'Pearl & Co. Aesthetics'
const TIME_ZONE = 'America/New_York'
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]
const NINE = 9 * 60
const SIX_PM = 18 * 60

// No letters that look alike: these are typed by hand.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const demoPassword = () => Array.from({ length: 3 }, () => Array.from({ length: 5 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('')).join('-')

const loginsFile = ({ dataDir }: Where) => join(dataDir, 'demo-logins.json')
/** The last day that the demo was filled with visits. What the newcomer moves or cancels on that day stays so. */
const dayFile = ({ dataDir }: Where) => join(dataDir, 'demo-day.txt')

/** Stops the embedded database of a demo that is to be thrown away. */
export const stopAndForget = async (config: Config) => {
  if (config.databases) throw new Error('--reset only throws away the embedded database, and DATABASE_URL names another. Empty that one yourself.')
  if (existsSync(join(config.dataDir, 'postgres'))) await (await openDatabases(config)).stop()
}

const isProvider = (role: string) => role === 'provider' || role === 'medical-director'
const CREDENTIALS = new Map<string, string>(TEAM.map(({ email, credential }) => [email, credential]))
const PROVIDER_NAMES = TEAM.filter(({ role }) => isProvider(role)).map(({ name }) => name)

/** The practice, its team, services and hours. */
const makePractice = async (app: App): Promise<Login[]> => {
  const actor = operator(newId('prc'), 'demo', ['practice.create', 'user.first', 'service.change', 'hours.change', 'standing.record'])
  const { locationId } = await app.perform(createPractice, actor, {
    practice: { name: PRACTICE_NAME, phone: '+12125550100' },
    location: { name: 'Madison Avenue', address: '485 Madison Ave, New York, NY 10022', timeZone: TIME_ZONE },
  })
  // Hashing a password takes a while on purpose; they wait side by side.
  const team = await Promise.all(
    TEAM.map(async ({ role, name, email, credential }) => {
      const login = { role, name, email, password: demoPassword(), totpSecret: newTotpSecret() }
      const person = { ...login, credential, roles: role === 'it-support' ? [role, 'marketing'] : [role], locationIds: [locationId], isProvider: isProvider(role) }
      return { login, ...(await app.perform(createUser, actor, person)) }
    }),
  )
  for (const { id, login } of team) await giveStanding(app, actor, { id, role: login.role, credential: CREDENTIALS.get(login.email) ?? '', timeZone: TIME_ZONE })
  const providerIds = team.filter((t) => t.isProvider).map(({ id }) => id)
  for (const userId of providerIds)
    await app.perform(changeHours, actor, { userId, hours: WEEKDAYS.map((weekday) => ({ locationId, weekday, fromMinute: NINE, toMinute: SIX_PM })) })
  for (const service of SERVICES) await app.perform(changeService, actor, { ...service, onlineBooking: true, active: true, providerIds })
  return team.map(({ login }) => login)
}

/** Fills today, once; and the past, the first time. */
const fillToday = async (app: App, where: Where, past: 'and the past' | 'today only') => {
  const { demoPractice } = await import('./demo-hands.ts')
  const practice = await demoPractice(app, await app.onlyPractice(), PROVIDER_NAMES)
  if (!practice) return
  const day = practice.today.toString()
  const file = dayFile(where)
  if (existsSync(file) && readFileSync(file, 'utf8').trim() === day) return
  const [{ fillDay, patientsOf }, { fillPast }] = [await import('./demo-day.ts'), await import('./demo-past.ts')]
  const patients = await patientsOf(practice)
  const visits = await fillDay(practice, patients)
  if (past === 'and the past') {
    await fillPast(practice, patients, visits)
    const { fillOversight } = await import('./demo-oversight.ts')
    await fillOversight(practice, patients)
  }
  writeFileSync(file, `${day}\n`, { mode: 0o600 })
}

const tell = ({ publicUrl }: Where, logins: readonly Login[], say: (line: string) => void) => {
  const firstOf = [...ROLES.keys()].flatMap((role) => logins.find((l) => l.role === role) ?? [])
  const row = (role: string, email: string, password: string, secret: string) => say(`  ${role.padEnd(18)}${email.padEnd(22)}${password.padEnd(19)}${secret}`)
  say(`\n${PRACTICE_NAME}, a practice that does not exist, at ${publicUrl}\n`)
  row('role', 'e-mail', 'password', 'TOTP secret')
  for (const { role, email, password, totpSecret } of firstOf) row(role, email, password, totpSecret)
  say('\nThe code of the moment: any authenticator app, or  npm run nacre -- code <TOTP secret>')
  say('All logins are in demo-logins.json in the data directory.\n')
  say('Try this')
  say('  1. provider     My day, then Elena Vasquez: her alerts, the injection map of last time, her photos before and after.')
  say('  2. front-desk   The calendar: check somebody in, send forms, check out. Then open a chart, and read why not.')
  say('  3. owner        The trail: who saw what just now. Posture: every safeguard, and one is red; Open carriers fixes it.')
  say(`Patients book without signing in: ${publicUrl}/book\n`)
}

/** The demo practice, made the first time and given a new day on each later one; prints its logins each time. */
export const ensureDemo = async (app: App, where: Where, say: (line: string) => void) => {
  const file = loginsFile(where)
  const isNew = (await app.practiceIds()).length === 0
  if (isNew) writeFileSync(file, JSON.stringify(await makePractice(app), null, 2), { mode: 0o600 })
  if (!existsSync(file)) {
    say('This data directory holds a practice that is no demo; starting it as it is.')
    return
  }
  await fillToday(app, where, isNew ? 'and the past' : 'today only')
  tell(where, z.array(Login).parse(JSON.parse(readFileSync(file, 'utf8'))), say)
}
