import { createPostgresBackend, Queue, Worker } from 'bullmq'
import { answerParent } from '../world/child.ts'

/** BullMQ alone: a job is added, a worker of the same process picks it up; on PostgreSQL, as Suture uses it. */
export type Question =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'measure'; readonly jobs: number }

const openQueue = (url: string) => {
  const connection = { connectionString: url, schema: 'bullmq', max: 4 }
  const queue = new Queue(
    'bench-add-to-start',
    { connection, defaultJobOptions: { attempts: 1 } },
    createPostgresBackend,
  )
  const worker = new Worker(
    'bench-add-to-start',
    async () => started?.(performance.now()),
    { connection, concurrency: 8, skipStalledCheck: true, maxStalledCount: 0 },
    createPostgresBackend,
  )
  return { queue, worker }
}

let opened: ReturnType<typeof openQueue> | null = null
let started: ((at: number) => void) | null = null

const open = async (url: string): Promise<readonly number[]> => {
  opened = openQueue(url)
  await Promise.all([opened.queue.waitUntilReady(), opened.worker.waitUntilReady()])
  return []
}

/** Milliseconds from `add` to the first line of the processor, one job at a time. */
const measure = async (jobs: number): Promise<readonly number[]> => {
  if (opened === null) throw new Error('expected the queue to be opened before jobs are added')
  const latencies: number[] = []
  for (let at = 0; at < jobs; at += 1) {
    const picked = new Promise<number>((resolve) => {
      started = resolve
    })
    const added = performance.now()
    await opened.queue.add('bench', { at })
    latencies.push((await picked) - added)
    // The worker finishes the job and waits for the next one again.
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return latencies
}

answerParent<Question, readonly number[]>((question) =>
  question.kind === 'open' ? open(question.url) : measure(question.jobs),
)
