import { type Kysely, sql } from 'kysely'

/** What somebody has decided is asked for by name, and stays quick however long the history is. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`create index approval_decision_of_person on approval_decision (tenant_id, person_id, decided_at desc)`.execute(
    db,
  )
}
