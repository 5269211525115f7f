import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createPostgresBackend, type JobsOptions, Queue, Worker } from 'bullmq'
import pg from 'pg'
import { z } from 'zod'
import { type EffectKind, effectKinds } from '../src/domain/effect.ts'

/** The doorbells. A job says only "look at this row"; what happens then is decided by the row. */

/**
 * `timer`: whatever is due at a time of its own and done in a moment. Each queue is a worker with connections of its own, and on
 * PostgreSQL every ring of any of them wakes all.
 */
export const queueNames = ['heal', 'run', 'timer'] as const
export type QueueName = (typeof queueNames)[number]

export const queueFor = (kind: EffectKind): QueueName => (kind === 'heal' || kind === 'run' ? kind : 'timer')

export const BellJob = z.object({ tenantId: z.string(), kind: z.enum(effectKinds), key: z.string() })
export type BellJob = z.infer<typeof BellJob>

/** PostgreSQL by default; Redis where the rate of runs asks for it (docs/decisions/0004-queue.md). */
export type QueueConnection =
  | { readonly kind: 'postgres'; readonly url: string; readonly assumeAppRole: boolean }
  | { readonly kind: 'redis'; readonly url: string }

/**
 * Never tried again by the queue, and never found "stalled": whether something is done again is the row's business.
 * Finished jobs are pruned by a job of its own, because pruning while finishing deadlocks on PostgreSQL.
 */
const jobOptions: JobsOptions = { attempts: 1 }

/**
 * A worker of BullMQ asks again at once after an error it doesn't know as a lost connection: thousands of times a second
 * while PostgreSQL is away. So a connection that fails takes its time to say so.
 */
const failSlowlyMs = 300

/** The queue asks the same few things again and again: with a name each is parsed and planned once a connection. */
const nameOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 32)

class PatientClient extends pg.Client {
  readonly #names = new Map<string, string>()

  override query = ((...given: unknown[]): unknown => {
    const [text, values, ...rest] = given
    const query = super.query.bind(this) as (...all: unknown[]) => unknown
    if (typeof text !== 'string' || !Array.isArray(values)) return query(...given)
    const name = this.#names.get(text) ?? nameOf(text)
    this.#names.set(text, name)
    return query({ text, values, name }, ...rest)
  }) as pg.Client['query']

  override connect(): Promise<this>
  override connect(callback: (error: Error | null) => void): void
  override connect(callback?: (error: Error | null) => void): Promise<this> | void {
    if (callback === undefined) return super.connect() as unknown as Promise<this>
    super.connect((error: Error | null) => {
      if (error) setTimeout(callback, failSlowlyMs, error)
      else callback(null)
    })
  }
}

/** After a refused connection BullMQ waits this long; its own 15 s would also hold up a stop. */
const runRetryDelay = 1_000

const backendOf = (connection: QueueConnection, who: 'queue' | 'worker') =>
  connection.kind === 'postgres'
    ? {
        connection: {
          connectionString: connection.url,
          schema: 'bullmq',
          max: 4,
          Client: PatientClient,
          connectionTimeoutMillis: 5_000,
          application_name: 'suture-queue',
          // A job that is lost with PostgreSQL is rung for again by the sweeper: not worth a wait for the disk.
          options: `-c synchronous_commit=off${connection.assumeAppRole ? ' -c role=suture_app' : ''}`,
        },
        factory: createPostgresBackend,
      }
    : {
        // A worker waits for Redis; a ring must not pile up while Redis is away, because the sweeper rings again.
        connection:
          who === 'worker'
            ? { url: connection.url, maxRetriesPerRequest: null }
            : { url: connection.url, maxRetriesPerRequest: 1 },
        factory: undefined,
      }

const readyWithinMs = 5_000

/**
 * BullMQ remembers a first connection that failed for good, and its worker then spins without ever yielding. So nothing is
 * used before it has connected once; what is lost later comes back by itself.
 */
const untilReady = async (
  opened: { waitUntilReady: () => Promise<unknown>; close: () => Promise<void> },
  { kind }: QueueConnection,
): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${readyWithinMs / 1000} s`)), readyWithinMs)
  })
  try {
    await Promise.race([opened.waitUntilReady(), late])
  } catch (cause) {
    void opened.close().catch(() => undefined)
    throw new Error(
      kind === 'redis'
        ? 'The queue cannot be reached: Redis of REDIS_URL does not answer. Start it, or take REDIS_URL away.'
        : 'The queue cannot be reached: PostgreSQL does not answer.',
      { cause },
    )
  } finally {
    clearTimeout(timer)
  }
}

export interface BellQueue {
  readonly add: (job: BellJob, jobId: string) => Promise<void>
  /** Removes jobs that ended longer ago than this; one minute when absent. */
  readonly prune: (olderThanMs?: number) => Promise<void>
  readonly close: () => Promise<void>
}

const keptMs = 60_000
const pruneAtOnce = 1_000

/** Throws when the queue can't be reached. */
export const openQueue = async (
  name: QueueName,
  connection: QueueConnection,
  onError: (error: Error) => void,
): Promise<BellQueue> => {
  const { connection: options, factory } = backendOf(connection, 'queue')
  const queue =
    factory === undefined
      ? new Queue(`suture-${name}`, { connection: options as { url: string }, defaultJobOptions: jobOptions })
      : new Queue(
          `suture-${name}`,
          { connection: options as { connectionString: string }, defaultJobOptions: jobOptions },
          factory,
        )
  queue.on('error', onError)
  await untilReady(queue, connection)
  return {
    add: async (job, jobId) => {
      await queue.add(name, job, { jobId })
    },
    prune: async (olderThanMs = keptMs) => {
      for (const state of ['completed', 'failed'] as const) await queue.clean(olderThanMs, pruneAtOnce, state)
    },
    close: () => queue.close(),
  }
}

/** How long a worker without work may take to take leave of its server. */
const lastWordMs = 2_000

export interface BellWorker {
  /** Takes no more jobs and resolves when those under way have ended. */
  readonly close: () => Promise<void>
}

/** Throws when the queue can't be reached. */
export const openWorker = async (
  name: QueueName,
  connection: QueueConnection,
  concurrency: number,
  work: (job: BellJob) => Promise<void>,
  on: {
    /** The work of a job has thrown. */
    readonly jobError: (error: Error) => void
    /** The queue itself can't be reached, or is in trouble; the worker goes on trying. */
    readonly queueError: (error: Error) => void
  },
): Promise<BellWorker> => {
  const { connection: options, factory } = backendOf(connection, 'worker')
  let underWay = 0
  const process = async ({ data }: { data: unknown }): Promise<void> => {
    // Of an earlier version's job the kind is the queue's.
    const job = BellJob.parse({ kind: name, ...(data as object) })
    underWay += 1
    try {
      await work(job)
    } catch (error) {
      // The job's own state is read by nobody: the row stays due and the sweeper rings again.
      on.jobError(error instanceof Error ? error : new Error(String(error)))
    } finally {
      underWay -= 1
    }
  }
  const settings = { autorun: false, concurrency, skipStalledCheck: true, maxStalledCount: 0, runRetryDelay }
  const worker =
    factory === undefined
      ? new Worker(`suture-${name}`, process, {
          connection: options as { url: string; maxRetriesPerRequest: null },
          ...settings,
        })
      : new Worker(
          `suture-${name}`,
          process,
          { connection: options as { connectionString: string }, ...settings },
          factory,
        )
  worker.on('error', on.queueError)
  await untilReady(worker, connection)
  worker
    .run()
    .catch((error: unknown) => on.queueError(error instanceof Error ? error : new Error(String(error))))
  return {
    close: async () => {
      let closed = false
      const closing = worker.close().finally(() => {
        closed = true
      })
      // With its server gone BullMQ waits for it for ever; what counts is that no work is under way.
      do await Promise.race([closing, pause(lastWordMs, undefined, { ref: false })])
      while (!closed && underWay > 0)
    },
  }
}
