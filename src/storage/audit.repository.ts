import { type RawBuilder, sql } from 'kysely'
import type { AuditEvent } from '../domain/audit.ts'
import type { Tx } from './database.ts'
import { type Change, changeChannel, notificationsOf } from './notify.ts'

export interface AuditRow {
  readonly id: string
  readonly event: AuditEvent
  readonly actor: string
  readonly subject: string
  readonly incidentId: string | null
  /** RFC 8785 bytes: the truth. */
  readonly bytes: Buffer
  readonly leafHash: Buffer
}

/** Appends entries, marks them as not yet sealed, and tells live views of `changes`, in one statement. */
export const writeOfEntries = (
  tx: Tx,
  at: string,
  rows: readonly AuditRow[],
  changes: readonly Change[],
): RawBuilder<unknown> =>
  sql`with entered as (
    insert into audit_entry (tenant_id, id, at, event, actor, subject, incident_id, bytes, leaf_hash)
    select ${tx.tenantId}, id, ${at}::timestamptz, event, actor, subject, incident_id, bytes, leaf
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.event)}::text[], ${rows.map((row) => row.actor)}::text[],
      ${rows.map((row) => row.subject)}::text[], ${rows.map((row) => row.incidentId)}::text[],
      ${rows.map((row) => row.bytes)}::bytea[], ${rows.map((row) => row.leafHash)}::bytea[])
      as entry (id, event, actor, subject, incident_id, bytes, leaf)
    returning seq, tenant_id), unsealed as (
    insert into audit_unsealed (seq, tenant_id) select seq, tenant_id from entered)
    select pg_notify(${changeChannel}, body) from unnest(${notificationsOf(tx, changes)}::text[]) as body`
