import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Question as BullQuestion } from '../baselines/add-to-start-process.ts'
import type { Bench, OpenBench } from '../bench.ts'
import { median, percentile } from '../measure/statistics.ts'
import { call, healableServices, makeApprover, raiseAndFindButton } from '../world/approvals.ts'
import { startChild } from '../world/child.ts'
import { openingWith } from '../world/closers.ts'
import { untilIdle } from '../world/idle.ts'
import { startPostgres } from '../world/postgres.ts'
import { startSuture } from '../world/suture.ts'
import type { Question as TargetQuestion } from '../world/target-process.ts'
import { tempFolder } from '../world/temp-folder.ts'

const clicks = 8
const jobs = 200

const serviceName = (round: number, at: number): string => `shop-${round}-${at}`

const open = ({ rounds }: { rounds: number }): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const target = startChild<TargetQuestion, number>(new URL('../world/target-process.ts', import.meta.url))
    closers.add(() => target.stop())
    const catalogue = join(folder, 'catalogue.yaml')
    const names = Array.from({ length: (rounds + 1) * clicks }, (_, number) =>
      serviceName(Math.floor(number / clicks), number % clicks),
    )
    writeFileSync(
      catalogue,
      healableServices(`http://127.0.0.1:${await target.ask({ kind: 'port' })}`, names),
    )
    const postgres = await startPostgres(folder, closers)
    const suture = await startSuture({ folder, database: postgres, catalogue }, closers)
    const approver = await makeApprover(suture)
    const bull = startChild<BullQuestion, readonly number[]>(
      new URL('../baselines/add-to-start-process.ts', import.meta.url),
    )
    closers.add(() => bull.stop())
    await bull.ask({ kind: 'open', url: postgres.ownerUrl })
    const all: number[] = []

    const clickOnce = async (service: string): Promise<number> => {
      const token = await raiseAndFindButton(suture, approver, service)
      await untilIdle(postgres.ownerUrl, 0)
      const body = JSON.stringify({ token })
      const clicked = performance.timeOrigin + performance.now()
      const answered = call(suture, approver, 'POST', '/v1/clicks', body)
      const started = await target.ask({ kind: 'restarted', service })
      const outcome = z.object({ done: z.boolean(), message: z.string() }).parse(await answered)
      if (!outcome.done)
        throw new Error(`the click on Approve for ${service} was refused: ${outcome.message}`)
      return started - clicked
    }
    return {
      candidate: {
        name: 'suture',
        measure: async (round) => {
          const measured: number[] = []
          for (let at = 0; at < clicks; at += 1) measured.push(await clickOnce(serviceName(round, at)))
          if (round > 0) all.push(...measured)
          return median(measured)
        },
      },
      baselines: [
        {
          name: 'bullmq-p99',
          measure: async () => percentile(await bull.ask({ kind: 'measure', jobs }), 0.99),
        },
      ],
      remarks: () => [`Of all ${all.length} clicks the slowest took ${Math.max(...all).toFixed(1)} ms.`],
      close: closers.closeAll,
    }
  })

export const clickToStart: Bench = {
  name: 'click-to-start',
  unit: 'ms',
  about: [
    'Idle. From the POST of a click on Approve to the arrival of the first step at its target: the vote, the quorum, the permit, the queue, the',
    `claim, the locks and the step's intent are all committed in between. The median of ${clicks} clicks in each round. bullmq-p99 is the 99th`,
    `percentile of ${jobs} jobs from BullMQ's add to the start of its processor, on the same PostgreSQL. The ratio is time by time: lower is better.`,
  ],
  bounds: { 'bullmq-p99': { sense: 'at_most', required: 4, aim: 2 } },
  open,
}
