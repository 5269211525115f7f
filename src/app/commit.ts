import { sql } from 'kysely'
import { type AuditEntry, auditRecord } from '../domain/audit.ts'
import type { Effect, EffectKind } from '../domain/effect.ts'
import { inTenant, type Tx } from '../storage/database.ts'
import type { App } from './app.ts'
import { canonicalText, leafHash } from './digest.ts'

/** State, audit entries and effects in ONE transaction; the doorbell rings only after the commit. */

export const topics = ['incident', 'card', 'run', 'approval', 'message', 'configuration', 'governance'] as const
export type Topic = (typeof topics)[number]

export interface Outbound {
  readonly audit: (entry: AuditEntry, incidentId?: string | null) => void
  readonly effect: (effect: Effect) => void
  /** Says that the work of an effect is done: its outbox row goes with this commit. */
  readonly settle: (kind: EffectKind, key: string) => void
  /** Tells live views that something has changed. */
  readonly changed: (topic: Topic, id: string) => void
}

interface Collected {
  audit: { entry: AuditEntry; incidentId: string | null }[]
  effects: Effect[]
  settled: { kind: EffectKind; key: string }[]
  changes: [Topic, string][]
}

export const commit = async <T>(app: App, tenantId: string, work: (tx: Tx, out: Outbound) => Promise<T>): Promise<T> => {
  const collected: Collected = { audit: [], effects: [], settled: [], changes: [] }
  const out: Outbound = {
    audit: (entry, incidentId = null) => collected.audit.push({ entry, incidentId }),
    effect: (effect) => collected.effects.push(effect),
    settle: (kind, key) => collected.settled.push({ kind, key }),
    changed: (topic, id) => collected.changes.push([topic, id]),
  }
  const { result, now } = await inTenant(app.store, tenantId, async (tx) => {
    const result = await work(tx, out)
    await writeAudit(app, tx, collected)
    await writeOutbox(app, tx, collected)
    await notify(tx, collected.changes)
    return { result, now: tx.now }
  })
  const due = collected.effects.filter((effect) => effect.dueAt === undefined || Temporal.Instant.compare(effect.dueAt, now) <= 0)
  if (due.length > 0) app.bell.ring(due.map(({ kind, key }) => ({ tenantId, kind, key, ring: 0 })))
  return result
}

const writeAudit = async (app: App, tx: Tx, { audit }: Collected): Promise<void> => {
  if (audit.length === 0) return
  const at = tx.now.round({ smallestUnit: 'millisecond' }).toString()
  const rows = audit.map(({ entry, incidentId }) => {
    const id = app.ids.uuid()
    const bytes = Buffer.from(canonicalText(auditRecord(entry, { id, tenantId: tx.tenantId, at })), 'utf8')
    return { id, entry, incidentId, bytes, leaf: leafHash(bytes) }
  })
  await sql`with entered as (
    insert into audit_entry (tenant_id, id, at, event, actor, subject, incident_id, bytes, leaf_hash)
    select ${tx.tenantId}, id, ${at}::timestamptz, event, actor, subject, incident_id, bytes, leaf
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.entry.event)}::text[], ${rows.map((row) => row.entry.actor)}::text[],
      ${rows.map((row) => row.entry.subject)}::text[], ${rows.map((row) => row.incidentId)}::text[],
      ${rows.map((row) => row.bytes)}::bytea[], ${rows.map((row) => row.leaf)}::bytea[])
      as entry (id, event, actor, subject, incident_id, bytes, leaf)
    returning seq, tenant_id)
    insert into audit_unsealed (seq, tenant_id) select seq, tenant_id from entered`.execute(tx.db)
}

const writeOutbox = async (app: App, tx: Tx, { effects, settled }: Collected): Promise<void> => {
  if (settled.length > 0)
    await sql`delete from outbox where tenant_id = ${tx.tenantId} and (kind, key) in
      (select * from unnest(${settled.map((each) => each.kind)}::text[], ${settled.map((each) => each.key)}::text[]))`.execute(tx.db)
  if (effects.length === 0) return
  // An effect that is rung now becomes due for the sweeper only later: by then its job has run, or the ring was lost.
  const later = tx.now.add({ milliseconds: app.limits.ringAgainMs })
  const dueAt = effects.map(({ dueAt }) => (dueAt !== undefined && Temporal.Instant.compare(dueAt, tx.now) > 0 ? dueAt : later).toString())
  await sql`insert into outbox (tenant_id, kind, key, due_at)
    select ${tx.tenantId}, kind, key, due_at
    from unnest(${effects.map((each) => each.kind)}::text[], ${effects.map((each) => each.key)}::text[], ${dueAt}::timestamptz[])
      as effect (kind, key, due_at)
    on conflict (tenant_id, kind, key) do update set due_at = excluded.due_at`.execute(tx.db)
}

/** PostgreSQL holds a notification to 8,000 bytes. */
const changesPerNotification = 100

const notify = async (tx: Tx, changes: readonly [Topic, string][]): Promise<void> => {
  for (let at = 0; at < changes.length; at += changesPerNotification)
    await sql`select pg_notify('suture', ${JSON.stringify([tx.tenantId, changes.slice(at, at + changesPerNotification)])})`.execute(tx.db)
}
