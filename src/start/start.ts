import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { alertParsers } from '../../adapters/alerts/index.ts'
import { createConsoleChat } from '../../adapters/console/client.ts'
import { readConfigurationFiles } from '../../adapters/files/configuration-files.ts'
import { openBell } from '../../jobs/bell.ts'
import type { QueueConnection } from '../../jobs/queues.ts'
import { type Loop, startLoop, startSweeper } from '../../jobs/sweeper.ts'
import { openWorkers } from '../../jobs/workers.ts'
import type { App, Log } from '../app/app.ts'
import { importFiles } from '../app/configuration/import-files.ts'
import { type ConfigurationFiles, parseFiles } from '../app/configuration/parse-files.ts'
import { deliverCards } from '../app/deliver-cards.ts'
import { bootstrapTenant } from '../app/identity/bootstrap.ts'
import { createIngestWriter } from '../app/ingest/batch-writer.ts'
import { describeYamlProblem } from '../app/read-yaml.ts'
import type { Settings } from '../config.ts'
import { buildContext, type Context, limitsOf } from '../context.ts'
import { ensureTenant } from '../storage/ensure-tenant.ts'
import { openDatabase } from './database.ts'
import { createHealth } from './health.ts'
import { type OpenLab, openLab } from './lab.ts'
import { takePort } from './listen.ts'
import { startWatchdog } from './watchdog.ts'

export const roles = ['api', 'bot', 'worker'] as const
export type ProcessRole = (typeof roles)[number]

export interface StartOptions {
  readonly settings: Settings
  readonly env: NodeJS.ProcessEnv
  readonly roles: ReadonlySet<ProcessRole>
  readonly lab: boolean
  readonly log: Log
  readonly version: string
  /** Whether the port was asked for by name; otherwise the next free one is taken. */
  readonly portIsFixed: boolean
  readonly overrides?: Partial<App>
  readonly labOptions?: { readonly probeIntervalMs?: number; readonly port?: number }
}

export interface Running {
  readonly url: string
  readonly port: number
  readonly context: Context
  readonly database: string
  readonly lab: OpenLab | null
  /** Shown once, on the first start outside the lab. */
  readonly adminKey: string | null
  readonly watchdogAlive: () => boolean
  /** Stops taking work, waits for what is under way (bounded), and leaves no process behind. */
  readonly stop: () => Promise<void>
}

/** Files that do not fit, all problems at once; nothing has been started. */
export class ConfigurationProblems extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

const sweepEveryMs = 1_000
const deliverEveryMs = 2_000
const pruneEveryMs = 60_000
const reloadEveryMs = 5_000

export const startSuture = async (options: StartOptions): Promise<Running> => {
  const { settings, log, lab: inLab } = options
  const closers: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse())
      await close().catch((error: unknown) =>
        log.error({ error: String(error) }, 'something did not stop cleanly'),
      )
  }
  try {
    return await startParts(options, closers, stop, inLab, settings, log)
  } catch (error) {
    await stop()
    throw error
  }
}

const startParts = async (
  options: StartOptions,
  closers: (() => Promise<void>)[],
  stop: () => Promise<void>,
  inLab: boolean,
  settings: Settings,
  log: Log,
): Promise<Running> => {
  const files = await readConfigurationFiles({
    catalogue: inLab ? undefined : settings.SUTURE_CATALOGUE,
    playbooks: settings.SUTURE_PLAYBOOKS,
  })
  const parsed = judge(files, settings)
  const port = options.roles.has('api')
    ? await takePort(settings.SUTURE_HOST, settings.SUTURE_PORT, !options.portIsFixed)
    : null
  if (port !== null) closers.push(() => port.close())
  const url =
    port === null
      ? ''
      : `http://${settings.SUTURE_HOST.includes(':') ? `[${settings.SUTURE_HOST}]` : settings.SUTURE_HOST}:${port.port}`
  const labSecret = randomBytes(24).toString('base64url')
  const startingLab = inLab
    ? openLab(settings, { sutureUrl: url, alertSecret: labSecret, log, ...options.labOptions })
    : Promise.resolve(null)
  startingLab.catch(() => undefined)
  const database = await openDatabase(settings, log, (reason) =>
    log.error({ reason: reason.message }, 'the embedded database is gone'),
  )
  closers.push(() => database.stop())
  const lab = await startingLab
  if (lab !== null) closers.push(() => lab.stop())

  const tenantId = inLab ? 'lab' : settings.SUTURE_TENANT
  await ensureTenant(database.owner, tenantId, inLab ? 'The lab' : 'Main')
  const context = await buildContext({
    settings,
    env: options.env,
    database: database.address,
    log,
    ...(lab === null ? {} : { secrets: { 'lab-token': lab.token } }),
    ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
  })
  closers.push(() => context.close())
  const { app } = context
  const queue: QueueConnection =
    settings.REDIS_URL === undefined
      ? { kind: 'postgres', ...database.address }
      : { kind: 'redis', url: settings.REDIS_URL }
  const bell = openBell(queue, app.ids, log)
  context.useBell(bell)
  closers.push(() => bell.close())

  const { adminKey } = await bootstrapTenant(app, tenantId, { lab: inLab })
  await importFiles(
    app,
    tenantId,
    lab === null ? parsed : judge({ ...files, catalogue: lab.catalogue }, settings),
  )
  if (!inLab) closers.push(await reloadFiles(app, tenantId, settings, log))

  if (options.roles.has('bot')) closers.push(startDelivery(context))
  const ingest = createIngestWriter(app)
  const watchdog = startWatchdog(database.address, options.env, log)
  closers.push(() => watchdog.stop())
  if (options.roles.has('worker')) {
    const workers = openWorkers(app, queue, settings.SUTURE_CONCURRENCY)
    closers.push(() =>
      withinMs(settings.SUTURE_DRAIN, workers.close(), () =>
        log.warn({}, 'runs are still under way; the next start takes them over'),
      ),
    )
  }
  const sweeper = startSweeper(app, sweepEveryMs)
  const pruner = startLoop(pruneEveryMs, log, 'pruner', () => bell.prune())
  closers.push(
    () => sweeper.stop(),
    () => pruner.stop(),
  )

  if (port !== null) {
    const { createHttpApp } = await import('../http/app.ts')
    const http = createHttpApp({
      app,
      ingest,
      events: context.feed,
      lab: lab?.port ?? null,
      parsers: alertParsers,
      senders: sendersOf(settings, inLab ? labSecret : null),
      tenantId,
      health: createHealth(context, {
        database: database.describe,
        version: options.version,
        watchdogAlive: watchdog.alive,
        ingest,
      }),
      allowedHosts: hostsOf(settings, port.port),
      consoleDir: fileURLToPath(new URL('../../console/', import.meta.url)),
      version: options.version,
    })
    const listener = getRequestListener((request, bindings) => http.fetch(request, bindings as HttpBindings))
    port.handle((incoming, outgoing) => void listener(incoming, outgoing))
    closers.push(() => ingest.drain())
  }
  return {
    url,
    port: port?.port ?? 0,
    context,
    database: database.describe,
    lab,
    adminKey,
    watchdogAlive: watchdog.alive,
    stop,
  }
}

const judge = (files: ConfigurationFiles, settings: Settings) => {
  const parsed = parseFiles(files, limitsOf(settings).runBudgetMs)
  if (!parsed.ok) throw new ConfigurationProblems(parsed.problems.map(describeYamlProblem))
  return parsed.value
}

/** A changed file comes into force by itself; a bad one leaves the last good version in force and says so. */
const reloadFiles = async (
  app: App,
  tenantId: string,
  settings: Settings,
  log: Log,
): Promise<() => Promise<void>> => {
  const read = () =>
    readConfigurationFiles({ catalogue: settings.SUTURE_CATALOGUE, playbooks: settings.SUTURE_PLAYBOOKS })
  let last = JSON.stringify(await read())
  const loop = startLoop(reloadEveryMs, log, 'reload', async () => {
    const files = await read()
    const text = JSON.stringify(files)
    if (text === last) return
    last = text
    const parsed = parseFiles(files, limitsOf(settings).runBudgetMs)
    if (parsed.ok) await importFiles(app, tenantId, parsed.value)
    else
      log.error(
        { problems: parsed.problems.map(describeYamlProblem) },
        'a changed file is not valid; the last good version stays in force',
      )
  })
  return () => loop.stop()
}

const startDelivery = ({ app, feed }: Context): (() => Promise<void>) => {
  const chat = createConsoleChat()
  const loop: Loop = startLoop(deliverEveryMs, app.log, 'delivery', () => deliverCards(app, chat))
  const ringing = { busy: false, again: false }
  const deliver = async (): Promise<void> => {
    if (ringing.busy) {
      ringing.again = true
      return
    }
    ringing.busy = true
    try {
      do {
        ringing.again = false
        await deliverCards(app, chat)
      } while (ringing.again)
    } catch (error) {
      app.log.warn({ error: String(error) }, 'delivery failed; the next turn tries again')
    } finally {
      ringing.busy = false
    }
  }
  const unsubscribe = feed.subscribeAll((topic) => {
    if (topic === 'card') void deliver()
  })
  return async () => {
    unsubscribe()
    await loop.stop()
  }
}

const sendersOf = (settings: Settings, labSecret: string | null) => {
  const secret = (value: string | undefined) => ({ kind: 'shared_secret' as const, secret: value ?? null })
  return {
    alertmanager: secret(labSecret ?? settings.SUTURE_ALERTMANAGER_SECRET),
    grafana: secret(settings.SUTURE_GRAFANA_SECRET ?? labSecret ?? undefined),
    generic: secret(settings.SUTURE_GENERIC_SECRET ?? labSecret ?? undefined),
  }
}

const hostsOf = (settings: Settings, port: number): string[] => {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  const open = settings.SUTURE_PUBLIC_URL ?? settings.SELF_HEAL_BASE_URL
  return open === undefined ? own : [...own, new URL(open).host]
}

const withinMs = async (ms: number, work: Promise<void>, onLate: () => void): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms)
  })
  if ((await Promise.race([work, late])) === 'late') onLate()
  clearTimeout(timer)
}
