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
    // Whoever waits ends when it happens; these only end what never will. Short ones fail on a machine that is busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    teardownTimeout: 20_000,
    reporters: ['default', skipLedger(process.env['TEST_REPORT'] ?? '.reports/tests.json')],
  },
})
