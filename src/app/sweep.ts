import { claimDueEffects } from '../storage/outbox.repository.ts'
import type { App } from './app.ts'

const atOnce = 200

/** How many were rung. Each row is claimed by one sweeper and becomes due again later, so a ring that is lost is made up for. */
export const sweepOnce = async (app: App): Promise<number> => {
  const due = await claimDueEffects(app.store.db, app.store.shiftMs(), app.limits.ringAgainMs, atOnce)
  app.bell.ring(due.map(({ tenantId, kind, key, rings }) => ({ tenantId, kind, key, ring: rings })))
  return due.length
}
