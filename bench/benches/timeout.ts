import { detectConfinement } from '../../adapters/actions/command/containment.ts'
import { COMMAND_PATH } from '../../adapters/actions/command/start.ts'
import type { Bench, OpenBench } from '../bench.ts'
import { percentile } from '../measure/statistics.ts'
import { type HardTimeout, hardTimeouts } from '../world/hard-timeouts.ts'
import { processTrees } from '../world/process-trees.ts'

const timeoutsInAll = 1_000
/** At a time; each is several processes, some of which write or fork as fast as they can. */
const together = 5
const timeoutMs = 300
const requiredMs = 250
const aimMs = 100

const open = async ({ rounds }: { readonly rounds: number }): Promise<OpenBench> => {
  const confinement = detectConfinement(COMMAND_PATH)
  const trees = processTrees.filter(
    (tree) => confinement.kind === 'pid_namespace' || tree.needsNamespace !== true,
  )
  const waves = Math.ceil(timeoutsInAll / rounds / together)
  const measured: HardTimeout[] = []
  const survivors = new Set<number>()
  let next = 0

  const wave = async (): Promise<readonly HardTimeout[]> => {
    const chosen = Array.from({ length: together }, (_, at) => trees[(next + at) % trees.length])
    next += together
    const seen = await hardTimeouts(
      chosen.flatMap((tree) => tree ?? []),
      timeoutMs,
      confinement,
    )
    for (const pid of seen.survivors) survivors.add(pid)
    const early = seen.timeouts.find(({ status }) => status !== 'timed_out')
    if (early !== undefined) throw new Error(`${early.tree} ended ${early.status}; expected timed_out`)
    return seen.timeouts
  }
  const p99 = (timeouts: readonly HardTimeout[]): number =>
    percentile(
      timeouts.map(({ overshootMs }) => overshootMs),
      0.99,
    )
  return {
    candidate: {
      name: 'suture',
      measure: async (round) => {
        const seen: HardTimeout[] = []
        for (let at = 0; at < (round === 0 ? trees.length : waves); at += 1) seen.push(...(await wave()))
        if (round > 0) measured.push(...seen)
        return p99(seen)
      },
    },
    baselines: [],
    overall: () => ({
      value: p99(measured),
      fields: { timeouts: measured.length, survivors: survivors.size },
    }),
    remarks: () => {
      const value = p99(measured)
      const judged = value <= aimMs ? 'reaches the aim' : value <= requiredMs ? 'within the bound' : 'MISSED'
      const worst = Map.groupBy(measured, ({ tree }) => tree)
      return [
        `Over all ${measured.length}: p99 ${value.toFixed(1)} ms; at most ${requiredMs}, aim ${aimMs}: ${judged}. Survivors: ${survivors.size}.`,
        ...[...worst].map(
          ([tree, timeouts]) =>
            `  ${tree}: ${timeouts.length} times, p99 ${p99(timeouts).toFixed(1)} ms, at most ${Math.max(...timeouts.map(({ overshootMs }) => overshootMs)).toFixed(1)} ms`,
        ),
        confinement.sentence,
      ]
    },
    close: async () => undefined,
  }
}

export const timeout: Bench = {
  name: 'timeout',
  unit: 'ms',
  about: [
    `${timeoutsInAll} command steps with a hard timeout of ${timeoutMs} ms, ${together} at a time, over process trees that do not want to end: TERM ignored,`,
    'double fork, setsid (with a cleared environment too), full pipe, 1 GB of output, stopped, forking continually, moving on by fork.',
    'The figure is the 99th percentile of the time from the deadline to the result. Survivors are looked for when the results are there.',
  ],
  bounds: {},
  open,
}
