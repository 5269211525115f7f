import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { EffectKind } from '../domain/effect.ts'
import type { Database, Tx } from './database.ts'

export const writesOfSettled = (
  tx: Tx,
  settled: readonly { kind: EffectKind; key: string }[],
): RawBuilder<unknown>[] =>
  [...new Set(settled.map((each) => each.kind))].map((kind) => {
    const keys = settled.filter((each) => each.kind === kind).map((each) => each.key)
    return sql`delete from outbox where tenant_id = ${tx.tenantId} and kind = ${kind} and key = any(${keys}::text[])`
  })

/** No two of `effects` may have the same kind and key. */
export const writesOfEffects = (
  tx: Tx,
  effects: readonly { kind: EffectKind; key: string; dueAt: Temporal.Instant }[],
): RawBuilder<unknown>[] =>
  effects.length === 0
    ? []
    : [
        sql`insert into outbox (tenant_id, kind, key, due_at)
    select ${tx.tenantId}, kind, key, due_at
    from unnest(${effects.map((each) => each.kind)}::text[], ${effects.map((each) => each.key)}::text[], ${effects.map((each) => each.dueAt.toString())}::timestamptz[])
      as effect (kind, key, due_at)
    on conflict (tenant_id, kind, key) do update set due_at = excluded.due_at`,
      ]

export interface DueEffect {
  readonly tenantId: string
  readonly kind: EffectKind
  readonly key: string
  /** How often it has been rung by the sweeper, this time included. */
  readonly rings: number
}

/** Takes what is due, over all tenants, and makes it due again later: two sweepers never ring for the same row at once. */
export const claimDueEffects = async (
  db: Kysely<Database>,
  shiftMs: number,
  againMs: number,
  limit: number,
): Promise<DueEffect[]> => {
  const { rows } =
    await sql<DueEffect>`select tenant_id as "tenantId", kind, key, rings from claim_due_effects(
    now() + make_interval(secs => ${shiftMs / 1000}::float8), now() + make_interval(secs => ${(shiftMs + againMs) / 1000}::float8), ${limit})`.execute(
      db,
    )
  return rows
}
