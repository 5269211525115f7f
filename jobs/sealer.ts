import type { App } from '../src/app/app.ts'
import type { Sealer } from '../src/app/audit/seal-turn.ts'
import { showCheckpoints, type Witnesses } from '../src/app/audit/witness.ts'
import { type Loop, startLoop } from './sweeper.ts'

/**
 * Half of the second within which a checkpoint covers an entry. Nobody wakes it: PostgreSQL commits one at a time whatever notifies
 * (PreCommit_Notify holds a lock until the commit), and every commit here writes history.
 */
const sealEveryMs = 400

/** Whether this is the one process that does it; `resign` lets another one try. */
export interface Leader {
  readonly leads: () => Promise<boolean>
  readonly resign: () => Promise<void>
}

/** Seals what waits, in the one process that leads. Whoever can't, because its key is not the log's, makes room. */
export const startSealer = (app: Pick<App, 'log'>, sealer: Sealer, leader: Leader): Loop =>
  startLoop(sealEveryMs, app.log, 'sealer', async () => {
    if (!(await leader.leads())) return
    await sealer.turn()
    if (sealer.problems().length > 0) await leader.resign()
  })

const showEveryMs = 2_000

/** Shows checkpoints to those who keep them outside. Each is claimed by one process, so any may look. */
export const startWitnesses = (
  app: App,
  witnesses: Witnesses,
): Loop & { readonly problems: () => readonly string[] } => {
  let problems: readonly string[] = []
  const loop = startLoop(showEveryMs, app.log, 'witnesses', async () => {
    const found = await showCheckpoints(app, witnesses)
    for (const problem of found) if (!problems.includes(problem)) app.log.warn({}, problem)
    problems = found
  })
  return { ...loop, problems: () => problems }
}
