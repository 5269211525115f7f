import { distressOf, recommend } from '../../domain/learning/focus.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import {
  type FocusCycleRow,
  lastCycle,
  openIncidents,
  waitingForPeople,
} from '../../storage/focus.repository.ts'
import type { App } from '../app.ts'
import { cycleEveryMs } from '../learning/take-cycle.ts'
import { cut, type Page, type PageRequest, readSeq } from './page.ts'

/** How bad it stands now, what to look at first and why. Reads what is true now; the guardrails follow the last cycle. */
export const readFocus = (app: Pick<App, 'store' | 'configuration'>, tenantId: string) =>
  inTenant(app.store, tenantId, (tx) => focusNow(app, tx), { readOnly: true })

export const focusNow = async (app: Pick<App, 'configuration'>, tx: Tx) => {
  const { catalogue } = await app.configuration.of(tx.tenantId)
  const incidents = await openIncidents(tx)
  const distress = distressOf(
    catalogue.services.map(({ name }) => name),
    incidents,
  )
  const cycle = await lastCycle(tx)
  const waiting = await waitingForPeople(tx)
  return {
    distress,
    incidents,
    cycle: cycle ?? null,
    recommendations: recommend(distress, incidents, waiting),
    at: tx.now,
  }
}

export interface CycleView {
  readonly cycle: number
  /** ISO 8601. */
  readonly at: string
  readonly score: number
  readonly critical_services: string[]
  readonly degraded_services: string[]
  readonly healthy_count: number
  readonly open_incidents: number
  readonly guardrails: FocusCycleRow['guardrails']
}

export const cycleView = (row: FocusCycleRow): CycleView => ({
  cycle: row.number,
  at: row.at.toString(),
  score: row.score,
  critical_services: row.critical_services,
  degraded_services: row.degraded_services,
  healthy_count: row.healthy,
  open_incidents: row.open_incidents,
  guardrails: row.guardrails,
})

/** Newest first. */
export const listCycles = async (
  app: Pick<App, 'store'>,
  tenantId: string,
  { after, limit }: PageRequest,
) => {
  const before = readSeq(after)
  if (typeof before !== 'number') return before
  return inTenant(
    app.store,
    tenantId,
    async (tx): Promise<Page<CycleView>> => {
      const rows = await tx.db
        .selectFrom('focus_cycle')
        .selectAll()
        .where('tenant_id', '=', tx.tenantId)
        .$if(before > 0, (query) => query.where('number', '<', before))
        .orderBy('number', 'desc')
        .limit(limit + 1)
        .execute()
      return cut(
        rows,
        limit,
        (shown) => shown.map(cycleView),
        ({ number }) => String(number),
      )
    },
    { readOnly: true },
  )
}

/** Whether cycles are taken: the last one is no older than a few of them. */
export const isLive = (cycle: Pick<FocusCycleRow, 'at'> | null | undefined, now: Temporal.Instant): boolean =>
  cycle !== null &&
  cycle !== undefined &&
  Math.abs(now.since(cycle.at).total('milliseconds')) < 4 * cycleEveryMs
