import { type Kysely, sql } from 'kysely'

/**
 * A line in a thread is looked up by the message it hangs on. A head stands in one place or in two, and each gets a column
 * of its own: behind row-level security only plain equality may use an index.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    `alter table card_delivery
       add column first_part text generated always as (split_part(message_id, ' ', 1)) stored,
       add column last_part text generated always as (split_part(message_id, ' ', -1)) stored`,
    'create index card_delivery_first_part on card_delivery (tenant_id, chat, first_part) where first_part is not null',
    'create index card_delivery_last_part on card_delivery (tenant_id, chat, last_part) where last_part is not null',
  ])
    await sql.raw(statement).execute(db)
}
