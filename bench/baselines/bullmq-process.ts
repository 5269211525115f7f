import { createPostgresBackend, Queue, Worker } from 'bullmq'
import { exchange } from '../../adapters/actions/http/exchange.ts'
import { reachOf } from '../../adapters/actions/http/reach.ts'
import { answerParent } from '../world/child.ts'

/**
 * BullMQ alone: each job makes the HTTP call that the step of a run makes, with the same code. Nothing is asked, locked,
 * written down, verified or shown.
 */
export type Question =
  | {
      readonly kind: 'open'
      readonly backend: 'postgres' | 'redis'
      readonly url: string
      readonly target: string
      readonly concurrency: number
    }
  | { readonly kind: 'measure'; readonly jobs: number }

const name = 'bench-runs'
const defaultJobOptions = { attempts: 1 }
const reach = reachOf()
let add: ((key: string) => Promise<unknown>) | null = null
let ended: () => void = () => undefined

const open = async ({ backend, url, target, concurrency }: Extract<Question, { kind: 'open' }>) => {
  const call = async (key: string): Promise<void> => {
    const answer = await exchange({
      method: 'POST',
      url: new URL(target),
      written: target,
      reach,
      headers: { accept: 'application/json', 'content-length': '0', 'idempotency-key': key },
      body: null,
      signal: new AbortController().signal,
      maySend: () => true,
    })
    if (answer.kind !== 'answered' || answer.status !== 200)
      throw new Error(`${target}: expected 200, found ${JSON.stringify(answer)}`)
  }
  const work = async ({ data }: { data: { key: string } }): Promise<void> => {
    await call(data.key)
    ended()
  }
  const settings = { concurrency, skipStalledCheck: true, maxStalledCount: 0 }
  const { queue, worker } =
    backend === 'postgres' ? onPostgres(url, work, settings) : onRedis(url, work, settings)
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()])
  add = (key) => queue.add(name, { key })
}

type Work = (job: { data: { key: string } }) => Promise<void>
type Settings = Readonly<{ concurrency: number; skipStalledCheck: boolean; maxStalledCount: number }>

const onPostgres = (url: string, work: Work, settings: Settings) => {
  const connection = { connectionString: url, schema: 'bullmq', max: 4 }
  return {
    queue: new Queue(name, { connection, defaultJobOptions }, createPostgresBackend),
    worker: new Worker(name, work, { connection, ...settings }, createPostgresBackend),
  }
}

const onRedis = (url: string, work: Work, settings: Settings) => ({
  queue: new Queue(name, { connection: { url }, defaultJobOptions }),
  worker: new Worker(name, work, { connection: { url, maxRetriesPerRequest: null }, ...settings }),
})

let last = 0

/** Milliseconds from the first job added, each by itself, until the last one's work is done. */
const measure = async (jobs: number): Promise<number> => {
  if (add === null) throw new Error('expected the queue to be opened before jobs are added')
  const adding = add
  let left = jobs
  const done = new Promise<void>((resolve) => {
    ended = () => {
      left -= 1
      if (left === 0) resolve()
    }
  })
  const began = performance.now()
  await Promise.all(
    Array.from({ length: jobs }, () => {
      last += 1
      return adding(`job-${last}`)
    }),
  )
  await done
  return performance.now() - began
}

answerParent<Question, number>(async (question) => {
  if (question.kind === 'measure') return measure(question.jobs)
  await open(question)
  return 0
})
