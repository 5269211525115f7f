import { isActive } from '../../domain/run.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import type { Claim } from './claim-run.ts'
import type { CommitKind } from './next-batch.ts'
import { commitOfRun } from './run-commits.ts'

/** This worker no longer holds the run. Whatever it wanted to write is not written. */
export class LeaseLost extends Error {
  readonly runId: string
  constructor(runId: string, fence: number) {
    super(`${runId} is no longer held under fence ${fence}; another worker or the watchdog has taken it`)
    this.runId = runId
  }
}

/** A commit that only the holder of the fence can make. `withIncident` locks the incident first, as everybody does. */
export const asHolder = <T>(
  app: App,
  claim: Claim,
  work: (tx: Tx, out: Outbound, run: RunRow, incident: IncidentRow | undefined) => Promise<T>,
  { kind = 'note', withIncident = false }: { kind?: CommitKind; withIncident?: boolean } = {},
): Promise<T> =>
  commitOfRun(app, claim.tenantId, {
    runId: claim.run.id,
    kind,
    withIncident,
    work: async (tx, out, locked) => {
      const { run, incident } = await locked
      if (run === undefined || run.fencing_token !== claim.fence || !isActive(run.status))
        throw new LeaseLost(claim.run.id, claim.fence)
      return work(tx, out, run, withIncident ? incident : undefined)
    },
  })
