import { isRejection, type Rejection } from '../../domain/rejection.ts'
import type { Matcher, SilenceKind } from '../../domain/silence.ts'
import { inTenant } from '../../storage/database.ts'
import { readSilences, type SilenceWithCount } from '../../storage/silence.repository.ts'
import type { App } from '../app.ts'
import { cut, type Page, type PageRequest, readTimeKey, writeTimeKey } from './page.ts'

export const silenceStates = ['to_come', 'in_force', 'over'] as const
export type SilenceState = (typeof silenceStates)[number]

/** Times are ISO 8601. */
export interface SilenceView {
  readonly id: string
  readonly kind: SilenceKind
  readonly state: SilenceState
  readonly matchers: Matcher[]
  readonly from: string
  readonly until: string
  readonly reason: string
  readonly setBy: { readonly id: string; readonly name: string }
  readonly createdAt: string
  readonly endedAt: string | null
  /** Alerts that it has kept quiet so far. */
  readonly alerts: number
}

export const silenceView = (row: SilenceWithCount, now: Temporal.Instant): SilenceView => ({
  id: row.id,
  kind: row.kind,
  state: stateOf(row, now),
  matchers: row.matchers,
  from: row.from_at.toString(),
  until: row.until_at.toString(),
  reason: row.reason,
  setBy: { id: row.set_by, name: row.set_by_name },
  createdAt: row.created_at.toString(),
  endedAt: row.ended_at?.toString() ?? null,
  alerts: row.alerts,
})

const stateOf = (row: SilenceWithCount, now: Temporal.Instant): SilenceState => {
  if (row.ended_at !== null || Temporal.Instant.compare(row.until_at, now) <= 0) return 'over'
  return Temporal.Instant.compare(row.from_at, now) > 0 ? 'to_come' : 'in_force'
}

/** Newest first; `standing`: only those that have not ended. */
export const listSilences = async (
  app: App,
  tenantId: string,
  { standing = false, ...page }: PageRequest & { readonly standing?: boolean },
): Promise<Page<SilenceView> | Rejection> => {
  const before = readTimeKey(page.after)
  if (isRejection(before)) return before
  return inTenant(app.store, tenantId, async (tx) =>
    cut(
      await readSilences(tx, { standing, before, limit: page.limit + 1 }),
      page.limit,
      (shown) => shown.map((row) => silenceView(row, tx.now)),
      (row) => writeTimeKey({ at: row.created_at, id: row.id }),
    ),
  )
}
