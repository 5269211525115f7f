import { type Kysely, sql } from 'kysely'

/**
 * When the groups of an account were last read. What was read before nobody noted: until they are read again, which is at
 * the next use or within minutes of a start, roles that rest on them do not count.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'alter table identity add column roles_seen_at timestamptz(3)',
    // Whose groups are read again and again, though nobody acts.
    `create index identity_with_roles on identity (tenant_id, provider, external_id) where unlinked_at is null and roles <> '{}'`,
  ])
    await sql.raw(statement).execute(db)
}
