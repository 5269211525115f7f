import { type Kysely, sql } from 'kysely'
import type { Database, Opening, Tx } from './database.ts'

/** Whoever takes the same key waits until this transaction ends: for what has no row yet that could be locked. */
export const lockKey = async (tx: Tx, key: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${tx.tenantId} ${key}`}, 0))`.execute(tx.db)
}

/** True the first time within `forMs`; of many at once, for one of them. `shiftMs` is the store's. */
export const noteSeen = async (
  tx: Opening,
  keyHash: Buffer,
  forMs: number,
  shiftMs: number,
): Promise<boolean> => {
  const { rows } = await sql`insert into seen_event (tenant_id, key_hash, seen_at)
    values (${tx.tenantId}, ${keyHash}, now() + make_interval(secs => ${shiftMs / 1000}::float8))
    on conflict (tenant_id, key_hash) do update set seen_at = excluded.seen_at
      where seen_event.seen_at <= excluded.seen_at - make_interval(secs => ${forMs / 1000}::float8)
    returning tenant_id`.execute(tx.db)
  return rows.length > 0
}

export interface WaitingClick {
  readonly tenantId: string
  readonly clickId: string
}

/** Presses without an outcome that are older than `olderThanMs`, of all tenants; each goes to one sweeper at a time. */
export const claimWaitingClicks = async (
  db: Kysely<Database>,
  shiftMs: number,
  { olderThanMs, attempts, limit }: { olderThanMs: number; attempts: number; limit: number },
): Promise<WaitingClick[]> => {
  const now = sql`now() + ${`${shiftMs} milliseconds`}::interval`
  const { rows } = await sql<{ tenant_id: string; click_id: string }>`
    select tenant_id, click_id from claim_waiting_clicks(${now}, ${now} - ${`${olderThanMs} milliseconds`}::interval,
      ${attempts}::integer, ${limit}::integer)`.execute(db)
  return rows.map((row) => ({ tenantId: row.tenant_id, clickId: row.click_id }))
}

/** The incident whose thread has this part of a message id in `chat`; null when there is none. */
export const incidentOfThread = async (tx: Tx, chat: string, part: string): Promise<string | null> => {
  const { rows } = await sql<{ incident_id: string }>`select c.incident_id from card_delivery d
    join card c on c.tenant_id = d.tenant_id and c.id = d.card_id
    where d.tenant_id = ${tx.tenantId} and d.chat = ${chat} and (d.first_part = ${part} or d.last_part = ${part})
      and c.kind = 'incident' limit 1`.execute(tx.db)
  return rows[0]?.incident_id ?? null
}

/** Where the head of an incident's thread stands in `chat`, as one part of a message id; null as long as it is not there. */
export const headOfIncident = async (tx: Tx, chat: string, incidentId: string): Promise<string | null> => {
  const { rows } = await sql<{ part: string | null }>`select coalesce(d.first_part, d.last_part) as part
    from card_delivery d join card c on c.tenant_id = d.tenant_id and c.id = d.card_id
    where d.tenant_id = ${tx.tenantId} and d.chat = ${chat} and c.incident_id = ${incidentId} and c.kind = 'incident'
    limit 1`.execute(tx.db)
  return rows[0]?.part ?? null
}
