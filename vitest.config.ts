import { defineConfig } from 'vitest/config'
import { skipLedger } from './scripts/skip-ledger.ts'
import { TestOrder } from './scripts/test-order.ts'

/** Tests of pure rules: they leave nothing behind, so many of them share a process and what it has imported. */
const pure = 'test/{unit,architecture}/**'
/** Of them, in a process of its own what puts others in the place of modules, and what measures the memory of its process. */
const alone = ['calendar-watch', 'expected-runs', 'give-back', 'strict-json']

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Forks, not threads: tests start children, listen to signals and change process.env.
    pool: 'forks',
    // Two files at a time keeps PostgreSQL, a browser and the test itself off each other's toes on two cores.
    maxWorkers: 2,
    sequence: { sequencer: TestOrder },
    // Whoever waits ends when it happens; these only end what never will. Short ones fail on a machine that is busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    teardownTimeout: 20_000,
    reporters: ['default', skipLedger(process.env['TEST_REPORT'] ?? '.reports/tests.json')],
    projects: [
      {
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts'],
          exclude: [`${pure}/!(${alone.join('|')}).test.ts`],
        },
      },
      {
        test: {
          name: 'pure',
          include: [`${pure}/*.test.ts`],
          exclude: alone.map((name) => `${pure}/${name}.test.ts`),
          isolate: false,
        },
      },
    ],
  },
})
