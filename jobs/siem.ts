import type { App } from '../src/app/app.ts'
import { feedSiem, type SiemFeed } from '../src/app/audit/siem-feed.ts'
import type { Leader } from './sealer.ts'
import { type Loop, startLoop } from './sweeper.ts'

const feedEveryMs = 1_000

/**
 * Gives a SIEM what was sealed, in the one process that leads; others would send the same once more. Tries that fail come ever more
 * seldom, and each is logged.
 */
export const startSiem = (app: App, feed: SiemFeed, leader: Pick<Leader, 'leads'>): Loop =>
  startLoop(feedEveryMs, app.log, 'siem', async () => {
    if (!(await leader.leads())) return
    for (const problem of await feedSiem(app, feed)) app.log.warn({}, problem)
  })
