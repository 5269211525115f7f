import { isOver } from '../../domain/policy/break-glass.ts'
import { type BreakGlassRow, recentGlasses } from '../../storage/break-glass.repository.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { App } from '../app.ts'

interface Named {
  readonly id: string
  readonly name: string
}

export interface BreakGlassView {
  readonly id: string
  /** Null is all services. */
  readonly service: string | null
  readonly reason: string
  /** `open`; `unreviewed`, while Suture does no more than propose; `reviewed`. */
  readonly state: 'open' | 'unreviewed' | 'reviewed'
  readonly openedBy: Named
  readonly openedAt: string
  readonly until: string
  readonly endedAt: string | null
  /** Null while it is open, and where its time ran out. */
  readonly endedBy: Named | null
  readonly reviewedBy: Named | null
  readonly reviewedAt: string | null
  readonly note: string
}

const mostShown = 100

/** Newest first. */
export const listBreakGlasses = (app: App, tenantId: string): Promise<BreakGlassView[]> =>
  inTenant(app.store, tenantId, async (tx) => views(tx, await recentGlasses(tx, mostShown)), {
    readOnly: true,
  })

export const glassView = async (tx: Tx, row: BreakGlassRow): Promise<BreakGlassView> => {
  const [view] = await views(tx, [row])
  if (view === undefined) throw new Error(`${row.id} has no view`)
  return view
}

const views = async (tx: Tx, rows: readonly BreakGlassRow[]): Promise<BreakGlassView[]> => {
  const nameOf = await namesOf(
    tx,
    rows.flatMap((row) => [row.opened_by, row.ended_by, row.reviewed_by].filter((id) => id !== null)),
  )
  return rows.map((row) => {
    const over = isOver({ until: row.until, endedAt: row.ended_at }, tx.now)
    return {
      id: row.id,
      service: row.service,
      reason: row.reason,
      state: row.reviewed_at !== null ? 'reviewed' : over ? 'unreviewed' : 'open',
      openedBy: nameOf(row.opened_by),
      openedAt: row.opened_at.toString(),
      until: row.until.toString(),
      endedAt: (row.ended_at ?? (over ? row.until : null))?.toString() ?? null,
      endedBy: row.ended_by === null ? null : nameOf(row.ended_by),
      reviewedBy: row.reviewed_by === null ? null : nameOf(row.reviewed_by),
      reviewedAt: row.reviewed_at?.toString() ?? null,
      note: row.review_note,
    }
  })
}
