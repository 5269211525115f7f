import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBell } from '../../jobs/bell.ts'
import type { App, Bell } from '../../src/app/app.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { createIngestWriter, type IngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { readSettings } from '../../src/config.ts'
import { systemIds } from '../../src/context.ts'
import type { Alert, AlertStatus } from '../../src/domain/alert.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { labPolicyPath } from '../../src/start/lab.ts'
import { startSuture } from '../../src/start/start.ts'
import { inTenant } from '../../src/storage/database.ts'
import { answerParent } from './child.ts'
import { createGate, type Gate } from './runs-gate.ts'
import { until } from './until.ts'

/**
 * A worker of Suture, and its API for the files, in one process as `npm start` would have them. Runs that are approved wait
 * until the bench rings for them all; nothing else differs from the product but who says that a service is well.
 */
export type Question =
  | {
      readonly kind: 'open'
      readonly ownerUrl: string
      readonly appUrl: string
      readonly redisUrl: string | null
      readonly folder: string
      readonly target: string
      readonly services: number
    }
  /** Brings as many runs as there are services to where they are approved and queued. */
  | { readonly kind: 'prepare' }
  /** Milliseconds from the first ring until the last run has ended. */
  | { readonly kind: 'measure' }
  /** Ends the incidents; fails unless every run has succeeded and was learned from once. */
  | { readonly kind: 'settle' }

type Opening = Extract<Question, { kind: 'open' }>

interface Opened {
  readonly app: App
  readonly writer: IngestWriter
  readonly gate: Gate
  readonly approver: Caller
  readonly services: readonly string[]
}

const tenantId = 'main'
const decideTogether = 8
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
let opened: Opened | null = null
let stop: (() => Promise<void>) | null = null
let round = 0

const open = async ({ ownerUrl, appUrl, redisUrl, folder, target, services: count }: Opening) => {
  const services = Array.from({ length: count }, (_, at) => `shop-${at + 1}`)
  const files = filesOf(folder, target, services)
  const read = readSettings({
    ...files,
    SUTURE_LAB: 'off',
    SUTURE_PORT: '0',
    SUTURE_DATA_DIR: join(folder, 'suture'),
    DATABASE_URL: ownerUrl,
    DATABASE_APP_URL: appUrl,
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    // Getting ready takes longer than the sweeper waits before it rings for runs by itself.
    SUTURE_RING_AGAIN: '10m',
    SUTURE_FLAP_WINDOW: '0s',
  })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const gate = createGate()
  const running = await startSuture({
    settings: read.settings,
    env: process.env,
    roles: new Set(['api', 'worker']),
    lab: false,
    log: silent,
    version: 'bench',
    portIsFixed: true,
    overrides: {
      bell: gate.bell,
      checkpoint: gate.checkpoint,
      probeHealth: async () => ({ healthy: true, measured: true, summary: 'it answers', latencyMs: 0 }),
    },
  })
  stop = running.stop
  const { app } = running.context
  const bell: Bell = await openBell(
    redisUrl === null
      ? { kind: 'postgres', url: appUrl, assumeAppRole: false }
      : { kind: 'redis', url: redisUrl },
    systemIds,
    silent,
  )
  gate.use(bell)
  opened = { app, gate, services, writer: createIngestWriter(app), approver: await makeApprover(app) }
}

const filesOf = (folder: string, target: string, services: readonly string[]) => {
  const catalogue = join(folder, 'catalogue.yaml')
  writeFileSync(
    catalogue,
    `services:\n${services
      .map(
        (name) => `  - name: ${name}
    channels: [incidents]
    probe: { url: '${target}/${name}/health', timeout: 500ms }
    targets:
      - name: bench/${name}
        kind: http
        actions:
          restart_service: { method: POST, url: '${target}/${name}/restart', effect: '${target}/${name}/effects/{key}' }
`,
      )
      .join('')}`,
  )
  const playbooks = join(folder, 'playbooks')
  mkdirSync(playbooks)
  writeFileSync(
    join(playbooks, 'bench-restart.yaml'),
    `name: bench-restart
version: 1
title: Restart the service
description: One step, and one look whether it helped.
impact: medium
diagnoses: [service_down, saturation, elevated_errors, general_degradation]
steps:
  - { id: restart, action: restart_service, timeout: 10s }
verify: { check: http_probe, within: 10s, every: 1s, healthy: 1 }
prior: { worked: 19, failed: 1 }
`,
  )
  // Benches run at any hour, so every window is open.
  return { SUTURE_CATALOGUE: catalogue, SUTURE_PLAYBOOKS: playbooks, SUTURE_POLICY: labPolicyPath }
}

const makeApprover = async (app: App): Promise<Caller> => {
  const person = { id: 'person_bea', name: 'Bea', kind: 'human', roles: ['responder', 'approver'] } as const
  await inTenant(app.store, tenantId, (tx) =>
    tx.db
      .insertInto('person')
      .values({ ...person, roles: [...person.roles], tenant_id: tenantId })
      .execute(),
  )
  return { tenantId, person, via: 'console', scopes: ['read', 'respond', 'approve'] }
}

const send = ({ writer, services }: Opened, status: AlertStatus) => {
  const startsAt = Temporal.Now.instant()
  return writer.ingest({
    tenantId,
    source: 'alertmanager',
    alerts: services.map(
      (service): Alert => ({
        source: 'alertmanager',
        fingerprint: `down-${service}-${round}`,
        status,
        severity: 'high',
        service,
        title: 'ServiceDown',
        summary: `${service} does not answer.`,
        labels: { alertname: 'ServiceDown', service },
        startsAt,
        endsAt: status === 'resolved' ? startsAt : null,
        links: [],
      }),
    ),
    keptAside: [],
  })
}

const prepare = async (world: Opened): Promise<void> => {
  round += 1
  world.gate.close(world.services.length)
  await send(world, 'firing')
  const requests = await until('requests for approval', async () => {
    const waiting = await pendingRequests(world.app)
    return waiting.length === world.services.length ? waiting : null
  })
  const next = requests[Symbol.iterator]()
  const decide = async (): Promise<void> => {
    for (const requestId of next) {
      const decided = await decideApproval(world.app, world.approver, {
        requestId,
        decision: 'approve',
        reason: '',
      })
      if (isRejection(decided)) throw new Error(`${requestId} was refused: ${decided.detail}`)
    }
  }
  await Promise.all(Array.from({ length: decideTogether }, decide))
}

const pendingRequests = (app: App): Promise<string[]> =>
  inTenant(app.store, tenantId, async (tx) => {
    const rows = await tx.db
      .selectFrom('approval_request')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('status', '=', 'pending')
      .execute()
    return rows.map(({ id }) => id)
  })

const settle = async (world: Opened): Promise<void> => {
  const wanted = round * world.services.length
  const { succeeded, learned, steps } = await inTenant(world.app.store, tenantId, (tx) =>
    tx.db
      .selectNoFrom((eb) => [
        eb
          .selectFrom('run')
          .select((of) => of.fn.countAll<number>().as('n'))
          .where('status', '=', 'succeeded')
          .as('succeeded'),
        eb
          .selectFrom('learning_outcome')
          .select((of) => of.fn.countAll<number>().as('n'))
          .where('status', '=', 'succeeded')
          .where('recovery', '=', 'recovered')
          .as('learned'),
        eb
          .selectFrom('step_execution')
          .select((of) => of.fn.countAll<number>().as('n'))
          .where('status', '=', 'succeeded')
          .where('phase', '=', 'action')
          .as('steps'),
      ])
      .executeTakeFirstOrThrow(),
  )
  if (succeeded !== wanted || learned !== wanted || steps !== wanted)
    throw new Error(
      `expected ${wanted} runs that succeeded, with a step each; found ${succeeded}, ${steps} steps, ${learned} outcomes`,
    )
  await send(world, 'resolved')
  // Else what Suture still does about it would be done while the other side is measured.
  await until('the end of the incidents', async () => ((await workLeft(world.app)) === 0 ? true : null))
}

const workLeft = (app: App): Promise<number> =>
  inTenant(app.store, tenantId, async (tx) => {
    const { left } = await tx.db
      .selectFrom('outbox')
      .select((of) => of.fn.countAll<number>().as('left'))
      .where('kind', 'in', ['heal', 'run'])
      .executeTakeFirstOrThrow()
    return left
  })

// Else its watchdog would stay, waiting for runs of a database that is gone with the bench.
process.once('SIGTERM', () => void Promise.resolve(stop?.()).finally(() => process.exit(0)))

answerParent<Question, number>(async (question) => {
  if (question.kind === 'open') {
    await open(question)
    return 0
  }
  if (opened === null) throw new Error('expected Suture to be opened before anything is asked of it')
  if (question.kind === 'measure') return opened.gate.open()
  await (question.kind === 'prepare' ? prepare : settle)(opened)
  return 0
})
