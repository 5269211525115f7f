import { sql } from 'kysely'
import type { QueuedRun } from '../domain/waiting-line.ts'
import type { Tx } from './database.ts'
import { distinct, gathering } from './gathering.ts'

export interface Waiter extends QueuedRun {
  /** When its permit ends, and the waiting with it. */
  readonly givesUpAt: Temporal.Instant
}

/** Runs that may start as soon as their targets are free, in the order in which they were queued. */
export const queuedRuns = async (tx: Tx): Promise<Waiter[]> => {
  const rows = await tx.db
    .selectFrom('run')
    .innerJoin('permit', (join) =>
      join.onRef('permit.tenant_id', '=', 'run.tenant_id').onRef('permit.run_id', '=', 'run.id'),
    )
    .select(['run.id', 'run.queued_at', 'run.created_at', 'permit.targets', 'permit.expires_at'])
    .where('run.tenant_id', '=', tx.tenantId)
    .where('run.status', '=', 'queued')
    .where('permit.status', '=', 'issued')
    .orderBy('run.queued_at')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    targets: row.targets,
    queuedAt: row.queued_at ?? row.created_at,
    givesUpAt: row.expires_at,
  }))
}

/**
 * Queued runs whose permit covers one of these targets, who waits longest first. Others gain nothing by looking again, and a queue may be long. As a
 * join it is planned for the few rows of a young database and then read all permits for each run in line; so each permit
 * is looked up by its key.
 */
export const runsWaitingFor = gathering<readonly string[], string[]>(async (tx, all) => {
  const { rows } = await sql<{
    id: string
    targets: string[]
  }>`select id, targets from (select id, queued_at, created_at,
      (select permit.targets from permit where permit.tenant_id = run.tenant_id and permit.run_id = run.id) as targets
    from run where tenant_id = ${tx.tenantId} and status = 'queued') as waiting
    where targets && ${distinct(all.flat())}::text[]
    order by coalesce(queued_at, created_at), length(id), id`.execute(tx.db)
  return all.map((targets) =>
    rows.filter((row) => row.targets.some((target) => targets.includes(target))).map(({ id }) => id),
  )
})

export interface Holder {
  readonly target: string
  readonly runId: string
}

/** Who holds which of these targets, by target. */
export const holdersOf = async (tx: Tx, targets: readonly string[]): Promise<Holder[]> =>
  targets.length === 0
    ? []
    : tx.db
        .selectFrom('target_lock')
        .select(['target', 'run_id as runId'])
        .where('tenant_id', '=', tx.tenantId)
        .where('target', 'in', [...targets])
        .orderBy('target')
        .execute()

/** What a run holds, such as one that ended `unknown` until a person has looked. */
export const lockedBy = async (tx: Tx, runId: string): Promise<string[]> =>
  (
    await tx.db
      .selectFrom('target_lock')
      .select('target')
      .where('tenant_id', '=', tx.tenantId)
      .where('run_id', '=', runId)
      .orderBy('target')
      .execute()
  ).map(({ target }) => target)
