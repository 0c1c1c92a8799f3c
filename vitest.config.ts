import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['server/**/*.test.ts', 'verify/**/*.test.ts', 'scripts/**/*.test.ts', 'web/**/*.test.{ts,tsx}'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['server/test/postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two busy cores: a second, the default, is not long for a database that recovers.
    expect: { poll: { timeout: 15_000 } },
  },
})
