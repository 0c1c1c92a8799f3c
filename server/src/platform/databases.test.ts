import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { spa, type Spa } from '#test/harness.ts'
import { readConfig } from '../config.ts'
import { openDatabases } from './databases.ts'

let s: Spa
beforeAll(async () => {
  s = await spa()
})
afterAll(() => s.close())

it('does not start with a login that the database could not hold to the audit trail', async () => {
  const { host, port, user, password } = inject('postgres')
  const url = (login: string, secret: string, database: string) => `postgres://${login}:${encodeURIComponent(secret)}@${encodeURIComponent(host)}:${port}/${database}`
  const [owner, vaultOwner] = [url(user, password, s.database), url(user, password, s.vaultDatabase)]
  const good = {
    DATABASE_URL: url('nacre_app', 'app', s.database), MIGRATION_DATABASE_URL: owner, TRAIL_DATABASE_URL: url('nacre_trail', 'trail', s.database),
    VAULT_DATABASE_URL: url('nacre_vault', 'vault', s.vaultDatabase), VAULT_MIGRATION_DATABASE_URL: vaultOwner,
  }
  const open = (more: Partial<typeof good>) => openDatabases(readConfig({ ...good, ...more }))
  await expect(open({ DATABASE_URL: owner })).rejects.toThrow(/^DATABASE_URL: the login .* superuser/)
  await expect(open({ TRAIL_DATABASE_URL: owner })).rejects.toThrow(/^TRAIL_DATABASE_URL/)
  await expect(open({ VAULT_DATABASE_URL: vaultOwner })).rejects.toThrow(/^VAULT_DATABASE_URL/)
  expect(await open({})).toMatchObject({ adopted: false })
})
