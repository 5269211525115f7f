import { join } from 'node:path'
import type { Bench, BenchOptions, OpenBench } from '../bench.ts'
import { busyMix, runLength } from '../load/alert-stream.ts'
import type { Side } from '../measure/rounds.ts'
import { median } from '../measure/statistics.ts'
import { type VerifyRate, verifyRate } from '../measure/verify-rate.ts'
import { intakeOf, nowText, openGroups, startLoad } from '../world/alerts-world.ts'
import { type Closers, openingWith } from '../world/closers.ts'
import { untilIdle } from '../world/idle.ts'
import { startPostgres } from '../world/postgres.ts'
import { untilSealed } from '../world/sealed.ts'
import { startSuture } from '../world/suture.ts'
import { tempFolder } from '../world/temp-folder.ts'

const groups = 5_000
const alertsPerRound = 30_000
const perRequest = 50
const connections = 16

const withoutAudit = new URL('../baselines/without-audit.ts', import.meta.url).href

/** Suture on a PostgreSQL of its own, taking the stream of `ingest-batch`. */
const ingestSide = async (
  name: string,
  closers: Closers,
  env: NodeJS.ProcessEnv,
): Promise<Side & { readonly ownerUrl: string }> => {
  const folder = join(tempFolder(closers), name)
  const postgres = await startPostgres(folder, closers)
  const suture = await startSuture({ folder: tempFolder(closers), database: postgres, env }, closers)
  const load = startLoad(closers)
  const startsAt = nowText()
  await openGroups(suture, postgres, load, groups)
  return {
    name,
    ownerUrl: postgres.ownerUrl,
    measure: async (round) => {
      const { alerts, elapsedMs } = await load.ask({
        kind: 'load',
        stream: { kind: 'round', round, alerts: alertsPerRound, groups, runLength, mix: busyMix, startsAt },
        form: 'webhook',
        target: intakeOf(suture),
        perRequest,
        connections,
      })
      await untilIdle(postgres.ownerUrl)
      await untilSealed(postgres.ownerUrl)
      return alerts / (elapsedMs / 1_000)
    },
  }
}

const open = (_options: BenchOptions): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const audited = await ingestSide('suture', closers, {})
    const bare = await ingestSide('ingest-without-audit', closers, {
      NODE_OPTIONS: `--import=${withoutAudit}`,
    })
    const [kept, none] = await Promise.all([untilSealed(audited.ownerUrl), untilSealed(bare.ownerUrl)])
    if (kept.sealed === 0 || none.entries > 0)
      throw new Error(
        `expected a sealed history on one side and none on the other, found ${kept.sealed} sealed entries and ${none.entries} entries`,
      )
    const folder = tempFolder(closers)
    const rates: VerifyRate[] = []
    const figures: number[] = []
    return {
      candidate: {
        ...audited,
        measure: async (round) => {
          const figure = await audited.measure(round)
          if (round > 0) {
            figures.push(figure)
            rates.push(await verifyRate(audited.ownerUrl, folder))
          }
          return figure
        },
      },
      baselines: [bare],
      overall: () => ({ value: median(figures), fields: verifyFields(rates) }),
      remarks: () => verifyRemarks(rates),
      close: closers.closeAll,
    }
  })

const requiredShare = 0.15
const aimedShare = 0.4

const verifyFields = (rates: readonly VerifyRate[]) => ({
  verifyMBs: Number((median(rates.map(({ verify }) => verify)) / 1e6).toFixed(1)),
  verifyByRawHash: Number(median(rates.map(({ verify, wholeFile }) => verify / wholeFile)).toFixed(3)),
  verifyByHashOfEach: Number(median(rates.map(({ verify, eachEntry }) => verify / eachEntry)).toFixed(3)),
})

const verifyRemarks = (rates: readonly VerifyRate[]): string[] => {
  const { verifyMBs, verifyByRawHash, verifyByHashOfEach } = verifyFields(rates)
  const { entries = 0, bytesPerEntry = 0 } = rates.at(-1) ?? {}
  const judged = verifyByRawHash >= requiredShare ? 'within the bound' : 'MISSED'
  return [
    `Verifying an export of ${entries} of these entries (${bytesPerEntry.toFixed(0)} bytes a line): ${verifyMBs} MB/s, ${verifyByRawHash} of one SHA-256 over the whole file, asked at least ${requiredShare} [aim ${aimedShare}]: ${judged}. By a SHA-256 of each entry it is ${verifyByHashOfEach}.`,
  ]
}

export const auditBench: Bench = {
  name: 'audit',
  unit: 'alerts/s',
  about: [
    `Alerts taken as in ingest-batch (${perRequest} a request on ${connections} connections, ${groups} open incidents), with the history written in the same commits`,
    'and sealed beside it: leaves, tiles, a signed checkpoint every 0.4 s. ingest-without-audit: the same Suture without the writing of',
    'entries (and so nothing to seal), on a PostgreSQL of its own. The ratio is candidate by baseline: higher is better.',
  ],
  bounds: { 'ingest-without-audit': { sense: 'at_least', required: 0.85, aim: 0.9 } },
  open,
}
