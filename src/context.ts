import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { hostname } from 'node:os'
import { createExecutors } from '../adapters/actions/index.ts'
import { killProcess } from '../adapters/actions/process/kill-tree.ts'
import { createEnvSecrets } from '../adapters/actions/secrets.ts'
import { createHttpProbe, probeHealth } from '../adapters/evidence/http-probe.ts'
import type { App, Bell, Limits, Log } from './app/app.ts'
import { createConfigurationCache } from './app/configuration/cache.ts'
import type { KillProcess } from './app/end-overdue-runs.ts'
import { createEventFeed, type OpenFeed } from './app/event-feed.ts'
import { createPressure } from './app/ingest/pressure.ts'
import type { Clock, Ids, SecretSource } from './app/ports.ts'
import type { Settings } from './config.ts'
import { openStore, type Store } from './storage/database.ts'
import { type Listener, listenForChanges } from './storage/listen.ts'

/** The only place that wires IO. Everything a use case needs is built here, and tests override any part of it. */

export interface DatabaseAddress {
  readonly url: string
  /** True when `url` is the owner's: connections then become `suture_app`. */
  readonly assumeAppRole: boolean
}

export interface Context {
  readonly app: App
  readonly store: Store
  readonly feed: OpenFeed
  readonly containment: () => { readonly kind: string; readonly sentence: string }
  /** Puts the doorbell in place: the queue is opened after the database. */
  readonly useBell: (bell: Bell) => void
  readonly close: () => Promise<void>
}

export interface ContextOptions {
  readonly settings: Settings
  readonly env: Readonly<Record<string, string | undefined>>
  readonly database: DatabaseAddress
  readonly log: Log
  readonly maxConnections?: number
  /** Secrets of this process besides those of the environment, such as the lab's token. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly overrides?: Partial<App>
}

export const systemClock: Clock = { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() }
export const systemIds: Ids = {
  uuid: () => randomUUIDv7(),
  token: () => randomBytes(16).toString('base64url'),
}

export const limitsOf = (settings: Settings): Limits => ({
  approvalTtlMs: settings.SUTURE_APPROVAL_TTL,
  permitTtlMs: settings.SUTURE_PERMIT_TTL,
  runBudgetMs: settings.SELF_HEAL_RUN_TIMEOUT_MIN * 60_000,
  leaseMs: settings.SUTURE_LEASE,
  flapWindowMs: settings.SUTURE_FLAP_WINDOW,
  ringAgainMs: settings.SUTURE_RING_AGAIN,
  proposalsShown: 3,
})

export const buildContext = async (options: ContextOptions): Promise<Context> => {
  const { settings, database, log } = options
  let closing = false
  const store = openStore({
    ...database,
    maxConnections: options.maxConnections ?? 12,
    onError: (error) => {
      // A pool takes its leave without waiting: its last connections may end together with the server.
      if (!closing)
        log.warn(
          { error: error.message },
          'an idle database connection was lost; a new one is made when needed',
        )
    },
  })
  const configuration = createConfigurationCache(store, systemClock.monotonicMs)
  const executors = createExecutors({
    secrets: withOwn(options.secrets ?? {}, createEnvSecrets(options.env)),
    allowedCommands: settings.SUTURE_ALLOWED_COMMANDS,
    clock: systemClock,
  })
  const feed = createEventFeed()
  let bell: Bell = { ring: () => undefined }
  const app: App = {
    store,
    clock: systemClock,
    ids: systemIds,
    limits: limitsOf(settings),
    configuration,
    executors,
    evidence: [createHttpProbe(systemClock)],
    probeHealth,
    bell: { ring: (effects) => bell.ring(effects) },
    pressure: createPressure(systemClock),
    chats: ['console'],
    workerId: `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`,
    host: hostname(),
    log,
    checkpoint: async () => undefined,
    observeOnly: settings.SELF_HEAL_OBSERVE_ONLY === 'true',
    ...options.overrides,
  }
  const listener: Listener = await listenForChanges(
    database,
    ([tenantId, changes]) => {
      if (changes.some(([topic]) => topic === 'configuration')) configuration.forget(tenantId)
      feed.publish(tenantId, changes)
    },
    feed.gap,
  )
  return {
    app,
    store,
    feed,
    containment: executors.containment,
    useBell: (opened) => {
      bell = opened
    },
    close: async () => {
      closing = true
      await listener.close()
      await store.close()
    },
  }
}

const withOwn = (own: Readonly<Record<string, string>>, others: SecretSource): SecretSource => ({
  read: async (name) => own[name] ?? (await others.read(name)),
})

/** The watchdog's own, small context: a database, and the right to kill what this host's runs have started. */
export const openWatchdogContext = async (
  settings: Settings,
  env: Readonly<Record<string, string | undefined>>,
  database: DatabaseAddress,
  log: Log,
): Promise<{ app: App; kill: KillProcess; close: () => Promise<void> }> => {
  const { app, close } = await buildContext({ settings, env, database, log, maxConnections: 2 })
  return { app, kill: killProcess, close }
}
