import { type Kysely, sql } from 'kysely'

/** What is kept for a while only is found by its age; sessions and idempotency keys have such an index already. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'create index click_age on click (tenant_id, received_at)',
    'create index alert_kept_aside_age on alert_kept_aside (tenant_id, received_at)',
  ])
    await sql.raw(statement).execute(db)
}
