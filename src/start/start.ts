import { randomBytes } from 'node:crypto'
import { openBell } from '../../jobs/bell.ts'
import type { QueueConnection } from '../../jobs/queues.ts'
import { startLoop, startSweeper } from '../../jobs/sweeper.ts'
import { openWorkers } from '../../jobs/workers.ts'
import type { App, Log } from '../app/app.ts'
import { bootstrapTenant } from '../app/identity/bootstrap.ts'
import { cycleEveryMs, takeCycles } from '../app/learning/take-cycle.ts'
import { pruneOnce } from '../app/prune.ts'
import type { Settings } from '../config.ts'
import { buildContext, type Context, limitsOf } from '../context.ts'
import { ensureTenant } from '../storage/ensure-tenant.ts'
import { openChats } from './chats.ts'
import { type Closers, createClosers, endsWithin } from './closers.ts'
import { watchConfiguration } from './configuration-watch.ts'
import { migrateDatabase, type OpenDatabase, openDatabase } from './database.ts'
import { startDelivery } from './delivery.ts'
import { ConfigurationProblems, readFilesOrRefuse } from './files.ts'
import { labPolicyPath, type OpenLab, openLab } from './lab.ts'
import { type OpenPort, takePort } from './listen.ts'
import { startSealing } from './sealing.ts'
import { serve } from './serve.ts'
import { siemNameOf, startSiemFeed } from './siem.ts'
import { tryDisk } from './try-disk.ts'
import { startWatchdog } from './watchdog.ts'

export { ConfigurationProblems }

export const roles = ['api', 'bot', 'worker'] as const
export type ProcessRole = (typeof roles)[number]

export interface StartOptions {
  readonly settings: Settings
  readonly env: NodeJS.ProcessEnv
  readonly roles: ReadonlySet<ProcessRole>
  readonly lab: boolean
  readonly log: Log
  /** Where `log` writes; null for standard error. The watchdog's lines go there too. */
  readonly logFile?: string | null
  readonly version: string
  /** Whether the port was asked for by name; otherwise the next free one is taken. */
  readonly portIsFixed: boolean
  readonly overrides?: Partial<App>
  readonly labOptions?: { readonly probeIntervalMs?: number; readonly port?: number }
  /** Suture can't go on, for the reason given; whoever started it stops it. */
  readonly onFatal?: (reason: Error) => void
}

export interface Running {
  readonly url: string
  readonly port: number
  /** The usual port, when it was taken and another one is used instead. */
  readonly movedFrom: number | null
  readonly roles: ReadonlySet<ProcessRole>
  readonly context: Context
  readonly database: string
  readonly lab: OpenLab | null
  /** Shown once, on the first start outside the lab. */
  readonly adminKey: string | null
  readonly watchdogAlive: () => boolean
  /** Stops taking work, waits for what is under way (bounded), and leaves no process behind. */
  readonly stop: () => Promise<void>
}

const sweepEveryMs = 1_000
const pruneEveryMs = 60_000
const closeWithinMs = 5_000

/** Starts what the roles need (docs/operation.md). Whatever fails, nothing that was started is left behind. */
export const startSuture = async (options: StartOptions): Promise<Running> => {
  const closers = createClosers(options.log)
  try {
    return await startParts(options, closers)
  } catch (error) {
    await closers.stop()
    throw error
  }
}

const startParts = async (options: StartOptions, closers: Closers): Promise<Running> => {
  const { settings, log, lab: inLab } = options
  const has = (role: ProcessRole): boolean => options.roles.has(role)
  const places = {
    catalogue: inLab ? undefined : settings.SUTURE_CATALOGUE,
    playbooks: settings.SUTURE_PLAYBOOKS,
    // The lab is open at any hour: a newcomer at night heals it as well.
    policy: settings.SUTURE_POLICY ?? (inLab ? labPolicyPath : undefined),
  }
  const { runBudgetMs } = limitsOf(settings)
  const files = has('api') ? await readFilesOrRefuse(places, runBudgetMs, Temporal.Now.instant()) : null

  const port = has('api')
    ? await takePort(settings.SUTURE_HOST, settings.SUTURE_PORT, !options.portIsFixed)
    : null
  if (port !== null) closers.add('port', port.close, closeWithinMs)
  const url = port === null ? '' : urlOf(settings, port)

  const database = await openDatabase(settings, log, (reason) => options.onFatal?.(reason))
  closers.add('database', database.stop)
  // Only now: a start that is refused because the data is in use must not touch the lab of the Suture that has it.
  const labSecret = randomBytes(24).toString('base64url')
  const startingLab = inLab
    ? openLab(settings, { sutureUrl: url, alertSecret: labSecret, log, ...options.labOptions })
    : Promise.resolve(null)
  closers.add('lab', async () => (await startingLab.catch(() => null))?.stop())

  const tenantId = inLab ? 'lab' : settings.SUTURE_TENANT
  await migrateDatabase(database)
  await ensureTenant(database.owner, tenantId, inLab ? 'The lab' : 'Main')
  const lab = await startingLab
  const secrets: Readonly<Record<string, string>> = lab === null ? {} : { 'lab-token': lab.token }
  const context = await buildContext({
    settings,
    env: options.env,
    database: database.address,
    log,
    secrets,
    ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
  })
  closers.add('context', context.close, closeWithinMs)
  const { app } = context
  const queue = queueOf(settings, database)
  const bell = await openBell(queue, app.ids, log)
  context.useBell(bell)
  closers.add('bell', bell.close, closeWithinMs)

  const chats = await openChats(context, settings, tenantId, { api: has('api'), bot: has('bot') })
  closers.add('chats', chats.stop, closeWithinMs)
  if (has('bot')) {
    const ports = chats.chats.map(({ chat }) => chat.port)
    const ownChannels = settings.SUTURE_OWN_CHANNELS === 'critical'
    closers.add('delivery', startDelivery(context, { ports, tenantId, ownChannels }), closeWithinMs)
  }
  // In every role: runs must end also when no worker's machine is left.
  const watchdog = startWatchdog(database.address, options.env, log, options.logFile ?? null, {
    secrets,
    undoes: has('worker'),
  })
  closers.add('watchdog', watchdog.stop)
  const { directory } = database
  context.useProcessFacts({
    watchdogAlive: watchdog.alive,
    tryDisk: directory === null ? null : () => tryDisk(directory),
    chats: chats.chats,
  })

  const sealing = has('worker') ? await startSealing(context, settings, database.address) : null
  if (sealing !== null) closers.add('sealing', sealing.stop, closeWithinMs)
  const siem = has('worker')
    ? await startSiemFeed(context, settings, options.env, options.version, database.address)
    : null
  if (siem !== null) closers.add('siem', siem.stop, closeWithinMs)

  let adminKey: string | null = null
  if (port !== null && files !== null) {
    const labPlaces = lab === null ? places : { ...places, catalogue: lab.cataloguePath }
    const configuration = await watchConfiguration(
      app,
      tenantId,
      labPlaces,
      lab === null ? files : await readFilesOrRefuse(labPlaces, runBudgetMs, Temporal.Now.instant()),
    )
    closers.add('configuration', configuration.stop, closeWithinMs)
    const end = await serve(context, port, {
      settings,
      tenantId,
      version: options.version,
      lab: lab === null ? null : { port: lab.port, secret: labSecret },
      chatHooks: chats.hooks,
      files: configuration.state,
      health: {
        database,
        watchdogAlive: watchdog.alive,
        performs: has('worker'),
        configuration: configuration.check,
        connections: chats.states,
        ...(sealing === null ? {} : { sealing: sealing.problems }),
        siem: siemNameOf(settings),
      },
      // Last, because the key is shown once: a start that fails after it was made would lose it.
      prepare: async () => {
        adminKey = (await bootstrapTenant(app, tenantId, { lab: inLab })).adminKey
      },
    })
    closers.add('http', end, closeWithinMs)
  }
  if (has('worker')) await startWork(app, queue, settings, bell, closers)
  return {
    url,
    port: port?.port ?? 0,
    movedFrom: movedFrom(settings, port),
    roles: options.roles,
    context,
    database: database.describe,
    lab,
    adminKey,
    watchdogAlive: watchdog.alive,
    stop: closers.stop,
  }
}

/** Takes work, rings again for what is due, and prunes. Ended first: people can watch the last runs in the console. */
const startWork = async (
  app: App,
  queue: QueueConnection,
  settings: Settings,
  bell: { readonly prune: () => Promise<void> },
  closers: Closers,
): Promise<void> => {
  const workers = await openWorkers(app, queue, settings.SUTURE_CONCURRENCY)
  closers.add('workers', async () => {
    if (!(await endsWithin(Math.max(settings.SUTURE_DRAIN, 1), workers.close())))
      app.log.warn({}, 'runs are still under way; the next start takes them over')
  })
  const sweeper = startSweeper(app, sweepEveryMs)
  const pruner = startLoop(pruneEveryMs, app.log, 'pruner', async () => {
    await pruneOnce(app, { retentionMs: settings.SUTURE_RETENTION })
    await bell.prune()
  })
  const cycles = startLoop(cycleEveryMs, app.log, 'focus', () => takeCycles(app))
  closers.add('focus', cycles.stop, closeWithinMs)
  closers.add('pruner', pruner.stop, closeWithinMs)
  closers.add('sweeper', sweeper.stop, closeWithinMs)
}

const queueOf = (settings: Settings, database: OpenDatabase): QueueConnection =>
  settings.REDIS_URL === undefined
    ? { kind: 'postgres', ...database.address }
    : { kind: 'redis', url: settings.REDIS_URL }

const movedFrom = ({ SUTURE_PORT: wanted }: Settings, port: OpenPort | null): number | null =>
  port === null || wanted === 0 || wanted === port.port ? null : wanted

const urlOf = ({ SUTURE_HOST: host }: Settings, { port }: OpenPort): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`
