import type { Question as UnnestQuestion } from '../baselines/unnest-process.ts'
import type { Bench, BenchOptions, OpenBench } from '../bench.ts'
import { busyMix, runLength } from '../load/alert-stream.ts'
import type { Stream } from '../load/load-process.ts'
import { alertmanagerSides } from '../world/alertmanager-sides.ts'
import { intakeOf, nowText, openGroups, startLoad } from '../world/alerts-world.ts'
import { startChild } from '../world/child.ts'
import { type Closers, openingWith } from '../world/closers.ts'
import { untilIdle } from '../world/idle.ts'
import { startPostgres } from '../world/postgres.ts'
import { startSuture } from '../world/suture.ts'
import { tempFolder } from '../world/temp-folder.ts'

const groups = 5_000
const alertsPerRound = 30_000
const perRequest = 50
const connections = 16

const open = ({ note, rounds }: BenchOptions): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const postgres = await startPostgres(folder, closers)
    const suture = await startSuture({ folder, database: postgres }, closers)
    const load = startLoad(closers)
    const startsAt = nowText()
    const round = (number: number, length = runLength): Stream => ({
      kind: 'round',
      round: number,
      alerts: alertsPerRound,
      groups,
      runLength: length,
      mix: busyMix,
      startsAt,
    })

    await openGroups(suture, postgres, load, groups)
    const remarks: string[] = []
    let spread = 0
    const unnest = await openUnnest(postgres.ownerUrl, closers, note, remarks)
    const alertmanagers = await alertmanagerSides({
      folder,
      closers,
      load,
      perRequest,
      connections,
      streamOf: round,
    })
    const measure = async (stream: Stream): Promise<number> => {
      const { alerts, elapsedMs } = await load.ask({
        kind: 'load',
        stream,
        form: 'webhook',
        target: intakeOf(suture),
        perRequest,
        connections,
      })
      await untilIdle(postgres.ownerUrl)
      return alerts / (elapsedMs / 1_000)
    }
    return {
      candidate: {
        name: 'suture',
        measure: async (number) => {
          if (number === rounds) spread = await measure(round(number + 1, 1))
          return measure(round(number))
        },
      },
      baselines: [{ name: 'unnest', measure: unnest }, ...alertmanagers],
      remarks: () => [
        ...remarks,
        `With services mixed alert by alert, so that hardly two of a request share an incident: ${spread.toFixed(0)} alerts/s (once).`,
      ],
      close: closers.closeAll,
    }
  })

const unnestRows = 30_000

/** The batch size that this machine likes best is found first; on one connection, as Suture's writer has one. */
const openUnnest = async (
  url: string,
  closers: Closers,
  note: (line: string) => void,
  remarks: string[],
): Promise<() => Promise<number>> => {
  const child = startChild<UnnestQuestion, number>(new URL('../baselines/unnest-process.ts', import.meta.url))
  closers.add(() => child.stop())
  await child.ask({ kind: 'open', url })
  const insert = (perStatement: number, connections: number): Promise<number> =>
    child.ask({ kind: 'insert', rows: unnestRows, perStatement, connections })
  let best = { rate: 0, perStatement: 0 }
  for (const pass of [0, 1])
    for (const perStatement of [250, 500, 1_000, 2_000]) {
      const rate = await insert(perStatement, 1)
      if (pass === 1 && rate > best.rate) best = { rate, perStatement }
    }
  note(`unnest is fastest here with ${best.perStatement} rows a statement`)
  const several = Math.max(await insert(best.perStatement, 2), await insert(best.perStatement, 3))
  remarks.push(
    `unnest: ${best.perStatement} rows a statement, the best of four sizes, on one connection as Suture's writer; on several PostgreSQL takes ${several.toFixed(0)} rows/s (once).`,
  )
  return () => insert(best.perStatement, 1)
}

export const ingestBatch: Bench = {
  name: 'ingest-batch',
  unit: 'alerts/s',
  about: [
    `Alerts taken by POST /v1/alerts/alertmanager, ${perRequest} a request on ${connections} connections: durable, deduplicated and audited when`,
    `they are answered. ${groups} incidents are open. Alerts come in runs of ${runLength} about one service; of 100 runs ${busyMix.opening} opens an incident,`,
    `${busyMix.fresh} are new alerts in an open one, ${busyMix.repeated} repeat a run sent before, ${busyMix.resolved} end one. Services are picked evenly.`,
    `unnest: rows like those of the table alert, nothing looked up, one connection. alertmanager takes ${groups} alerts that open ${groups} groups, with a`,
    'webhook as its chat (group_wait 0s); alertmanager-same-stream takes what Suture takes. Both start empty every round and keep alerts in memory only.',
    'The ratio is candidate by baseline, both in a second: higher is better.',
  ],
  bounds: {
    unnest: { sense: 'at_least', required: 0.2, aim: 0.33 },
    alertmanager: { sense: 'at_least', required: 1.5, aim: 3 },
  },
  open,
}
