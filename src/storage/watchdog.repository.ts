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

/** Runs whose time to undo has begun, with time left and no worker: their lease has run out. */
export const abandonedRuns = async (store: Store): Promise<{ tenantId: string; runId: string }[]> => {
  const { rows } = await sql<{
    tenantId: string
    runId: string
  }>`select tenant_id as "tenantId", run_id as "runId" from abandoned_runs(
    now() + make_interval(secs => ${store.shiftMs() / 1000}::float8))`.execute(store.db)
  return rows
}

export interface AbandonedProcess {
  readonly tenantId: string
  readonly runId: string
  readonly identity: {
    readonly pid: number
    readonly startTicks: string | null
    readonly bootId: string | null
  }
}

/** What workers on this host have started for runs that they no longer hold. */
export const abandonedProcesses = async (store: Store, host: string): Promise<AbandonedProcess[]> => {
  const { rows } = await sql<{
    tenant_id: string
    run_id: string
    pid: number
    start_ticks: string
    boot_id: string
  }>`select * from abandoned_processes(
    now() + make_interval(secs => ${store.shiftMs() / 1000}::float8), ${host})`.execute(store.db)
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    runId: row.run_id,
    identity: {
      pid: row.pid,
      startTicks: row.start_ticks === '' ? null : row.start_ticks,
      bootId: row.boot_id === '' ? null : row.boot_id,
    },
  }))
}

export const forgetProcess = async (tx: Tx, runId: string, pid: number): Promise<void> => {
  await tx.db
    .deleteFrom('run_process')
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', runId)
    .where('pid', '=', pid)
    .execute()
}
