import { sql } from 'kysely'
import type { Store, Tx } from './database.ts'

export const overdueRuns = async (
  store: Store,
  graceMs: number,
): Promise<{ tenantId: string; runId: string }[]> => {
  const { rows } = await sql<{
    tenantId: string
    runId: string
  }>`select tenant_id as "tenantId", run_id as "runId" from overdue_runs(
    now() + make_interval(secs => ${store.shiftMs() / 1000}::float8), make_interval(secs => ${graceMs / 1000}::float8))`.execute(
    store.db,
  )
  return rows
}

/** Processes that a run has started on this host and not reported as ended. */
export const processesOfRun = async (tx: Tx, runId: string, host: string) => {
  const rows = await tx.db
    .selectFrom('run_process')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', runId)
    .where('host', '=', host)
    .execute()
  return rows.map((row) => ({
    pid: row.pid,
    startTicks: row.start_ticks === '' ? null : row.start_ticks,
    bootId: row.boot_id === '' ? null : row.boot_id,
  }))
}

/** Whether a run has started anything, on any host, that is not known to have ended. */
export const hasProcesses = async (tx: Tx, runId: string): Promise<boolean> => {
  const row = await tx.db
    .selectFrom('run_process')
    .select('pid')
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', runId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
