import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { ACTIONS, type Action } from '#kernel/action.ts'
import type { Carrier } from '#kernel/dispatch.ts'
import { newId, type Id } from '#kernel/id.ts'
import { grantsOf, operator, publicActor } from '#kernel/roles.ts'
import type { TrailLine } from '#kernel/trail-reading.ts'
import { createPractice } from '#modules/practices'
import { createUser, newTotpSecret } from '#modules/identity'
import { createPatient } from '#modules/patients'
import { keyFile } from '#platform/key-file.ts'
import { makeLog } from '#platform/log.ts'
import { confine, makeLogins, migrate, type Login, type LoginName } from '#platform/postgres.ts'
import { makeApp } from '../src/app.ts'

const TEMPLATE = 'nacre_template'
const VAULT_TEMPLATE = 'nacre_vault_template'
const PASSWORDS = { nacre_app: 'app', nacre_trail: 'trail', nacre_vault: 'vault' }

const asOwner = async <T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const { host, port, user, password } = inject('postgres')
  const client = new pg.Client({ host, port, user, password, database })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Made once a run, whoever comes first: the migrations, in databases that each test copies. */
const ensureTemplates = () =>
  asOwner('postgres', async (client) => {
    await client.query(`select pg_advisory_lock(hashtextextended('nacre templates', 0))`)
    const { rowCount } = await client.query(`select from pg_database where datname = $1 and datistemplate`, [TEMPLATE])
    if (rowCount) return
    await makeLogins(client, PASSWORDS)
    for (const [name, folder] of [[TEMPLATE, 'server/migrations'], [VAULT_TEMPLATE, 'server/vault']] as const) {
      await client.query(`create database ${name}`)
      await asOwner(name, (c) => migrate(c, folder))
      await client.query(`alter database ${name} is_template true`)
    }
  })

const copyOf = async (template: string, logins: readonly LoginName[]) => {
  const name = newId('t')
  await asOwner('postgres', (client) => client.query(`create database ${name} template ${template} strategy file_copy`))
  // A copy of a database has not the rights of its original.
  await asOwner(name, (client) => confine(client, logins))
  return name
}

export interface TestPerson {
  id: string
  email: string
  password: string
  totpSecret: string
  cookie: string
}

/**
 * A practice of its own for a test: a real database, real HTTP, no mocks. Nothing runs beside requests: call `drain()` to run the queue and
 * seal the trail.
 */
export const spa = async (options: { mail?: Carrier } = {}) => {
  await ensureTemplates()
  const [database, vault] = [await copyOf(TEMPLATE, ['nacre_app', 'nacre_trail']), await copyOf(VAULT_TEMPLATE, ['nacre_vault'])]
  const { host, port } = inject('postgres')
  const login = (user: keyof typeof PASSWORDS, of: string): Login => ({ host, port, user, password: PASSWORDS[user], database: of })
  const dir = mkdtempSync(join(tmpdir(), 'nacre-test-'))
  const app = await makeApp({
    databases: { app: login('nacre_app', database), trail: login('nacre_trail', database), vault: login('nacre_vault', vault) },
    keyService: keyFile(join(dir, 'keys/master.json'), { mayMake: 'yes' }),
    objectsDir: join(dir, 'objects'),
    headsDir: join(dir, 'heads'),
    log: makeLog('silent'),
    version: 'test',
    ...(options.mail ? { mail: options.mail } : {}),
  })
  const practiceId = newId('prc') as Id<'prc'>
  const { locationId } = await app.perform(createPractice, operator(practiceId, 'test', ['practice.create']), {
    practice: { name: 'Pearl Aesthetics', phone: '+12125550100' },
    location: { name: 'Downtown', address: '1 Main St', timeZone: 'America/New_York' },
  })
  const setUp = operator(practiceId, 'test', [...ACTIONS.keys()])

  /** A request as this person (a cookie), or as nobody. */
  const as = (who?: { cookie: string }) => {
    const send = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE') => (url: string, payload?: object, headers: Record<string, string> = {}) =>
      app.server.inject({ method, url, ...(payload ? { payload } : {}), headers: { ...(who ? { cookie: who.cookie } : {}), ...headers } })
    return { get: send('GET'), post: send('POST'), put: send('PUT'), patch: send('PATCH'), delete: send('DELETE') }
  }

  let people = 0
  /** Somebody of the team, signed in. `places`: locations, by default the first. */
  const person = async (roles: string[], more: { isProvider?: boolean; name?: string; places?: string[] } = {}): Promise<TestPerson> => {
    const email = `person${++people}@example.test`
    const password = randomBytes(12).toString('base64url')
    const totpSecret = newTotpSecret()
    const made = await app.perform(createUser, setUp, {
      email, password, totpSecret, roles, name: more.name ?? `Person ${people}`, credential: 'RN', locationIds: more.places ?? [locationId], isProvider: more.isProvider ?? false,
    })
    const token = await sessionFor(made.id)
    return { id: made.id, email, password, totpSecret, cookie: `nacre=${token}` }
  }
  /** A session without the second factor's clock: the sign-in itself has tests of its own. */
  const sessionFor = async (userId: string) => {
    const token = randomBytes(32).toString('base64url')
    await app.perform(plantSession, operator(practiceId, 'test', ['test.plant-session']), { userId, token })
    return `${practiceId}.${token}`
  }

  let patients = 0
  const patient = async (more: Partial<{ givenName: string; familyName: string; birthDate: string; phone: string; email: string; locationId: string }> = {}) => {
    const n = ++patients
    return app.perform(createPatient, setUp, {
      givenName: 'Ana', familyName: `Example${n}`, birthDate: '1990-02-14', phone: `+1212555${String(1000 + n)}`, email: `ana${n}@example.test`, locationId, ...more,
    })
  }

  const owner = new pg.Pool({ ...inject('postgres'), database })
  /** What the trail holds of this patient (or of everybody), oldest first. */
  const trailOf = async (patientId?: string) => {
    const { rows } = await owner.query(
      `select e.actor, e.action, e.outcome, e.rule, e.patient_id as "patientId", coalesce(o.what, '[]')::json as opened from audit.event e
       left join audit.opened o on o.practice_id = e.practice_id and o.event_id = e.id
       where e.actor not like 'operator:%' and ($1::text is null or e.patient_id = $1 or o.what like '%' || $1 || '%') order by e.at, e.id`,
      [patientId ?? null],
    )
    return rows as (Pick<TrailLine, 'actor' | 'action' | 'outcome' | 'rule' | 'patientId' | 'opened'>)[]
  }

  /** Seals every event. The horizon is the whole cluster's, so other tests' transactions may have to end first. */
  const seal = async () => {
    for (;;) {
      await app.trail.sealAll()
      const { rowCount } = await owner.query('select from audit.event e where not exists (select from audit.leaf l where l.practice_id = e.practice_id and l.event_id = e.id) limit 1')
      if (!rowCount) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  return {
    ...app,
    as,
    person,
    patient,
    sessionFor,
    practiceId,
    locationId,
    trailOf,
    owner,
    dir,
    database,
    vaultDatabase: vault,
    /** An actor who may do anything, at the command line: for arranging a test, never for the thing tested. */
    setUp,
    public: publicActor(practiceId),
    staff: (id: string, roles: string[], places: string[] = [locationId]) => ({ kind: 'staff' as const, id, practiceId, roles, grants: grantsOf(roles), places }),
    /** Runs what is in the queue and seals the trail. */
    async drain() {
      await app.jobs.runDue()
      await seal()
    },
    seal,
    async close() {
      await app.stop()
      await owner.end()
      rmSync(dir, { recursive: true, force: true })
      await asOwner('postgres', async (c) => {
        for (const name of [database, vault]) await c.query(`drop database if exists ${name} with (force)`)
      })
    },
  }
}
export type Spa = Awaited<ReturnType<typeof spa>>
export type AnyAction = Action<unknown, unknown>

import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { roleAlone } from '#kernel/policy.ts'
import { session, UserId } from '#schema/identity'

const plantSession = action({
  name: 'test.plant-session', does: 'plant a session in a test', purpose: 'operations', phi: 'none', patient: () => '-', allow: roleAlone,
  input: z.object({ userId: UserId, token: z.string() }), output: z.object({}),
  run: async (tx, { userId, token }) => {
    await tx.add(session, { token, userId, createdAt: tx.now, lastActiveAt: tx.now, provenAt: tx.now, unlockTries: 0, expiresAt: afterDays(tx.now, 1) })
    return {}
  },
})
