import type { LoadQuestion, Stream } from '../load/load-process.ts'
import type { AbsentSide, Side } from '../measure/rounds.ts'
import { alertmanagerMissing, hasAlertmanager, notifying, startAlertmanager } from './alertmanager.ts'
import { alertmanagerIntake, type LoadChild, nowText, startSinkProcess } from './alerts-world.ts'
import { type Closers, createClosers } from './closers.ts'

const groups = 5_000

/** As many alerts as groups: each opens one. */
const openingGroups = (round: number): Stream => ({
  kind: 'round',
  round,
  alerts: groups,
  groups,
  runLength: 1,
  mix: { opening: 100, fresh: 0, repeated: 0, resolved: 0 },
  startsAt: nowText(),
})

export interface AlertmanagerSides {
  readonly folder: string
  readonly closers: Closers
  readonly load: LoadChild
  readonly perRequest: number
  readonly connections: number
  /** What Suture takes in the same round. */
  readonly streamOf: (round: number) => Stream
}

/**
 * `alertmanager` takes 5,000 alerts into 5,000 groups and tells its webhook of each (group_wait 0s), the load under which it
 * is known to slow down. `alertmanager-same-stream` takes what Suture takes; of its groups hardly one in ten is new.
 * Both start empty in every round and keep alerts in memory only.
 */
export const alertmanagerSides = async (given: AlertmanagerSides): Promise<(Side | AbsentSide)[]> => {
  const names = ['alertmanager', 'alertmanager-same-stream'] as const
  if (!hasAlertmanager()) return names.map((name) => ({ name, absent: alertmanagerMissing }))
  const sink = await startSinkProcess(given.closers)
  const measure = async (stream: Stream): Promise<number> => {
    const fresh = createClosers()
    try {
      const { port } = await startAlertmanager(given.folder, notifying(sink), fresh)
      const question: LoadQuestion = {
        stream,
        form: 'alertmanager',
        target: alertmanagerIntake(port),
        perRequest: given.perRequest,
        connections: given.connections,
      }
      const { alerts, elapsedMs } = await given.load.ask({ kind: 'load', ...question })
      return alerts / (elapsedMs / 1_000)
    } finally {
      await fresh.closeAll()
    }
  }
  const [opening, same] = names
  return [
    { name: opening, measure: (round) => measure(openingGroups(round)) },
    { name: same, measure: (round) => measure(given.streamOf(round)) },
  ]
}
