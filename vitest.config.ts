import { defineConfig } from 'vitest/config'
import { skipLedger } from './scripts/skip-ledger.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Forks, not threads: tests start children, listen to signals and change process.env.
    pool: 'forks',
    // Two files at a time keeps PostgreSQL, a browser and the test itself off each other's toes on two cores.
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    reporters: ['default', skipLedger('.reports/tests.json')],
  },
})
