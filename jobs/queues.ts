import { createPostgresBackend, type JobsOptions, Queue, Worker } from 'bullmq'
import { z } from 'zod'

/** The doorbells. A job says only "look at this row"; what happens then is decided by the row. */

export const queueNames = ['heal', 'run', 'expire_approval'] as const
export type QueueName = (typeof queueNames)[number]

export const BellJob = z.object({ tenantId: z.string(), key: z.string() })
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

const backendOf = (connection: QueueConnection) =>
  connection.kind === 'postgres'
    ? {
        connection: {
          connectionString: connection.url,
          schema: 'bullmq',
          max: 4,
          application_name: 'suture-queue',
          ...(connection.assumeAppRole ? { options: '-c role=suture_app' } : {}),
        },
        factory: createPostgresBackend,
      }
    : { connection: { url: connection.url, maxRetriesPerRequest: null }, factory: undefined }

export interface BellQueue {
  readonly add: (job: BellJob, jobId: string) => Promise<void>
  readonly prune: () => Promise<void>
  readonly close: () => Promise<void>
}

const keptMs = 60_000
const pruneAtOnce = 1_000

export const openQueue = (
  name: QueueName,
  connection: QueueConnection,
  onError: (error: Error) => void,
): BellQueue => {
  const { connection: options, factory } = backendOf(connection)
  const queue =
    factory === undefined
      ? new Queue(`suture-${name}`, { connection: options as { url: string }, defaultJobOptions: jobOptions })
      : new Queue(
          `suture-${name}`,
          { connection: options as { connectionString: string }, defaultJobOptions: jobOptions },
          factory,
        )
  queue.on('error', onError)
  return {
    add: async (job, jobId) => {
      await queue.add(name, job, { jobId })
    },
    prune: async () => {
      for (const state of ['completed', 'failed'] as const) await queue.clean(keptMs, pruneAtOnce, state)
    },
    close: () => queue.close(),
  }
}

export interface BellWorker {
  /** Takes no more jobs and resolves when those under way have ended. */
  readonly close: () => Promise<void>
}

export const openWorker = (
  name: QueueName,
  connection: QueueConnection,
  concurrency: number,
  work: (job: BellJob) => Promise<void>,
  onError: (error: Error) => void,
): BellWorker => {
  const { connection: options, factory } = backendOf(connection)
  const process = async ({ data }: { data: unknown }): Promise<void> => {
    const job = BellJob.parse(data)
    try {
      await work(job)
    } catch (error) {
      // The job's own state is read by nobody: the row stays due and the sweeper rings again.
      onError(error instanceof Error ? error : new Error(String(error)))
    }
  }
  const settings = { concurrency, skipStalledCheck: true, maxStalledCount: 0 }
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
  worker.on('error', onError)
  return { close: () => worker.close() }
}
