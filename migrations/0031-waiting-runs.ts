import { type Kysely, sql } from 'kysely'

/** Every run that starts asks whether another one waits longer for its targets: hardly any does, whatever history there is. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`create index run_waiting on run (tenant_id, id) where status = 'queued' and reason <> ''`.execute(
    db,
  )
}
