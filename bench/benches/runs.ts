import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Question as BullQuestion } from '../baselines/bullmq-process.ts'
import type { Bench, OpenBench } from '../bench.ts'
import type { Side } from '../measure/rounds.ts'
import { median, ratioSpread } from '../measure/statistics.ts'
import { startChild } from '../world/child.ts'
import { type Closers, openingWith } from '../world/closers.ts'
import type { Answer as Called, Question as TargetQuestion } from '../world/instant-target-process.ts'
import { collectStatistics, startPostgres } from '../world/postgres.ts'
import { hasRedis, redisMissing, startRedis } from '../world/redis.ts'
import type { Question as RunsQuestion } from '../world/runs-process.ts'
import { tempFolder } from '../world/temp-folder.ts'

const runs = 100
/** Of Suture's own default: SUTURE_CONCURRENCY. */
const concurrency = 16

/** Suture, the bell of the bench and BullMQ beside it have more connections than one Suture. */
const roomForBoth = { max_connections: '200' }

type Target = Awaited<ReturnType<typeof startTarget>>

const startTarget = async (closers: Closers) => {
  const child = startChild<TargetQuestion, Called>(
    new URL('../world/instant-target-process.ts', import.meta.url),
  )
  closers.add(() => child.stop())
  const { port } = await child.ask('port')
  return { url: `http://127.0.0.1:${port}`, child }
}

/** Each call came, and none twice. */
const checkCalls = async ({ child }: Target): Promise<void> => {
  const { keys, most } = await child.ask('forget')
  if (keys !== runs || most !== 1)
    throw new Error(`expected ${runs} calls with a key each; found ${keys} keys, one of them ${most} times`)
}

/** Suture and BullMQ on one backend, each with a queue of its own; figures a second. */
const startPair = async (
  folder: string,
  backend: 'postgres' | 'redis',
  target: Target,
  closers: Closers,
): Promise<{ readonly suture: Side['measure']; readonly bullmq: Side['measure'] }> => {
  mkdirSync(folder)
  const postgres = await startPostgres(folder, closers, roomForBoth)
  const redisUrl = backend === 'redis' ? await startRedis(folder, closers) : null
  const suture = startChild<RunsQuestion, number>(new URL('../world/runs-process.ts', import.meta.url))
  closers.add(() => suture.stop())
  await suture.ask({
    kind: 'open',
    ...postgres,
    redisUrl,
    folder,
    target: target.url,
    services: runs,
  })
  const bullmq = startChild<BullQuestion, number>(new URL('../baselines/bullmq-process.ts', import.meta.url))
  closers.add(() => bullmq.stop())
  let collected = false
  // What autovacuum does within its first minute: a database that is in use is older than this bench.
  const haveStatistics = async (round: number): Promise<void> => {
    if (round === 0 || collected) return
    collected = true
    await collectStatistics(postgres.ownerUrl)
  }
  const url = redisUrl ?? postgres.ownerUrl
  await bullmq.ask({ kind: 'open', backend, url, target: `${target.url}/job`, concurrency })
  return {
    suture: async (round) => {
      await haveStatistics(round)
      await suture.ask({ kind: 'prepare' })
      const elapsedMs = await suture.ask({ kind: 'measure' })
      await checkCalls(target)
      await suture.ask({ kind: 'settle' })
      return (runs / elapsedMs) * 1_000
    },
    bullmq: async (round) => {
      await haveStatistics(round)
      const elapsedMs = await bullmq.ask({ kind: 'measure', jobs: runs })
      await checkCalls(target)
      return (runs / elapsedMs) * 1_000
    },
  }
}

const noted = (name: string, measure: Side['measure'], all: number[]): Side => ({
  name,
  measure: async (round) => {
    const figure = await measure(round)
    if (round > 0) all.push(figure)
    return figure
  },
})

const open = (): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const target = await startTarget(closers)
    const onPostgres = await startPair(join(folder, 'postgres'), 'postgres', target, closers)
    const onRedis = hasRedis() ? await startPair(join(folder, 'redis'), 'redis', target, closers) : null
    const all = { suture: [] as number[], sutureRedis: [] as number[], bullmqRedis: [] as number[] }
    const redisRatio = () => ratioSpread(all.sutureRedis, all.bullmqRedis)
    return {
      candidate: noted('suture', onPostgres.suture, all.suture),
      baselines: [
        { name: 'bullmq', measure: onPostgres.bullmq },
        ...(onRedis === null
          ? [
              { name: 'suture-redis', absent: redisMissing },
              { name: 'bullmq-redis', absent: redisMissing },
            ]
          : [
              noted('suture-redis', onRedis.suture, all.sutureRedis),
              noted('bullmq-redis', onRedis.bullmq, all.bullmqRedis),
            ]),
      ],
      overall: () => ({
        value: median(all.suture),
        fields: onRedis === null ? {} : { redisRatio: Number(redisRatio().median.toPrecision(3)) },
      }),
      remarks: () => {
        if (onRedis === null) return []
        const { median: middle, min, max } = redisRatio()
        return [
          `With the queue on Redis (state stays in PostgreSQL): suture-redis by bullmq-redis ${middle.toFixed(3)} (${min.toFixed(3)} to ${max.toFixed(3)}).`,
        ]
      },
      close: closers.closeAll,
    }
  })

export const runsBench: Bench = {
  name: 'runs',
  unit: 'runs/s',
  about: [
    `${runs} approved runs of one step, rung for at once, until the last of them has ended: the claim with permit, policy and locks, the intent, the HTTP call,`,
    'its result, the verification, the outcome, what is learned, the audit and the cards, all durable. bullmq: as many jobs, added one by one, until the last',
    `of them has made the same HTTP call. Both ${concurrency} at a time on the same PostgreSQL. The ratio is rate by rate: higher is better.`,
  ],
  bounds: { bullmq: { sense: 'at_least', required: 0.4, aim: 0.65 } },
  open,
}
