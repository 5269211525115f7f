import { overdueRuns } from '../storage/watchdog.repository.ts'
import type { App } from './app.ts'

/** Longer than any run may take: asked about the day after tomorrow, every run that is under way is overdue. */
const dayAfterTomorrowMs = 2 * 24 * 60 * 60_000

/** Ids of the runs of every tenant that have begun and not ended. */
export const runsUnderWay = async (app: Pick<App, 'store'>): Promise<ReadonlySet<string>> =>
  new Set(
    (await overdueRuns(app.store, -dayAfterTomorrowMs)).map(({ tenantId, runId }) => `${tenantId} ${runId}`),
  )
