import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start.ts'
import type { App } from '../../src/app/app.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { inTenant } from '../../src/storage/database.ts'
import { anAlert } from '../support/alerts.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'

/** Every built-in playbook acts on the lab's real processes, and the service is seen healthy afterwards. */

describe('the built-in playbooks on the lab', () => {
  let dir = ''
  let lab: Lab
  let world: TestApp
  /** Only these are offered, so that each gets its turn whatever the odds say. */
  let offered: readonly string[] = []

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'suture-lab-playbooks-'))
    lab = await startLab({ dir, port: 0, log: () => undefined })
    world = await testApp({
      catalogue: await readFile(lab.cataloguePath, 'utf8'),
      secrets: { 'lab-token': lab.token },
    })
    const all = world.app.configuration
    world = {
      ...world,
      app: {
        ...world.app,
        configuration: {
          of: async (tenantId) => {
            const configuration = await all.of(tenantId)
            return {
              ...configuration,
              playbooks: configuration.playbooks.filter(({ playbook }) => offered.includes(playbook.name)),
            }
          },
        },
      } satisfies App,
    }
  })

  afterAll(async () => {
    await world.close()
    await lab.stop()
    await rm(dir, { recursive: true, force: true })
  })

  const control = (path: string, body: object) =>
    fetch(`${lab.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${lab.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  /** The whole way of one alert about checkout, with one playbook on offer. */
  const healWith = async (
    playbook: string,
    alertname: string,
  ): Promise<{ status: string; cause: string | null; reason: string; operations: string[] }> => {
    offered = [playbook]
    const alert = anAlert({ title: alertname, labels: { alertname, service: 'checkout', with: playbook } })
    const [incidentId = ''] = (
      await createIngestWriter(world.app).ingest({
        tenantId: testTenant,
        source: 'alertmanager',
        alerts: [alert],
        keptAside: [],
      })
    ).incidents
    await healIncident(world.app, testTenant, incidentId)
    const proposal = await inTenant(world.app.store, testTenant, (tx) =>
      tx.db
        .selectFrom('proposal')
        .select(['id', 'playbook'])
        .where('incident_id', '=', incidentId)
        .where('withdrawn_at', 'is', null)
        .executeTakeFirst(),
    )
    expect(proposal?.playbook).toBe(playbook)
    const requested = await requestRun(
      world.app,
      await world.caller('Ada', ['responder']),
      proposal?.id ?? '',
    )
    if (isRejection(requested) || requested.requestId === null) throw new Error(JSON.stringify(requested))
    await decideApproval(world.app, await world.caller('Chloe', ['approver']), {
      requestId: requested.requestId,
      decision: 'approve',
      reason: '',
    })
    await performRun(world.app, testTenant, requested.runId)
    const run = await inTenant(world.app.store, testTenant, (tx) =>
      tx.db
        .selectFrom('run')
        .select(['status', 'cause', 'reason'])
        .where('id', '=', requested.runId)
        .executeTakeFirstOrThrow(),
    )
    const answer = await fetch(`${lab.url}/effects`, { headers: { authorization: `Bearer ${lab.token}` } })
    const { effects } = (await answer.json()) as {
      effects: { key: string; operation: string; count: number }[]
    }
    const mine = effects.filter((effect) => effect.key.startsWith(`${requested.runId}.`))
    expect(mine.every((effect) => effect.count === 1)).toBe(true)
    await createIngestWriter(world.app).ingest({
      tenantId: testTenant,
      source: 'alertmanager',
      alerts: [{ ...alert, status: 'resolved', endsAt: alert.startsAt.add({ minutes: 5 }) }],
      keptAside: [],
    })
    return { ...run, operations: mine.map((effect) => effect.operation) }
  }

  const cases = [
    { fault: 'hang', playbook: 'restart-service', alertname: 'ServiceDown', operation: 'restart' },
    { fault: 'bad-flag', playbook: 'roll-back-flag', alertname: 'HighErrorRate', operation: 'flag' },
    { fault: 'latency', playbook: 'scale-up', alertname: 'HighLatency', operation: 'scale' },
    { fault: 'errors', playbook: 'flush-circuit-breakers', alertname: 'HighErrorRate', operation: 'flush' },
    { fault: null, playbook: 'warm-cache', alertname: 'HighLatency', operation: 'warm' },
    { fault: null, playbook: 'raise-logging', alertname: 'HighErrorRate', operation: 'log' },
  ]

  it.each(cases)(
    'R2 $playbook acts once on the real service, which is healthy afterwards ($fault)',
    async ({ fault, playbook, alertname, operation }) => {
      if (fault !== null) {
        expect((await control('/services/checkout/break', { fault })).status).toBe(200)
        await expect
          .poll(
            async () =>
              (
                (await (
                  await fetch(`${lab.url}/svc/checkout/health`).catch(() => null)
                )
                  ?.json()
                  .catch(() => null)) as { status?: string } | null
              )?.status ?? 'none',
            { timeout: 60_000 },
          )
          .not.toBe('pass')
      }
      const ended = await healWith(playbook, alertname)
      expect(ended).toMatchObject({ status: 'succeeded', cause: null })
      expect(ended.operations).toHaveLength(1)
      expect(ended.operations[0]).toContain(operation)
      if (fault !== null) await control('/services/checkout/mend', {})
    },
  )
})
