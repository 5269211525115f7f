import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { importFiles } from '../../src/app/configuration/import-files.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { bootstrapTenant } from '../../src/app/identity/bootstrap.ts'
import { writeAlerts } from '../../src/app/ingest/write-alerts.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Alert } from '../../src/domain/alert.ts'
import type { Caller, Role } from '../../src/domain/person.ts'
import { defaultPolicy } from '../../src/domain/policy/document.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { Catalogue } from '../../src/domain/service.ts'
import { inTenant } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { anAlert } from '../support/alerts.ts'
import { testApp, testTenant } from '../support/app.ts'
import { readBuiltIn } from '../unit/support/playbooks.ts'

/** The real App over a database of its own, with one service whose restart always works at once, and its people. */

export const tenant = testTenant
export const otherTenant = 'rival'

const person = (name: string, roles: Role[]): Caller => ({
  tenantId: tenant,
  person: { id: `person_${name.toLowerCase()}`, name, kind: 'human', roles },
  via: 'console',
  scopes: ['read', 'respond', 'approve'],
})
export const alma = person('Alma', ['responder', 'approver'])
export const bruno = person('Bruno', ['responder'])
export const cora = person('Cora', ['approver'])
export const vera = person('Vera', ['viewer'])
export const nobody = person('Nobody', [])

const catalogue = Catalogue.parse({
  services: [
    {
      name: 'checkout',
      aliases: ['checkout-api'],
      channels: ['shop', 'ops'],
      targets: [
        {
          name: 'checkout-1',
          kind: 'http',
          actions: { restart_service: { url: 'http://127.0.0.1:9/restart' } },
        },
      ],
    },
    { name: 'search' },
  ],
})

const quickRestart = () => {
  const playbook = readBuiltIn('restart-service.yaml')
  return { ...playbook, verify: { ...playbook.verify, every: 1, healthy: 1 } }
}

export interface World {
  readonly app: App
  readonly logged: object[]
  /** Lets time pass for every rule that asks PostgreSQL for it. */
  readonly later: (duration: Temporal.DurationLike) => void
}

export const aWorld = async (): Promise<World> => {
  const logged: object[] = []
  const log = {
    info: () => undefined,
    warn: (details: object) => void logged.push(details),
    error: (details: object) => void logged.push(details),
  }
  const perform = async () => ({ status: 'succeeded' as const, summary: 'restarted as pid 17' })
  const { app, ownerUrl, caller, shift, close } = await testApp({
    overrides: {
      log,
      executors: new Map([
        ['http', { kind: 'http', perform, probe: async () => 'cannot_tell', render: () => '' }],
      ]),
      evidence: [],
      probeHealth: async () => ({ healthy: true, measured: true, summary: 'answers 200', latencyMs: 3 }),
    },
  })
  onTestFinished(close)
  await ensureTenant(ownerUrl, otherTenant, 'Rival')
  await bootstrapTenant(app, otherTenant, { lab: true })
  await importFiles(app, tenant, {
    catalogue: { value: catalogue, source: 'test' },
    playbooks: [{ value: quickRestart(), source: 'test' }],
    policy: { value: { ...defaultPolicy, windows: [] }, source: 'test', text: 'windows: []' },
  })
  for (const { person: each } of [alma, bruno, cora, vera, nobody]) await caller(each.name, each.roles)
  return { app, logged, later: (duration) => shift(Temporal.Duration.from(duration).total('milliseconds')) }
}

/** One alert comes in; returns the incident it opened and a way to resolve it. */
export const fire = async (
  app: App,
  over: Partial<Alert> = {},
  tenantId = tenant,
): Promise<{ incidentId: string; resolve: () => Promise<void> }> => {
  // To the millisecond, as every parser gives it: that is what the database holds.
  const startsAt = Temporal.Instant.fromEpochMilliseconds(Date.now() - 30_000)
  const alert = anAlert({
    title: 'CheckoutDown',
    labels: { probe: randomBytes(4).toString('hex') },
    startsAt,
    ...over,
  })
  const ingest = (alerts: Alert[]) =>
    writeAlerts(app, [{ tenantId, source: 'alertmanager', alerts, keptAside: [] }])
  const [receipt] = await ingest([alert])
  const [incidentId] = receipt?.incidents ?? []
  if (incidentId === undefined) throw new Error('the alert opened no incident')
  return {
    incidentId,
    resolve: async () => {
      await ingest([{ ...alert, status: 'resolved', endsAt: alert.startsAt.add({ seconds: 40 }) }])
    },
  }
}

export const firstProposal = async (app: App, incidentId: string): Promise<string> => {
  const row = await inTenant(app.store, tenant, (tx) =>
    tx.db
      .selectFrom('proposal')
      .select('id')
      .where('incident_id', '=', incidentId)
      .orderBy('rank')
      .executeTakeFirst(),
  )
  if (row === undefined) throw new Error(`${incidentId} has no proposal`)
  return row.id
}

export const proposedIn = async (
  world: World,
): Promise<{ incidentId: string; proposalId: string; resolve: () => Promise<void> }> => {
  const { incidentId, resolve } = await fire(world.app)
  await healIncident(world.app, tenant, incidentId)
  return { incidentId, proposalId: await firstProposal(world.app, incidentId), resolve }
}

export const requestedIn = async (world: World) => {
  const given = await proposedIn(world)
  const asked = await requestRun(world.app, alma, given.proposalId)
  if (isRejection(asked) || asked.requestId === null) throw new Error('the request was not taken')
  return { ...given, runId: asked.runId, requestId: asked.requestId }
}

export const healedIn = async (world: World) => {
  const given = await requestedIn(world)
  await decideApproval(world.app, alma, { requestId: given.requestId, decision: 'approve', reason: '' })
  world.later({ minutes: 3 })
  await decideApproval(world.app, cora, {
    requestId: given.requestId,
    decision: 'approve',
    reason: 'looks right',
  })
  await performRun(world.app, tenant, given.runId)
  world.later({ minutes: 2 })
  await given.resolve()
  return given
}
