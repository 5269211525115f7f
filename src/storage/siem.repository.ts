import { sql } from 'kysely'
import { inTenant, type Store, type Tx } from './database.ts'

/** How far a SIEM was given the log. A row is made when something was sent, or could not be, for the first time. */

export interface SiemCursor {
  readonly next: number
  readonly attempts: number
  readonly dueAt: Temporal.Instant | null
}

export const readSiemCursor = async (tx: Tx, sink: string): Promise<SiemCursor> => {
  const row = await tx.db
    .selectFrom('siem_cursor')
    .select(['next', 'attempts', 'due_at as dueAt'])
    .where('tenant_id', '=', tx.tenantId)
    .where('sink', '=', sink)
    .executeTakeFirst()
  return row ?? { next: 0, attempts: 0, dueAt: null }
}

/** Not the moment itself: should the clock be set back, nothing waits until it comes again. */
const atOnce = Temporal.Instant.fromEpochMilliseconds(0)

/** Moves the cursor on, unless another has moved it meanwhile: it never goes back. */
export const advanceSiemCursor = async (tx: Tx, sink: string, from: number, to: number): Promise<void> => {
  await tx.db
    .insertInto('siem_cursor')
    .values({ tenant_id: tx.tenantId, sink, next: to, sent_at: tx.now, due_at: atOnce })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'sink'])
        .doUpdateSet({ next: to, sent_at: tx.now, due_at: atOnce, attempts: 0, last_error: '' })
        .where('siem_cursor.next', '=', from),
    )
    .execute()
}

export const postponeSiem = async (
  tx: Tx,
  sink: string,
  change: { readonly dueAt: Temporal.Instant; readonly attempts: number; readonly lastError: string },
): Promise<void> => {
  const set = { due_at: change.dueAt, attempts: change.attempts, last_error: change.lastError }
  await tx.db
    .insertInto('siem_cursor')
    .values({ tenant_id: tx.tenantId, sink, ...set })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'sink']).doUpdateSet(set))
    .execute()
}

const nowOf = ({ shiftMs }: Pick<Store, 'shiftMs'>) =>
  sql`now() + make_interval(secs => ${shiftMs() / 1000}::float8)`

/** Tenants with sealed entries that this sink was not given, and that it may be tried with now. */
export const siemTenants = async (store: Pick<Store, 'db' | 'shiftMs'>, sink: string): Promise<string[]> => {
  const { rows } = await sql<{
    tenant: string
  }>`select tenant_id as tenant from siem_due(${sink}, ${nowOf(store)})`.execute(store.db)
  return rows.map(({ tenant }) => tenant)
}

export interface SiemLag {
  /** Sealed entries that it was not given. */
  readonly waiting: number
  /** Since when the oldest of them is sealed. */
  readonly oldestMs: number
  /** Of the tenant whose entries failed most often in a row; empty where none did. */
  readonly lastError: string
}

/** Counts over all tenants; the sentence is read inside the tenant that failed. */
export const readSiemLag = async (
  store: Pick<Store, 'db' | 'transact' | 'shiftMs'>,
  sink: string,
): Promise<SiemLag> => {
  const { rows } = await sql<{
    waiting: number
    oldestMs: number
    failing: string | null
  }>`select waiting, oldest_ms as "oldestMs", failing_tenant as failing
    from siem_lag(${sink}, ${nowOf(store)})`.execute(store.db)
  const [row] = rows
  if (row === undefined) throw new Error('PostgreSQL gave no answer about what waits for the SIEM')
  const { waiting, oldestMs, failing } = row
  const lastError =
    failing === null
      ? ''
      : await inTenant(store, failing, (tx) => readLastError(tx, sink), { readOnly: true })
  return { waiting, oldestMs, lastError }
}

const readLastError = async (tx: Tx, sink: string): Promise<string> => {
  const row = await tx.db
    .selectFrom('siem_cursor')
    .select('last_error')
    .where('tenant_id', '=', tx.tenantId)
    .where('sink', '=', sink)
    .executeTakeFirst()
  return row?.last_error ?? ''
}
