import type { Question as NaiveQuestion } from '../baselines/audited-transaction-process.ts'
import type { Bench, OpenBench } from '../bench.ts'
import { busyMix, runLength } from '../load/alert-stream.ts'
import type { Target } from '../load/http-load.ts'
import type { Stream } from '../load/load-process.ts'
import { alertmanagerSides } from '../world/alertmanager-sides.ts'
import { intakeOf, nowText, openGroups, startLoad } from '../world/alerts-world.ts'
import { startChild } from '../world/child.ts'
import { openingWith } from '../world/closers.ts'
import { untilIdle } from '../world/idle.ts'
import { startPostgres } from '../world/postgres.ts'
import { startSuture } from '../world/suture.ts'
import { tempFolder } from '../world/temp-folder.ts'

const groups = 5_000
const alertsPerRound = 8_000
const naivePerRound = 2_000
const connections = 256

const open = (): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const postgres = await startPostgres(folder, closers)
    const suture = await startSuture({ folder, database: postgres }, closers)
    const load = startLoad(closers)
    await openGroups(suture, postgres, load, groups)
    const startsAt = nowText()
    const streamOf = (round: number): Stream => ({
      kind: 'round',
      round,
      alerts: alertsPerRound,
      groups,
      runLength,
      mix: busyMix,
      startsAt,
    })
    const send = async (round: number, target: Target): Promise<number> => {
      const { alerts, elapsedMs } = await load.ask({
        kind: 'load',
        stream: streamOf(round),
        form: 'webhook',
        target,
        perRequest: 1,
        connections,
      })
      return alerts / (elapsedMs / 1_000)
    }

    const stack = startChild<'port', number>(new URL('../baselines/http-zod-process.ts', import.meta.url))
    closers.add(() => stack.stop())
    const stackTarget: Target = {
      port: await stack.ask('port'),
      path: '/v1/alerts/alertmanager',
      headers: {},
    }
    const naive = startChild<NaiveQuestion, number>(
      new URL('../baselines/audited-transaction-process.ts', import.meta.url),
    )
    closers.add(() => naive.stop())
    await naive.ask({ kind: 'open', url: postgres.ownerUrl })
    const alertmanagers = await alertmanagerSides({
      folder,
      closers,
      load,
      perRequest: 1,
      connections,
      streamOf,
    })
    return {
      candidate: {
        name: 'suture',
        measure: async (round) => {
          const measured = await send(round, intakeOf(suture))
          await untilIdle(postgres.ownerUrl)
          return measured
        },
      },
      baselines: [
        { name: 'http-zod', measure: (round) => send(round, stackTarget) },
        {
          name: 'audited-transaction',
          measure: (round) => naive.ask({ kind: 'insert', alerts: naivePerRound, round }),
        },
        ...alertmanagers,
      ],
      remarks: () => [],
      close: closers.closeAll,
    }
  })

export const ingestSingle: Bench = {
  name: 'ingest-single',
  unit: 'alerts/s',
  about: [
    `Alerts taken by POST /v1/alerts/alertmanager, one a request on ${connections} kept connections: durable, deduplicated and audited`,
    `when they are answered. The stream and the ${groups} open incidents are those of ingest-batch. http-zod answers the same bodies`,
    'after parsing; audited-transaction writes alerts without HTTP, one transaction each on 16 connections; alertmanager takes as many alerts as',
    'groups, told to a webhook, alertmanager-same-stream what Suture takes. The ratio is candidate by baseline, both in a second: higher is better.',
  ],
  bounds: {
    'http-zod': { sense: 'at_least', required: 0.2, aim: 0.35 },
    'audited-transaction': { sense: 'at_least', required: 1.7, aim: 3 },
    alertmanager: { sense: 'at_least', required: 0.6, aim: 1 },
  },
  open,
}
