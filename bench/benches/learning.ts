import pg from 'pg'
import { buckets } from '../../src/app/read/learning.ts'
import { calibrationReport, learningReport, recoveryReport } from '../../src/app/read/learning-report.ts'
import { openStore } from '../../src/storage/database.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { writeHistory } from '../../test/support/learning-history.ts'
import type { Bench, BenchOptions, OpenBench } from '../bench.ts'
import { median } from '../measure/statistics.ts'
import { openingWith } from '../world/closers.ts'
import { startPostgres } from '../world/postgres.ts'
import { tempFolder } from '../world/temp-folder.ts'

const tenantId = 'bench'
/** Outcomes a day: a large estate. A history that grows is longer, not denser. */
const perDay = 9_000
const small = 100_000
const large = 10_000_000
const asks = 20
const requiredRatio = 2

/** Everything that `/v1/learning` and its neighbours tell, for every bucket. */
const readAll = async (app: Parameters<typeof learningReport>[0]): Promise<number> => {
  let total = 0
  for (const bucket of buckets) {
    const { all, byPlaybook, byService } = await learningReport(app, tenantId, { bucket })
    total += all.total + byPlaybook.length + byService.length
    await recoveryReport(app, tenantId, { bucket })
  }
  await calibrationReport(app, tenantId, null)
  return total
}

const open = ({ note }: BenchOptions): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const configuration = { of: () => Promise.reject(new Error('no service is asked for')) }
    const sideOf = async (outcomes: number) => {
      const { ownerUrl, appUrl } = await startPostgres(tempFolder(closers), closers)
      await migrate(ownerUrl)
      const owner = new pg.Client({ connectionString: ownerUrl })
      // Where the rest fails the server goes first, and takes this along.
      owner.on('error', () => undefined)
      await owner.connect()
      await owner.query('set synchronous_commit = off')
      const startedMs = performance.now()
      await writeHistory(owner, {
        tenantId,
        outcomes,
        days: Math.ceil(outcomes / perDay),
        until: Temporal.Now.instant().toString(),
        seed: 1,
      })
      await owner.query('vacuum analyze')
      await owner.end()
      note(`${outcomes} outcomes were written in ${Math.round((performance.now() - startedMs) / 1_000)} s`)
      const store = openStore({
        url: appUrl,
        maxConnections: 2,
        onError: () => undefined,
      })
      closers.add(() => store.close())
      return async (): Promise<number> => {
        const took: number[] = []
        for (let at = 0; at < asks; at += 1) {
          const from = performance.now()
          const total = await readAll({ store, configuration })
          took.push(performance.now() - from)
          if (total < outcomes)
            throw new Error(`${total} outcomes were told of; expected ${outcomes} or more`)
        }
        return median(took)
      }
    }
    const short = await sideOf(small)
    const long = await sideOf(large)
    return {
      candidate: { name: 'at-10m', measure: long },
      baselines: [{ name: 'at-100k', measure: short }],
      remarks: () => [`Asked for: at most ${requiredRatio} times as long.`],
      close: () => closers.closeAll(),
    }
  })

export const learningBench: Bench = {
  name: 'learning',
  unit: 'ms',
  about: [
    `Everything that is told of learning (three buckets, by playbook, service and day, times to recover, calibration), median of ${asks} times a round.`,
    `at-10m has ten million outcomes, at-100k a hundred thousand, both ${perDay} a day: the one history is a hundred times as long. The ratio is time by time, less is better.`,
  ],
  bounds: { 'at-100k': { sense: 'at_most', required: requiredRatio, aim: 1 } },
  open,
}
