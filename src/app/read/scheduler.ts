import { inTenant, type Tx } from '../../storage/database.ts'
import {
  lastCycle,
  proposed,
  proposedLately,
  scheduledCounts,
  standingBackOffs,
} from '../../storage/focus.repository.ts'
import type { App } from '../app.ts'
import { cycleEveryMs } from '../learning/take-cycle.ts'
import { governanceOf } from '../policy-facts.ts'
import { isLive } from './focus.ts'

/** What came of looking for something to propose: how often, and why not. All of it outlives a restart. */
export const readScheduler = (app: Pick<App, 'store' | 'configuration'>, tenantId: string) =>
  inTenant(app.store, tenantId, (tx) => schedulerNow(app, tx), { readOnly: true })

export const schedulerNow = async (app: Pick<App, 'configuration'>, tx: Tx) => {
  const { policy } = await app.configuration.of(tx.tenantId)
  const governance = await governanceOf(tx)
  const cycle = await lastCycle(tx)
  const counts = await scheduledCounts(tx)
  const backOffs = await standingBackOffs(tx)
  const services = await proposedLately(tx)
  const skipped = counts.filter(({ reason }) => reason !== proposed)
  return {
    running: isLive(cycle, tx.now),
    mode: governance.mode,
    emergencyStop: governance.emergency_stop,
    pollIntervalSeconds: cycleEveryMs / 1_000,
    lastCycleAt: cycle?.at ?? null,
    backOffs: backOffs.map(({ service, diagnosis_code: diagnosis, failures, until }) => ({
      service,
      diagnosis,
      failures,
      until,
    })),
    mostPerHour: policy.document.limits.proposalsPerHour,
    services,
    proposed: counts.find(({ reason }) => reason === proposed)?.times ?? 0,
    skipped: skipped.reduce((sum, { times }) => sum + times, 0),
    skippedByReason: Object.fromEntries(skipped.map(({ reason, times }) => [reason, times])),
    at: tx.now,
  }
}
