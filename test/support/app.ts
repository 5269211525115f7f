import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { createExecutors } from '../../adapters/actions/index.ts'
import { createHttpProbe, probeHealth } from '../../adapters/evidence/http-probe.ts'
import { createMetricReader } from '../../adapters/evidence/prometheus.ts'
import { readConfigurationFiles } from '../../adapters/files/configuration-files.ts'
import type { App, Log } from '../../src/app/app.ts'
import { createConfigurationCache } from '../../src/app/configuration/cache.ts'
import { importFiles } from '../../src/app/configuration/import-files.ts'
import { parseFiles } from '../../src/app/configuration/parse-files.ts'
import { createEvidenceCache } from '../../src/app/heal/evidence-cache.ts'
import { bootstrapTenant } from '../../src/app/identity/bootstrap.ts'
import { createRunCommits } from '../../src/app/run/run-commits.ts'
import type { EffectKind } from '../../src/domain/effect.ts'
import type { Caller, Role } from '../../src/domain/person.ts'
import { inTenant, openStore } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { alwaysOpen } from './always-open.ts'
import { freshDatabase } from './postgres.ts'

export interface Ring {
  readonly tenantId: string
  readonly kind: EffectKind
  readonly key: string
}

export interface TestApp {
  readonly app: App
  readonly ownerUrl: string
  readonly appUrl: string
  /** Every doorbell rung so far, oldest first; nothing answers them unless the test does. */
  readonly rings: Ring[]
  /** Moves the clock that rules ask, as PostgreSQL tells it, by so many milliseconds. */
  readonly shift: (ms: number) => void
  /** A person of the lab's tenant, made when absent. */
  readonly caller: (name: string, roles: readonly Role[], tenantId?: string) => Promise<Caller>
  readonly close: () => Promise<void>
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

export const testTenant = 'lab'

/** A catalogue of one service with a dependent and a dependency; its target is whatever listens at `url`. */
export const catalogueAt = (url: string): string => `services:
  - name: checkout
    owner: team-shop
    timeZone: Europe/Berlin
    dependsOn: [payments]
    channels: [incidents]
    aliases: [checkout-api]
    probe: { url: '${url}/health', timeout: 500ms }
    targets:
      - name: test/checkout
        kind: http
        actions:
          restart_service: { method: POST, url: '${url}/restart', effect: '${url}/effects/{key}' }
          scale_instances: { method: POST, url: '${url}/scale', body: { delta: '\${{ parameters.delta }}' }, effect: '${url}/effects/{key}' }
          set_feature_flag: { method: POST, url: '${url}/flags/\${{ parameters.flag }}', body: { enabled: '\${{ parameters.enabled }}' }, effect: '${url}/effects/{key}' }
  - name: payments
    channels: [incidents]
  - name: storefront
    dependsOn: [checkout]
    channels: [incidents]
`

/** The real App over a real database of its own. Adapters are real too; only the doorbell is recorded instead of rung. */
export const testApp = async (
  options: {
    /** Instead of the small catalogue at `targetUrl`. */
    catalogue?: string
    /** Besides the built-in ones, by name. */
    playbooks?: Readonly<Record<string, string>>
    secrets?: Readonly<Record<string, string>>
    targetUrl?: string
    lab?: boolean
    overrides?: Partial<App>
    settle?: Partial<App['limits']>
  } = {},
): Promise<TestApp> => {
  const database = await freshDatabase()
  await ensureTenant(database.ownerUrl, testTenant, 'Test')
  let shiftMs = 0
  const store = openStore({
    url: database.appUrl,
    maxConnections: 20,
    shiftMs: () => shiftMs,
    onError: () => undefined,
  })
  const rings: Ring[] = []
  const clock = { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() }
  const app: App = {
    store,
    clock,
    ids: { uuid: () => randomUUIDv7(), token: () => randomBytes(16).toString('base64url') },
    random: () => 0.5,
    limits: {
      approvalTtlMs: 3_600_000,
      permitTtlMs: 1_800_000,
      groupRolesMaxAgeMs: 600_000,
      runBudgetMs: 600_000,
      leaseMs: 15_000,
      flapWindowMs: 120_000,
      ringAgainMs: 5_000,
      proposalsShown: 3,
      // Tests approve at once; those about it say so.
      rushedUnderMs: 0,
      ...options.settle,
    },
    configuration: createConfigurationCache(store, clock.monotonicMs),
    executors: createExecutors({
      secrets: { read: async (name) => options.secrets?.[name] ?? null },
      allowedCommands: [],
      clock,
    }),
    evidence: [createHttpProbe(clock)],
    evidenceCache: createEvidenceCache(clock),
    metrics: createMetricReader(null),
    probeHealth,
    bell: {
      ring: (effects) => rings.push(...effects.map(({ tenantId, kind, key }) => ({ tenantId, kind, key }))),
    },
    runCommits: createRunCommits(),
    chats: ['console'],
    workerId: `test:${process.pid}`,
    host: 'test',
    log: silent,
    observeOnly: false,
    checkpoint: async () => undefined,
    ...options.overrides,
  }
  await bootstrapTenant(app, testTenant, { lab: options.lab ?? true })
  const files = await readConfigurationFiles({
    catalogue: undefined,
    playbooks: undefined,
    policy: undefined,
  })
  const catalogue = {
    name: 'catalogue.yaml',
    text: options.catalogue ?? catalogueAt(options.targetUrl ?? 'http://127.0.0.1:9'),
  }
  const more = Object.entries(options.playbooks ?? {}).map(([name, text]) => ({ name: `${name}.yaml`, text }))
  const playbooks = [...files.playbooks, ...more]
  const parsed = parseFiles({ ...files, playbooks, catalogue, policy: alwaysOpen }, app.limits.runBudgetMs)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2))
  await importFiles(app, testTenant, parsed.value)
  return {
    app,
    ownerUrl: database.ownerUrl,
    appUrl: database.appUrl,
    rings,
    shift: (ms) => {
      shiftMs += ms
    },
    caller: (name, roles, tenantId = testTenant) => ensureCaller(app, name, roles, tenantId),
    close: async () => {
      await store.close()
      await database.drop()
    },
  }
}

const ensureCaller = (app: App, name: string, roles: readonly Role[], tenantId: string): Promise<Caller> =>
  inTenant(app.store, tenantId, async (tx) => {
    const id = `person_${name.toLowerCase()}`
    await tx.db
      .insertInto('person')
      .values({ tenant_id: tenantId, id, name, kind: 'human', roles: [...roles] })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet({ roles: [...roles] }))
      .execute()
    return {
      tenantId,
      person: { id, name, kind: 'human', roles },
      via: 'console',
      scopes: ['read', 'respond', 'approve', 'admin'],
    }
  })
