import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createExecutors } from '../../adapters/actions/index.ts'
import type { MetricReading } from '../../src/app/ports.ts'
import { claimRun } from '../../src/app/run/claim-run.ts'
import { startControl } from '../../src/app/run/control.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { verifyRun } from '../../src/app/run/verify-run.ts'
import type { Playbook } from '../../src/domain/playbook.ts'
import { testTenant } from '../support/app.ts'
import { aNamedSleep, processesNaming } from '../support/process-table.ts'
import { type CoreWorld, corePlaybooks, coreWorld } from './core-world.ts'

const longSleep = aNamedSleep()
const clock = { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() }
let movedMs = 0

/** Probes, metrics and a machine for smoke tests, for every service of the estate. */
const withChecks = (catalogue: string): string =>
  catalogue
    .replace(
      /^ {2}- name: (\S+-\d+)\n/gm,
      (line, name: string) =>
        `${line}    metrics: { errorRate: 'errors of ${name}' }\n    probes: { deep: { url: '${/url: '(http:..[^/]*)/.exec(catalogue)?.[1]}/${name}-deep/health' } }\n`,
    )
    .replaceAll(
      '    targets:\n',
      `    targets:
      - name: test/box
        kind: command
        checks:
          fine: { argv: [/usr/bin/env, 'true'] }
          broken: { argv: [/usr/bin/env, 'false'] }
          hangs: { argv: [/usr/bin/env, sleep, '${longSleep}'] }
          forbidden: { argv: [/usr/bin/whoami] }
`,
    )

/** Nobody waits for it: once something was seen, the clock is moved behind it. */
const soon = 'within: 1m, every: 50ms, healthy: 2'

describe('the checks of a run', () => {
  let world: CoreWorld
  /** The one that `queued` has declared. */
  let playbook = ''
  let metric: (query: string, signal: AbortSignal) => Promise<MetricReading>
  beforeAll(async () => {
    world = await coreWorld({
      settle: { leaseMs: 600_000 },
      overrides: {
        clock: { ...clock, monotonicMs: () => performance.now() + movedMs },
        executors: createExecutors({
          secrets: { read: async () => null },
          allowedCommands: ['/usr/bin/env'],
          clock,
        }),
        metrics: { read: (_service, query, signal) => metric(query, signal) },
      },
    })
  })
  afterAll(() => world.close())

  /** A run of two steps that can be undone, verified as given; queued, and not yet begun. */
  const queued = async (verify: string) => {
    playbook = (corePlaybooks['two-steps'] ?? '').replace(/^verify: .*$/m, `verify: ${verify}`)
    await world.configure({ 'two-steps': playbook }, withChecks)
    const { name, service } = world.take()
    world.estate.of(`${name}-deep`).healthy = true
    metric = async () => ({ ok: true, value: 0.002 })
    return { name, service, ...(await world.queued(name)) }
  }
  const perform = (runId: string) => performRun(world.app, testTenant, runId)
  const checksOf = (runId: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('step_execution')
        .select(['step_id', 'title', 'status', 'summary'])
        .where('run_id', '=', runId)
        .where('phase', '=', 'verify')
        .orderBy('position')
        .execute(),
    )
  /** Until the row of each check tells a reading; then its time is up. */
  const untilSeen = async (runId: string) => {
    await vi.waitFor(
      async () => {
        const told = (await checksOf(runId)).map(({ summary }) => summary)
        expect(told).not.toEqual([])
        for (const each of told) expect(['', 'no answer yet']).not.toContain(each)
      },
      { timeout: 60_000, interval: 50 },
    )
    movedMs += 90_000
  }
  const performUntilSeen = (runId: string) => Promise.all([perform(runId), untilSeen(runId)])
  const claimed = async (runId: string) => {
    const claim = await claimRun(world.app, testTenant, runId)
    if (claim === null) throw new Error(`${runId} could not be claimed`)
    const control = startControl(world.app, claim)
    return { claim, control }
  }

  it('R6 D4 a run has succeeded when the probes, the metric, the command and the alerts agree at once', async () => {
    const each = 'within: 5m, every: 50ms, healthy: 3'
    const { name, runId } = await queued(`
  settle: 50ms
  checks:
    - { check: http_probe, ${each} }
    - { check: http_probe, probe: deep, ${each} }
    - { check: prometheus, metric: errorRate, below: 0.01, ${each} }
    - { check: prometheus, title: 5xx rate, query: rate, below: 1, unit: '%', ${each} }
    - { check: command, command: test/box/fine, timeout: 1m, ${each} }
    - { check: command, command: fine, timeout: 1m, title: Smoke test, ${each} }
    - { check: alert_resolved, ${each} }`)
    const asked = new Set<string>()
    // The alerts resolve late: until then what holds already must go on to hold.
    metric = async (query) => {
      if (asked.size === 2) await world.resolve(name)
      asked.add(query)
      return { ok: true, value: query === 'rate' ? 0.2 : 0.002 }
    }
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded', cause: null })
    expect(asked).toEqual(new Set([`errors of ${name}`, 'rate']))
    const checks = await checksOf(runId)
    expect(checks.map(({ step_id, title, status }) => [step_id, title, status])).toEqual([
      ['verify.1', 'Health probe', 'succeeded'],
      ['verify.2', 'Probe deep', 'succeeded'],
      ['verify.3', 'Errors', 'succeeded'],
      ['verify.4', '5xx rate', 'succeeded'],
      ['verify.5', 'Command test/box/fine', 'succeeded'],
      ['verify.6', 'Smoke test', 'succeeded'],
      ['verify.7', 'Alerts resolved', 'succeeded'],
    ])
    const times = '(three|four|five|six|\\d+) times in a row$'
    expect(checks[2]?.summary).toMatch(new RegExp(`^Errors 0.2 %, below 1 %, ${times}`))
    expect(checks[3]?.summary).toMatch(new RegExp(`^5xx rate 0.2 %, below 1 %, ${times}`))
    expect(checks[5]?.summary).toMatch(new RegExp(`^Smoke test: .*, ${times}`))
    expect(checks[6]?.summary).toMatch(new RegExp(`^its alert has resolved, ${times}`))
  })

  const problem = async (): Promise<MetricReading> => ({ ok: false, problem: 'Prometheus does not answer.' })
  const value = (of: number | null) => async (): Promise<MetricReading> => ({ ok: true, value: of })
  const errors = `{ check: prometheus, metric: errorRate, below: 0.01, ${soon} }`
  const patient = 'within: 20s, timeout: 15s, every: 50ms'

  it.each<[string, string, 'not_recovered' | 'not_measured', string, (() => Promise<MetricReading>)?]>([
    ['a metric on the wrong side', errors, 'not_recovered', 'Errors 4 %, not below 1 %', value(0.04)],
    ['a metric at its bound', errors, 'not_recovered', 'Errors 1 %, not below 1 %', value(0.01)],
    ['no data', errors, 'not_measured', 'not measured: Errors: no data', value(null)],
    ['no Prometheus', errors, 'not_measured', 'not measured: Prometheus does not answer', problem],
    [
      'a metric that the catalogue has not',
      `{ check: prometheus, metric: saturation, below: 1, ${soon} }`,
      'not_measured',
      'has no metric saturation in the catalogue',
    ],
    [
      'a probe that the catalogue has not',
      `{ check: http_probe, probe: shallow, ${soon} }`,
      'not_measured',
      'has no probe shallow in the catalogue',
    ],
    [
      'alerts that fire on',
      `{ check: alert_resolved, ${soon} }`,
      'not_recovered',
      '1 of 1 alerts still firing',
    ],
    [
      'a command that says no',
      `{ check: command, command: broken, timeout: 1m, ${soon} }`,
      'not_recovered',
      'broken: ended with 1',
    ],
    [
      'a check that no target declares',
      `{ check: command, command: unheard-of, timeout: 1m, ${soon} }`,
      'not_measured',
      'declares the check unheard-of',
    ],
    [
      'a check of another target',
      `{ check: command, command: elsewhere/fine, timeout: 1m, ${soon} }`,
      'not_measured',
      'declares the check elsewhere/fine',
    ],
    [
      'a command that is not allowed',
      `{ check: command, command: forbidden, timeout: 1m, ${soon} }`,
      'not_measured',
      'nothing was started',
    ],
  ])('R6 %s: %s is %s', async (_what, check, recovery, words, read) => {
    const { runId } = await queued(check)
    if (read !== undefined) metric = read
    await performUntilSeen(runId)
    expect(await checksOf(runId)).toMatchObject([
      { step_id: 'verify', status: 'failed', summary: expect.stringContaining(words) as string },
    ])
    expect(await world.run(runId)).toMatchObject({
      status: recovery === 'not_recovered' ? 'rolled_back' : 'failed',
      cause: recovery,
    })
  })

  it('R6 what does not hold outweighs what nobody could measure, and the waiting for others ends with it', async () => {
    const { runId } = await queued(`
  checks:
    - ${errors}
    - { check: http_probe, ${soon} }
    - { check: alert_resolved, within: 9m, every: 50ms }`)
    metric = async (): Promise<MetricReading> => ({ ok: false, problem: 'Prometheus does not answer.' })
    const { claim, control } = await claimed(runId)
    // Nothing has been done yet: the probe answers 503.
    const [{ recovery, notes }] = await Promise.all([verifyRun(world.app, claim, control), untilSeen(runId)])
    control.stop()
    expect(recovery).toBe('not_recovered')
    expect(notes.map(({ status }) => status)).toEqual(['failed', 'failed', 'canceled'])
  })

  it.each<[string, string]>([
    ['a kind that this version does not know', '{"check":"ping"}'],
    ['a kind named like something built in', '{"check":"constructor","within":1000,"every":50,"healthy":1}'],
    ['a list of them', '{"check":"all","checks":[{"check":"ping"}]}'],
    ['no check at all', '{"check":"all","checks":[]}'],
  ])('R6 %s is not measured, whatever the stored playbook says', async (_what, verify) => {
    const { runId, service } = await queued(`{ check: http_probe, ${soon} }`)
    service.healthy = true
    const { claim, control } = await claimed(runId)
    const playbook: Playbook = { ...claim.playbook, verify: JSON.parse(verify) as Playbook['verify'] }
    expect(await verifyRun(world.app, { ...claim, playbook }, control)).toMatchObject({
      recovery: 'not_measured',
    })
    control.stop()
  })

  it('R6 G13 a check that is told to run something else since the approval blocks the run', async () => {
    const { runId, service } = await queued(`{ check: command, command: fine, timeout: 1m, ${soon} }`)
    await world.configure({ 'two-steps': playbook }, (catalogue) =>
      withChecks(catalogue).replaceAll(
        "fine: { argv: [/usr/bin/env, 'true'] }",
        'fine: { argv: [/usr/bin/env] }',
      ),
    )
    await perform(runId)
    expect(service.calls).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
  })

  it('R6 nobody looks before it had time to settle', async () => {
    const { runId, service } = await queued(
      `{ check: prometheus, query: q, above: 0, settle: 300ms, ${soon} }`,
    )
    service.healthy = true
    let lookedMs = 0
    metric = async () => {
      lookedMs ||= performance.now()
      return { ok: true, value: 1 }
    }
    const { claim, control } = await claimed(runId)
    const began = performance.now()
    expect(await verifyRun(world.app, claim, control)).toMatchObject({ recovery: 'recovered' })
    control.stop()
    // Timers may be early by a millisecond.
    expect(lookedMs - began).toBeGreaterThan(295)
  })

  it('R6 C6 the row and the card tell the last reading while it goes on', async () => {
    const { runId, incidentId } = await queued(
      '{ check: prometheus, query: q, title: 5xx rate, below: 1, within: 9m, every: 50ms }',
    )
    let told = false
    metric = async () => {
      const [check] = await checksOf(runId)
      const card = await world.read((tx) =>
        tx.db
          .selectFrom('card')
          .select('body')
          .where('incident_id', '=', incidentId)
          .where('kind', '=', 'run')
          .executeTakeFirstOrThrow(),
      )
      told ||=
        check?.status === 'intent' &&
        check.summary === '5xx rate 7, not below 1' &&
        JSON.stringify(card.body).includes('5xx rate 7, not below 1')
      return { ok: true, value: told ? 0.5 : 7 }
    }
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
    expect(await checksOf(runId)).toMatchObject([
      { status: 'succeeded', summary: '5xx rate 0.5, below 1, three times in a row' },
    ])
  })

  it('R6 G3 a check that hangs ends with the time of the run, and so does everything it started', async () => {
    const { runId } = await queued(`
  checks:
    - { check: command, command: hangs, ${patient} }
    - { check: prometheus, query: q, above: 0, within: 20s }`)
    // Never answers and never heeds the signal.
    metric = () => new Promise(() => undefined)
    await world.read((tx) =>
      tx.db.updateTable('run').set({ budget_ms: 9_000 }).where('id', '=', runId).execute(),
    )
    await perform(runId)
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'timed_out' })
    expect((await checksOf(runId)).map(({ status }) => status)).toEqual(['timed_out', 'timed_out'])
    expect(
      await world.read((tx) =>
        tx.db.selectFrom('run_process').selectAll().where('run_id', '=', runId).execute(),
      ),
    ).toEqual([])
    await vi.waitFor(() => expect(processesNaming(longSleep)).toEqual([]))
  })

  it('R6 R4 a step whose check does not hold has failed, and is undone with those before it', async () => {
    const steps = (check: string) =>
      (corePlaybooks['two-steps'] ?? '').replace('  - id: scale\n', `    check: ${check}\n  - id: scale\n`)
    const begin = async (check: string) => {
      await world.configure({ 'two-steps': steps(check) }, withChecks)
      const { name, service } = world.take()
      return { service, ...(await world.queued(name)) }
    }
    const held = await begin(`{ check: http_probe, ${soon} }`)
    await perform(held.runId)
    expect(await world.run(held.runId)).toMatchObject({ status: 'succeeded' })
    expect(await checksOf(held.runId)).toMatchObject([
      {
        step_id: 'flag.check',
        status: 'succeeded',
        title: expect.stringMatching(/: Health probe$/) as string,
      },
      { step_id: 'verify', status: 'succeeded' },
    ])
    for (const [check, words] of [
      [`{ check: alert_resolved, ${soon} }`, 'still firing'],
      [`{ check: http_probe, probe: none, ${soon} }`, 'not measured: '],
    ] as const) {
      const { runId, service } = await begin(check)
      await performUntilSeen(runId)
      expect(service.calls).toEqual([
        `set_feature_flag ${runId}.flag`,
        `set_feature_flag ${runId}.flag.rollback`,
      ])
      expect(await world.run(runId)).toMatchObject({ status: 'rolled_back', cause: 'failed' })
      expect(await checksOf(runId)).toMatchObject([
        { step_id: 'flag.check', status: 'failed', summary: expect.stringContaining(words) as string },
      ])
    }
  })
})
