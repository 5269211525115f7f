import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  type BellJob,
  type BellQueue,
  openQueue,
  openWorker,
  type QueueConnection,
} from '../../jobs/queues.ts'
import { freshDatabase } from '../support/postgres.ts'
import { hasRedis, startRedis } from '../support/redis.ts'
import { freePort } from '../support/suture.ts'

const within = { timeout: 60_000, interval: 10 }

interface Backend {
  readonly connection: QueueConnection
  readonly close: () => Promise<void>
}

/** What every backend of the queue promises. */
const queueContract = (name: string, available: boolean, open: () => Promise<Backend>): void => {
  describe.skipIf(!available)(`the queue on ${name}`, () => {
    let backend: Backend
    let queue: BellQueue
    let last = 0
    const errors: Error[] = []
    const aJob = (): BellJob => ({ tenantId: 'lab', kind: 'heal', key: `inc-${(last += 1)}` })

    /** A worker that notes what it hears; `work` may do more. Closed at the end of the test. */
    const listen = async (work: (job: BellJob) => Promise<void> = async () => undefined, concurrency = 2) => {
      const heard: string[] = []
      const failed: string[] = []
      const worker = await openWorker(
        'heal',
        backend.connection,
        concurrency,
        async (job) => {
          heard.push(job.key)
          await work(job)
        },
        { jobError: (error) => failed.push(error.message), queueError: (error) => errors.push(error) },
      )
      let closing: Promise<void> | undefined
      const close = () => (closing ??= worker.close())
      onTestFinished(close)
      return { heard, failed, close }
    }

    beforeAll(async () => {
      backend = await open()
      queue = await openQueue('heal', backend.connection, (error) => errors.push(error))
    })
    afterAll(async () => {
      await queue.close()
      // Before the server goes: a pool takes its leave without waiting, and its last connections may end together with it.
      expect(errors).toEqual([])
      await backend.close()
    })

    it('a ring is heard once, whoever listens first, with dashes in its id', async () => {
      const before = aJob()
      await queue.add(before, `${before.key}-01a2-b3c4-0`)
      const { heard } = await listen()
      const after = aJob()
      await queue.add(after, `${after.key}-01a2-b3c4-0`)
      await vi.waitFor(() => expect(heard).toEqual([before.key, after.key]), within)
    })

    it('the same ring twice is one, another ring for the same row is another', async () => {
      const job = aJob()
      const { heard } = await listen()
      await queue.add(job, `${job.key}-1`)
      await queue.add(job, `${job.key}-1`)
      await queue.add(job, `${job.key}-2`)
      await queue.add(job, `${job.key}-1`)
      const end = aJob()
      await queue.add(end, `${end.key}-1`)
      await vi.waitFor(() => expect(heard).toContain(end.key), within)
      expect(heard.filter((key) => key === job.key)).toHaveLength(2)
    })

    it('R7 a job that throws is told and does not come again, and the next one is heard', async () => {
      const bad = aJob()
      const good = aJob()
      const { heard, failed } = await listen(async ({ key }) => {
        if (key === bad.key) throw new Error(`no ${key}`)
      })
      await queue.add(bad, `${bad.key}-1`)
      await queue.add(good, `${good.key}-1`)
      await vi.waitFor(() => expect(heard).toContain(good.key), within)
      expect(failed).toEqual([`no ${bad.key}`])
      expect(heard.filter((key) => key === bad.key)).toHaveLength(1)
    })

    it('R7 closing takes no new job and waits for the work that is under way', async () => {
      const gate = Promise.withResolvers<void>()
      let done = false
      const slow = aJob()
      // One at a time: a fetch that is under way already could still take a job, and would finish it.
      const { heard, close } = await listen(async () => {
        await gate.promise
        done = true
      }, 1)
      await queue.add(slow, `${slow.key}-1`)
      await vi.waitFor(() => expect(heard).toEqual([slow.key]), within)
      let closed = false
      const closing = close().then(() => {
        closed = true
      })
      const late = aJob()
      await queue.add(late, `${late.key}-1`)
      expect([done, closed]).toEqual([false, false])
      gate.resolve()
      await closing
      expect([done, heard]).toEqual([true, [slow.key]])
      const next = await listen()
      await vi.waitFor(() => expect(next.heard).toEqual([late.key]), within)
    })

    it('two workers share the jobs and do none twice', async () => {
      const gate = Promise.withResolvers<void>()
      const one = await listen(() => gate.promise, 1)
      const two = await listen(() => gate.promise, 1)
      const jobs = Array.from({ length: 20 }, aJob)
      for (const job of jobs) await queue.add(job, `${job.key}-1`)
      // Each holds one job until the gate opens, so neither can have had all of them.
      await vi.waitFor(() => expect([one.heard.length, two.heard.length]).toEqual([1, 1]), within)
      gate.resolve()
      await vi.waitFor(() => expect(one.heard.length + two.heard.length).toBe(20), within)
      expect([...one.heard, ...two.heard].sort()).toEqual(jobs.map(({ key }) => key).sort())
    })

    it('pruning removes finished jobs: the same id is then new again', async () => {
      const job = aJob()
      const { heard } = await listen()
      await queue.add(job, `${job.key}-1`)
      await vi.waitFor(() => expect(heard).toEqual([job.key]), within)
      // The worker writes "finished" a moment after the work has ended.
      await vi.waitFor(async () => {
        await queue.prune(0)
        await queue.add(job, `${job.key}-1`)
        expect(heard.length).toBeGreaterThan(1)
      }, within)
    })

    it('jobs that wait are not pruned', async () => {
      const job = aJob()
      await queue.add(job, `${job.key}-1`)
      await queue.prune(0)
      const { heard } = await listen()
      await vi.waitFor(() => expect(heard).toEqual([job.key]), within)
    })
  })
}

queueContract('PostgreSQL', true, async () => {
  const database = await freshDatabase()
  return {
    connection: { kind: 'postgres', url: database.appUrl, assumeAppRole: false },
    close: () => database.drop(),
  }
})

queueContract('Redis (redis-server)', hasRedis, async () => {
  const redis = await startRedis()
  return { connection: { kind: 'redis', url: redis.url }, close: redis.stop }
})

describe('a queue that does not answer when it is opened', () => {
  it('PostgreSQL: the worker is refused instead of trying in vain for ever', async () => {
    const url = `postgres://nobody:none@127.0.0.1:${await freePort()}/none`
    const on = { jobError: () => undefined, queueError: () => undefined }
    const opening = openWorker(
      'heal',
      { kind: 'postgres', url, assumeAppRole: false },
      1,
      async () => undefined,
      on,
    )
    await expect(opening).rejects.toThrow('The queue cannot be reached: PostgreSQL does not answer.')
  })
})
