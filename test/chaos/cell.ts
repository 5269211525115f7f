import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type BellQueue, openQueue, type QueueConnection } from '../../jobs/queues.ts'
import { alwaysOpenPath } from '../support/always-open.ts'
import { ownerPool } from '../support/owner-pool.ts'
import { serviceNames, type Variant, writeEstate } from './estate.ts'
import type { Backend } from './plan.ts'
import { type Database, freePort, type Redis, startDatabase, startRedis } from './servers.ts'
import { processesMarked, type SutureProcess, startSutureProcess } from './suture-process.ts'
import { openTarget, type Target } from './target.ts'

/** A Suture of several processes with servers and a target of its own, in which one case after the other is played. */
export interface Cell {
  readonly backend: Backend
  readonly database: Database
  readonly redis: Redis | null
  readonly target: Target
  /** Those that can take work, or will be able to in a moment. */
  readonly workers: () => SutureProcess[]
  /** The one of them that takes several runs at a time, so that most of those that are under way are in its hands. */
  readonly wide: () => SutureProcess | null
  /** Starts workers, or kills some, until there are this many, all ready. */
  readonly haveWorkers: (count: number) => Promise<void>
  /** Begins to replace workers that are gone, and does not wait for it. */
  readonly replaceWorkers: (count: number) => void
  readonly setBudget: (ms: number) => Promise<void>
  /** Asked as a superuser; tried again while the database is away. */
  readonly rows: <T extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]) => Promise<T[]>
  /** One call to the API, tried again until it is answered, as people and senders do. */
  readonly call: (key: 'sender' | 'approver', path: string, body: object) => Promise<unknown>
  /** A service on which nothing is under way. */
  readonly service: (variant: Variant) => string
  /** Puts a job for this run into the queue, as a ring does. */
  readonly ring: (runId: string, jobId: string) => Promise<void>
  /** What the processes have logged since the last look. */
  readonly log: () => Promise<string>
  readonly close: () => Promise<void>
}

export const tenantId = 'main'
/**
 * Short, because a killed worker's runs wait for its end. At half of it runs that are eight at a time lost theirs on a busy machine, and were
 * taken over from the living some thirty times.
 */
export const leaseMs = 2_000
/** Runs in one Suture at a time, at most: what one worker can take. */
export const mostTogether = 8
const sender = 'chaos-alert-secret'
/** A call that is not answered within this time, however often it was tried, ends the case as a fault of the harness. */
const patienceMs = 60_000

export const openCell = async (backend: Backend): Promise<Cell> => {
  const dir = await mkdtemp(join(tmpdir(), 'suture-chaos-'))
  await chmod(dir, 0o711)
  const closers: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const closer of closers.reverse()) await closer().catch((error: unknown) => console.error(error))
    closers.length = 0
  }
  try {
    return await openParts(backend, dir, closers, close)
  } catch (error) {
    await close()
    throw error
  }
}

const openParts = async (
  backend: Backend,
  dir: string,
  closers: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<Cell> => {
  const opening = Promise.all([
    freePort().then((port) => startDatabase(join(dir, 'postgres'), port)),
    backend === 'redis' ? startRedis(join(dir, 'redis')) : null,
  ])
  const [database, redis] = await opening
  closers.push(async () => {
    await Promise.all([database.stop(), redis?.stop()])
  })
  const target = await openTarget(join(dir, 'effects.jsonl'))
  closers.push(target.close)
  const estate = await writeEstate(dir, target.url)
  const logPath = join(dir, 'suture.log')
  const mark = join(dir, 'suture')
  await mkdir(mark)
  const env = {
    SUTURE_LAB: 'off',
    SUTURE_PORT: String(await freePort()),
    SUTURE_DATA_DIR: mark,
    SUTURE_CATALOGUE: estate.cataloguePath,
    SUTURE_PLAYBOOKS: estate.playbooksDir,
    SUTURE_POLICY: alwaysOpenPath,
    SUTURE_ALERTMANAGER_SECRET: sender,
    DATABASE_URL: database.ownerUrl,
    DATABASE_APP_URL: database.appUrl,
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
    SUTURE_LEASE: `${leaseMs}ms`,
    SUTURE_RING_AGAIN: '300ms',
    SUTURE_FLAP_WINDOW: '0ms',
    SUTURE_DRAIN: '5s',
  }
  let workers: SutureProcess[] = []
  const started: SutureProcess[] = []
  let budgetMs = 60_000
  const start = (ofRole: Readonly<Record<string, string>>): SutureProcess => {
    const process = startSutureProcess({ ...env, ...ofRole }, logPath)
    started.push(process)
    return process
  }
  let wide: SutureProcess | null = null
  // Requests are made by workers. The front reads playbooks, which have to fit into the budget of the settings.
  const startWorker = (): SutureProcess => {
    const isWide = wide === null || wide.isGone()
    const ofWorker = { CHAOS_ROLES: 'worker', CHAOS_BUDGET_MS: String(budgetMs) }
    const worker = start({ ...ofWorker, SUTURE_CONCURRENCY: String(isWide ? mostTogether : 1) })
    if (isWide) wide = worker
    return worker
  }
  closers.push(async () => {
    for (const process of started) process.signal('SIGKILL')
    await Promise.all(started.map(({ ended }) => ended))
    await untilNoneIsLeft(mark)
  })

  const front = start({ CHAOS_ROLES: 'api,bot' })
  const { url, adminKey } = await front.ready
  const pool = ownerPool(database.adminUrl, 2)
  pool.on('error', () => undefined)
  closers.push(() => pool.end())
  const rows = async <T extends pg.QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> => {
    const until = performance.now() + patienceMs
    for (;;)
      try {
        return (await pool.query<T>(sql, [...values])).rows
      } catch (error) {
        if (performance.now() > until || !isAway(error)) throw error
        await pause(50)
      }
  }

  const post = async (bearer: string, path: string, body: object): Promise<unknown> => {
    const until = performance.now() + patienceMs
    for (;;) {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      }).then(
        async (response) => ({ status: response.status, text: await response.text() }),
        (error: unknown) => ({ status: 0, text: String(error) }),
      )
      if (answer.status >= 200 && answer.status < 300) return JSON.parse(answer.text)
      // 409: it was tried before, and had been heard.
      if (answer.status === 409) return null
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
        throw new Error(`POST ${path}: ${answer.status} ${answer.text}`)
      if (performance.now() > until) throw new Error(`POST ${path} was not answered: ${answer.text}`)
      await pause(50)
    }
  }
  const approver = await makeApprover(post, adminKey ?? '')
  const connection: QueueConnection =
    redis === null
      ? { kind: 'postgres', url: database.appUrl, assumeAppRole: false }
      : { kind: 'redis', url: redis.url }
  let queue: Promise<BellQueue> | null = null
  closers.push(async () => (await queue)?.close())

  const living = (): SutureProcess[] => {
    workers = workers.filter((worker) => !worker.isGone())
    return workers
  }
  const turns = new Map<Variant, number>()
  const replaceWorkers = (count: number): void => {
    while (living().length < count) workers.push(startWorker())
  }
  let logRead = 0
  return {
    backend,
    database,
    redis,
    target,
    workers: living,
    wide: () => (wide === null || wide.isGone() ? null : wide),
    replaceWorkers,
    haveWorkers: async (count) => {
      const narrow = living().filter((each) => each !== wide)
      for (const extra of narrow.slice(0, Math.max(0, living().length - count))) {
        extra.signal('SIGKILL')
        await extra.ended
      }
      replaceWorkers(count)
      await Promise.all(living().map((worker) => worker.ready))
    },
    setBudget: async (ms) => {
      if (ms === budgetMs) return
      budgetMs = ms
      await Promise.all(living().map((process) => process.setBudget(ms)))
    },
    rows,
    call: (key, path, body) => post(key === 'sender' ? sender : approver, path, body),
    service: (variant) => {
      const names = serviceNames(variant)
      const turn = turns.get(variant) ?? 0
      turns.set(variant, turn + 1)
      return names[turn % names.length] ?? ''
    },
    ring: async (runId, jobId) => {
      queue ??= openQueue('run', connection, () => undefined)
      await (await queue).add({ tenantId, kind: 'run', key: runId }, jobId).catch(() => undefined)
    },
    log: async () => {
      const text = await readFile(logPath, 'utf8').catch(() => '')
      const news = text.slice(logRead)
      logRead = text.length
      return news
    },
    close,
  }
}

const makeApprover = async (
  post: (bearer: string, path: string, body: object) => Promise<unknown>,
  adminKey: string,
): Promise<string> => {
  const id = 'person_approver'
  await post(adminKey, '/v1/people', { id, name: 'Approver', roles: ['approver'] })
  const made = await post(adminKey, '/v1/keys', {
    name: 'chaos',
    personId: id,
    scopes: ['read', 'respond', 'approve'],
  })
  if (typeof made === 'object' && made !== null && 'key' in made && typeof made.key === 'string')
    return made.key
  throw new Error('the approver got no key')
}

/** Watchdogs of killed workers leave by themselves; what has not left after a while is ended, and told. */
const untilNoneIsLeft = async (mark: string): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    if (processesMarked(mark).length === 0) return
    await pause(50)
  }
  const left = processesMarked(mark)
  for (const pid of left) process.kill(pid, 'SIGKILL')
  if (left.length > 0) throw new Error(`processes outlived their Suture by 10 s: ${left.join(', ')}`)
}

/** A database that is restarting refuses connections and ends those it has. */
const isAway = (error: unknown): boolean =>
  error instanceof Error &&
  (/terminat|ECONNREFUSED|ECONNRESET|starting up|shutting down|recovery/i.test(error.message) ||
    ('code' in error && /^(57P0|08)/.test(String(error.code))))
