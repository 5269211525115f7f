import { claimDueEffects } from '../storage/outbox.repository.ts'
import type { App } from './app.ts'
import { sweepClicks } from './sweep-clicks.ts'

const atOnce = 200

/**
 * How many were rung. Each row is claimed by one sweeper and becomes due again later, so a ring that is lost is made up for.
 * Presses that a process took and died with are carried out in passing.
 */
export const sweepOnce = async (app: App): Promise<number> => {
  const due = await claimDueEffects(app.store.db, app.store.shiftMs(), app.limits.ringAgainMs, atOnce)
  app.bell.ring(due.map(({ tenantId, kind, key, rings }) => ({ tenantId, kind, key, ring: rings })))
  await sweepClicks(app)
  return due.length
}
