import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { hostname } from 'node:os'
import { reachOf } from '../adapters/actions/http/reach.ts'
import { createExecutors } from '../adapters/actions/index.ts'
import { killProcess } from '../adapters/actions/process/kill-tree.ts'
import { createEnvSecrets, listEnvSecrets } from '../adapters/actions/secrets.ts'
import { createHttpProbe, probeHealth } from '../adapters/evidence/http-probe.ts'
import { createKubernetesEvidence } from '../adapters/evidence/kubernetes.ts'
import {
  createMetricReader,
  createPrometheus,
  type PrometheusSettings,
} from '../adapters/evidence/prometheus.ts'
import type { App, Bell, Limits, Log } from './app/app.ts'
import { createConfigurationCache } from './app/configuration/cache.ts'
import type { KillProcess } from './app/end-overdue-runs.ts'
import { createEventFeed, type OpenFeed } from './app/event-feed.ts'
import { createEvidenceCache } from './app/heal/evidence-cache.ts'
import { createRecentChanges } from './app/heal/recent-changes.ts'
import { createPressure } from './app/ingest/pressure.ts'
import { createPeopleFirst } from './app/people-first.ts'
import type { Clock, Ids, SecretSource } from './app/ports.ts'
import { createRunCommits } from './app/run/run-commits.ts'
import type { ProcessFacts } from './app/self-test/process-facts.ts'
import { platformsOf } from './config/platforms.ts'
import { settings as everySetting, type Settings } from './config.ts'
import { parseNetwork } from './domain/address.ts'
import { rushedUnderMs } from './domain/rubber-stamp.ts'
import { openStore, type Store, type StoreOptions } from './storage/database.ts'
import { type Listener, listenForChanges } from './storage/listen.ts'

/** The only place that wires IO. Everything a use case needs is built here, and tests override any part of it. */

export interface DatabaseAddress {
  readonly url: string
  /** True when `url` is the owner's: connections then become `suture_app`. */
  readonly assumeAppRole: boolean
}

export interface Context {
  readonly app: App
  /** The same with connections of its own, for what somebody waits for: behind diagnoses and runs they would queue. */
  readonly peopleApp: App
  readonly store: Store
  readonly feed: OpenFeed
  readonly containment: () => { readonly kind: string; readonly sentence: string }
  /** Puts the doorbell in place: the queue is opened after the database. */
  readonly useBell: (bell: Bell) => void
  /** What is known only once the chats and the watchdog are there. */
  readonly useProcessFacts: (facts: Omit<ProcessFacts, 'feed'>) => void
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

/** More people than this press in the same few milliseconds only where a queue of them does not matter. */
const peopleConnections = 6
/** Between two presses may lie an hour, and the second must not wait for a connection. */
const peopleIdleMs = 3_600_000

export const systemClock: Clock = { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() }
export const systemIds: Ids = {
  uuid: () => randomUUIDv7(),
  token: () => randomBytes(16).toString('base64url'),
}

export const limitsOf = (settings: Settings): Limits => ({
  approvalTtlMs: settings.SUTURE_APPROVAL_TTL,
  permitTtlMs: settings.SUTURE_PERMIT_TTL,
  groupRolesMaxAgeMs: settings.SUTURE_GROUP_ROLES_MAX_AGE,
  runBudgetMs: settings.SELF_HEAL_RUN_TIMEOUT_MIN * 60_000,
  leaseMs: settings.SUTURE_LEASE,
  flapWindowMs: settings.SUTURE_FLAP_WINDOW,
  ringAgainMs: settings.SUTURE_RING_AGAIN,
  proposalsShown: 3,
  rushedUnderMs,
})

export const buildContext = async (options: ContextOptions): Promise<Context> => {
  const { settings, database, log } = options
  let closing = false
  const openStoreOf = (size: Pick<StoreOptions, 'maxConnections' | 'idleMs'>): Store =>
    openStore({
      ...database,
      ...size,
      onError: (error) => {
        // A pool takes its leave without waiting: its last connections may end together with the server.
        if (!closing)
          log.warn(
            { error: error.message },
            'an idle database connection was lost; a new one is made when needed',
          )
      },
    })
  const store = openStoreOf({ maxConnections: options.maxConnections ?? 12 })
  const peopleStore = openStoreOf({ maxConnections: peopleConnections, idleMs: peopleIdleMs })
  const configuration = createConfigurationCache(store, systemClock.monotonicMs)
  const reach = reachOf(settings.SUTURE_PRIVATE_NETWORKS.flatMap((text) => parseNetwork(text) ?? []))
  const executors = createExecutors({
    secrets: withOwn(options.secrets ?? {}, createEnvSecrets(options.env)),
    allowedCommands: settings.SUTURE_ALLOWED_COMMANDS,
    kubeconfig: settings.SUTURE_KUBECONFIG,
    dockerSocket: settings.SUTURE_DOCKER_SOCKET,
    clock: systemClock,
    reach,
    knownSecrets: async () => [
      ...Object.entries(options.secrets ?? {}).map(([name, value]) => ({ name, value })),
      ...(await listEnvSecrets(options.env, secretSettings)),
    ],
  })
  const prometheus = prometheusOf(settings)
  const feed = createEventFeed()
  let bell: Bell = { ring: () => undefined }
  let processFacts: ProcessFacts | null = null
  const app: App = {
    store,
    clock: systemClock,
    ids: systemIds,
    random: Math.random,
    limits: limitsOf(settings),
    configuration,
    executors,
    evidence: [
      createHttpProbe(systemClock, reach),
      ...(prometheus === null ? [] : [createPrometheus(prometheus, systemClock)]),
      createKubernetesEvidence(executors.readCluster, systemClock),
      createRecentChanges({ store, configuration, clock: systemClock }),
    ],
    evidenceCache: createEvidenceCache(systemClock),
    metrics: createMetricReader(prometheus),
    probeHealth: (service, signal) => probeHealth(service, signal, reach),
    bell: { ring: (effects) => bell.ring(effects) },
    processFacts: () => processFacts,
    pressure: createPressure(systemClock),
    peopleFirst: createPeopleFirst(),
    runCommits: createRunCommits(),
    chats: ['console', ...platformsOf(settings)],
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
    () => {
      configuration.forgetAll()
      feed.gap()
    },
  )
  return {
    app,
    peopleApp: { ...app, store: options.overrides?.store ?? peopleStore },
    store,
    feed,
    containment: executors.containment,
    useBell: (opened) => {
      bell = opened
    },
    useProcessFacts: (facts) => {
      processFacts = { ...facts, feed }
    },
    close: async () => {
      closing = true
      await listener.close()
      await Promise.all([store.close(), peopleStore.close()])
    },
  }
}

const prometheusOf = (settings: Settings): PrometheusSettings | null =>
  settings.SUTURE_PROMETHEUS_URL === undefined
    ? null
    : {
        urls: settings.SUTURE_PROMETHEUS_URL,
        token: settings.SUTURE_PROMETHEUS_TOKEN ?? null,
        timeoutMs: settings.SUTURE_PROMETHEUS_TIMEOUT,
        publicUrl: settings.SUTURE_PROMETHEUS_PUBLIC_URL ?? null,
      }

/** What must not stand in the output of a step either: tokens of chats, addresses with a password. */
const secretSettings = everySetting.filter(({ secret }) => secret === true).map(({ name }) => name)

const withOwn = (own: Readonly<Record<string, string>>, others: SecretSource): SecretSource => ({
  read: async (name) => own[name] ?? (await others.read(name)),
})

/** The watchdog's own, small context: it undoes what dead workers left, and kills what this host's runs have started. */
export const openWatchdogContext = async (
  settings: Settings,
  env: Readonly<Record<string, string | undefined>>,
  database: DatabaseAddress,
  log: Log,
  secrets: Readonly<Record<string, string>>,
): Promise<{ app: App; kill: KillProcess; close: () => Promise<void> }> => {
  const { app, close } = await buildContext({ settings, env, database, log, secrets, maxConnections: 4 })
  return { app, kill: killProcess, close }
}
