import { distressOf } from '../../domain/learning/focus.ts'
import { inTenant } from '../../storage/database.ts'
import { addCycle, lastCycle, mayTakeCycle, openIncidents } from '../../storage/focus.repository.ts'
import { allTenants } from '../../storage/retention.repository.ts'
import type { App } from '../app.ts'

export const cycleEveryMs = 30_000
/** Somewhat less, so that a timer that is early once does not halve the cycles. */
const leastBetweenMs = cycleEveryMs - 5_000

/** Looks at how bad it stands, once for all processes, and keeps it: policy asks for it at every evaluation. */
export const takeCycle = (app: Pick<App, 'store' | 'configuration'>, tenantId: string): Promise<boolean> =>
  inTenant(app.store, tenantId, async (tx) => {
    if (!(await mayTakeCycle(tx))) return false
    const last = await lastCycle(tx)
    // A clock that was set back leaves cycles in times to come: whoever waited for those would not look for as long.
    const agoMs = last === undefined ? leastBetweenMs : tx.now.epochMilliseconds - last.at.epochMilliseconds
    if (agoMs >= 0 && agoMs < leastBetweenMs) return false
    const { catalogue } = await app.configuration.of(tenantId)
    const distress = distressOf(
      catalogue.services.map(({ name }) => name),
      await openIncidents(tx),
    )
    await addCycle(tx, (last?.number ?? 0) + 1, distress)
    return true
  })

export const takeCycles = async (app: Pick<App, 'store' | 'configuration'>): Promise<void> => {
  for (const tenantId of await allTenants(app.store.db)) await takeCycle(app, tenantId)
}
