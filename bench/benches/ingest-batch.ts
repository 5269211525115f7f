import type { Question as UnnestQuestion } from '../baselines/unnest-process.ts'
import type { Bench, BenchOptions, OpenBench } from '../bench.ts'
import { busyMix } from '../load/alert-stream.ts'
import type { Stream } from '../load/load-process.ts'
import { alertmanagerMissing, hasAlertmanager, startAlertmanager } from '../world/alertmanager.ts'
import {
  alertmanagerIntake,
  intakeOf,
  nowText,
  openGroups,
  opening,
  startLoad,
} from '../world/alerts-world.ts'
import { startChild } from '../world/child.ts'
import { type Closers, createClosers, openingWith } from '../world/closers.ts'
import { untilIdle } from '../world/idle.ts'
import { startPostgres } from '../world/postgres.ts'
import { startSuture } from '../world/suture.ts'
import { tempFolder } from '../world/temp-folder.ts'

const groups = 5_000
const alertsPerRound = 10_000
const perRequest = 50
const connections = 16

const open = ({ note }: BenchOptions): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const postgres = await startPostgres(folder, closers)
    const suture = await startSuture({ folder, database: postgres }, closers)
    const load = startLoad(closers)
    const startsAt = nowText()
    const send = async (stream: Stream, to: 'suture' | number): Promise<number> => {
      const { alerts, elapsedMs } = await load.ask({
        kind: 'load',
        stream,
        form: to === 'suture' ? 'webhook' : 'alertmanager',
        target: to === 'suture' ? intakeOf(suture) : alertmanagerIntake(to),
        perRequest,
        connections,
      })
      return alerts / (elapsedMs / 1_000)
    }
    const round = (number: number): Stream => ({
      kind: 'round',
      round: number,
      alerts: alertsPerRound,
      groups,
      mix: busyMix,
      startsAt,
    })

    await openGroups(suture, postgres, load, groups)
    const remarks: string[] = []
    const unnest = await openUnnest(postgres.ownerUrl, closers, note, remarks)
    const empty = { groupBy: 'service', groupWait: '30s', groupInterval: '5m', webhook: null } as const
    const measureCold = async (number: number): Promise<number> => {
      const fresh = createClosers()
      try {
        const { port } = await startAlertmanager(folder, empty, fresh)
        return await send(round(number), port)
      } finally {
        await fresh.closeAll()
      }
    }
    const warm = hasAlertmanager() ? await startAlertmanager(folder, empty, closers) : null
    if (warm !== null) await send(opening(groups, startsAt), warm.port)
    return {
      candidate: {
        name: 'suture',
        measure: async (number) => {
          const measured = await send(round(number), 'suture')
          await untilIdle(postgres.ownerUrl)
          return measured
        },
      },
      baselines: [
        { name: 'unnest', measure: unnest },
        ...(warm === null
          ? [
              { name: 'alertmanager', absent: alertmanagerMissing },
              { name: 'alertmanager-warm', absent: alertmanagerMissing },
            ]
          : [
              { name: 'alertmanager', measure: measureCold },
              { name: 'alertmanager-warm', measure: (number: number) => send(round(number), warm.port) },
            ]),
      ],
      remarks: () => remarks,
      close: closers.closeAll,
    }
  })

const unnestRows = 20_000

/** The batch size and the number of connections that this machine likes best are found first. */
const openUnnest = async (
  url: string,
  closers: Closers,
  note: (line: string) => void,
  remarks: string[],
): Promise<() => Promise<number>> => {
  const child = startChild<UnnestQuestion, number>(new URL('../baselines/unnest-process.ts', import.meta.url))
  closers.add(() => child.stop())
  await child.ask({ kind: 'open', url })
  let best = { rate: 0, perStatement: 0, connections: 0 }
  for (const pass of [0, 1])
    for (const perStatement of [250, 500, 1_000, 2_000])
      for (const connections of [1, 2, 3]) {
        const rate = await child.ask({ kind: 'insert', rows: unnestRows, perStatement, connections })
        if (pass === 1 && rate > best.rate) best = { rate, perStatement, connections }
      }
  const chosen = `unnest is fastest here with ${best.perStatement} rows a statement on ${best.connections} connections`
  note(chosen)
  remarks.push(`${chosen}.`)
  return () => child.ask({ kind: 'insert', rows: unnestRows, ...best })
}

export const ingestBatch: Bench = {
  name: 'ingest-batch',
  unit: 'alerts/s',
  about: [
    `Alerts taken by POST /v1/alerts/alertmanager, ${perRequest} a request on ${connections} connections: durable, deduplicated and audited when`,
    `they are answered. ${groups} incidents are open; of 100 alerts ${busyMix.opening} opens a new one, ${busyMix.fresh} are new in an open one, ${busyMix.repeated} repeat`,
    `what was sent before, ${busyMix.resolved} end. Services are picked evenly, so that hardly two alerts of a request share an incident.`,
    `Alertmanager takes the same requests: empty at the start of every round, so that it takes them into ${groups} groups; and, as`,
    'alertmanager-warm, with those groups there already, which costs it next to nothing as it keeps alerts in memory only.',
    'The ratio is candidate by baseline, both in a second: higher is better.',
  ],
  bounds: {
    unnest: { sense: 'at_least', required: 0.2, aim: 0.33 },
    alertmanager: { sense: 'at_least', required: 1.5, aim: 3 },
  },
  open,
}
