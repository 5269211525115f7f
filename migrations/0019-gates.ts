import { type Kysely, sql } from 'kysely'

/** A gate splits a playbook into runs: which of its stages a run is, and the run whose work it goes on with. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'alter table run add column stage integer not null default 0 check (stage >= 0)',
    'alter table run add column follows text',
    'alter table run add foreign key (tenant_id, follows) references run (tenant_id, id)',
    // What undoes a stage has no place in the row of those that go on.
    'alter table run add check ((follows is not null) = (stage > 0 and undo_of is null))',
    // However often a stage is concluded, one run goes on from it.
    'create unique index run_follows on run (tenant_id, follows) where follows is not null',
    'alter table permit add column stage integer not null default 0 check (stage >= 0)',
  ])
    await sql.raw(statement).execute(db)
}
