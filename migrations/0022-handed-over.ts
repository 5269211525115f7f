import { type Kysely, sql } from 'kysely'

/** Freezes that end by themselves are told, requests are handed over with the shift, and a notice may be of no incident. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    `do $$ declare kinds text; paired text; begin
       select pg_get_constraintdef(oid) into kinds from pg_constraint
         where conname = 'outbox_kind_check' and conrelid = 'outbox'::regclass;
       alter table outbox drop constraint outbox_kind_check;
       execute 'alter table outbox add constraint outbox_kind_check check (kind = ''freeze'' or '
         || substring(kinds from 7) || ')';
       -- A freeze whose time has come has nobody who ended it.
       select conname into paired from pg_constraint where conrelid = '"freeze"'::regclass and contype = 'c'
         and pg_get_constraintdef(oid) like '%ended_by%ended_at%';
       execute format('alter table "freeze" drop constraint %I', paired);
     end $$`,
    'alter table "freeze" add check (ended_by is null or ended_at is not null)',
    // Those that stand are rung for at their end, too.
    `insert into outbox (tenant_id, kind, key, due_at)
       select tenant_id, 'freeze', id, ends_at from "freeze" where ended_at is null and ends_at > now()`,
    // Up to when whose shift it was has been told; null as long as nothing was handed over.
    'alter table approval_request add column handed_over_at timestamptz(3)',
    'alter table card alter column incident_id drop not null',
  ])
    await sql.raw(statement).execute(db)
}
