import { type Kysely, sql } from 'kysely'

/**
 * A start far in the future is no longer believed. What was stored before would outrank every resolve for ever, so it is
 * bounded here as it would be on arrival, which is the newest time that anything was heard of it.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'alter table alert add column claimed_starts_at timestamptz(3)',
    `update alert set claimed_starts_at = starts_at, starts_at = last_received_at
     where starts_at > last_received_at + interval '5 minutes'`,
  ])
    await sql.raw(statement).execute(db)
}
