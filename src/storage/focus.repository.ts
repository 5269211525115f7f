import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Distress, OpenIncident, Waiting } from '../domain/learning/focus.ts'
import type { ReasonCode } from '../domain/rejection.ts'
import type { Tx } from './database.ts'
import type { FocusCycleTable } from './focus.table.ts'

export type FocusCycleRow = Selectable<FocusCycleTable>

/** Through the index of open incidents: as cheap after a million resolved ones as after ten. */
export const openIncidents = async (tx: Tx): Promise<OpenIncident[]> => {
  const rows = await tx.db
    .selectFrom('incident')
    .select(['id', 'service', 'severity', 'title', 'opened_at'])
    .where('tenant_id', '=', tx.tenantId)
    .where('status', '<>', 'resolved')
    .execute()
  return rows.map(({ opened_at: openedAt, ...incident }) => ({ ...incident, openedAt }))
}

export const lastCycle = (tx: Tx): Promise<FocusCycleRow | undefined> =>
  tx.db
    .selectFrom('focus_cycle')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()

/** False where another process takes the cycle at this moment. */
export const mayTakeCycle = async (tx: Tx): Promise<boolean> => {
  const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(
    hashtextextended('focus_cycle ' || ${tx.tenantId}, 0)) as mine`.execute(tx.db)
  return rows[0]?.mine === true
}

export const addCycle = async (
  tx: Tx,
  number: number,
  { score, critical, degraded, healthy, open, guardrails }: Distress,
): Promise<void> => {
  await tx.db
    .insertInto('focus_cycle')
    .values({
      tenant_id: tx.tenantId,
      number,
      at: tx.now,
      score,
      critical_services: [...critical],
      degraded_services: [...degraded],
      healthy,
      open_incidents: open,
      guardrails,
    })
    .execute()
  await tx.db
    .updateTable('governance')
    .set({ distress: score, distress_at: tx.now })
    .where('tenant_id', '=', tx.tenantId)
    .execute()
}

/** What waits for people besides open incidents. */
export const waitingForPeople = async (tx: Tx): Promise<Waiting> => {
  const { rows } = await sql<{ approvals: number; runs: string[] }>`select
      (select count(*) from approval_request where tenant_id = ${tx.tenantId} and status = 'pending')::int as approvals,
      array(select distinct l.run_id from target_lock l join run r on r.tenant_id = l.tenant_id and r.id = l.run_id
        where l.tenant_id = ${tx.tenantId} and r.status = 'unknown' order by 1) as runs`.execute(tx.db)
  return { approvals: rows[0]?.approvals ?? 0, unknownRuns: rows[0]?.runs ?? [] }
}

/** The reason under which what was proposed is counted. */
export const proposed = ''

/** For the end of a commit: there is one row for all that is proposed. */
export const countScheduled = (tx: Tx, reason: ReasonCode | typeof proposed): RawBuilder<unknown> =>
  sql`insert into scheduler_counter (tenant_id, reason, times, last_at)
    values (${tx.tenantId}, ${reason}, 1, ${tx.now}::timestamptz)
    on conflict (tenant_id, reason) do update set times = scheduler_counter.times + 1, last_at = excluded.last_at`

export const scheduledCounts = (tx: Tx) =>
  tx.db
    .selectFrom('scheduler_counter')
    .select(['reason', 'times', 'last_at'])
    .where('tenant_id', '=', tx.tenantId)
    .orderBy('reason')
    .execute()

export const standingBackOffs = (tx: Tx) =>
  tx.db
    .selectFrom('proposal_back_off')
    .select(['service', 'diagnosis_code', 'failures', 'until'])
    .where('tenant_id', '=', tx.tenantId)
    .where('until', '>', tx.now)
    .orderBy('until')
    .execute()

/** Services with a proposal in the last hour, and how many. */
export const proposedLately = async (tx: Tx): Promise<{ service: string; proposals: number }[]> => {
  const { rows } = await sql<{
    service: string
    proposals: number
  }>`select service, count(*)::int as proposals from proposal
    where tenant_id = ${tx.tenantId} and rank = 0 and service is not null
      and created_at > ${tx.now}::timestamptz - interval '1 hour'
    group by 1 order by 1`.execute(tx.db)
  return rows
}
