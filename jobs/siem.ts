import type { App } from '../src/app/app.ts'
import { feedSiem, type SiemFeed } from '../src/app/audit/siem-feed.ts'
import type { Leader } from './sealer.ts'
import { type Loop, startLoop } from './sweeper.ts'

const feedEveryMs = 1_000

/** Gives a SIEM what was sealed, in the one process that leads; others would send the same once more. */
export const startSiem = (app: App, feed: SiemFeed, leader: Pick<Leader, 'leads'>): Loop => {
  let known: readonly string[] = []
  return startLoop(feedEveryMs, app.log, 'siem', async () => {
    if (!(await leader.leads())) return
    const problems = await feedSiem(app, feed)
    for (const problem of problems) if (!known.includes(problem)) app.log.warn({}, problem)
    // A turn in which nothing was due has nothing to say about what went wrong before.
    if (problems.length > 0) known = problems
  })
}
