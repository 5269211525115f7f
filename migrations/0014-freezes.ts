import { type Kysely, sql } from 'kysely'

/** Freezes that people set by a command, beside those of the policy. `freeze` is a word of PostgreSQL's own: always in quotes. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'create sequence freeze_number',
    `create table "freeze" (
      tenant_id text not null,
      id text not null default 'frz-' || nextval('freeze_number'),
      what text not null check (length(what) between 1 and 200),
      services text[],
      playbooks text[],
      owners text[],
      begins_at timestamptz(3) not null,
      ends_at timestamptz(3) not null,
      reason text not null default '' check (length(reason) <= 300),
      set_by text not null,
      created_at timestamptz(3) not null,
      ended_by text,
      ended_at timestamptz(3),
      primary key (tenant_id, id),
      foreign key (tenant_id, set_by) references person,
      foreign key (tenant_id, ended_by) references person,
      check (begins_at < ends_at),
      check ((ended_by is null) = (ended_at is null))
    )`,
    'create index freeze_in_force on "freeze" (tenant_id, ends_at) where ended_at is null',
    'create index freeze_recent on "freeze" (tenant_id, created_at desc, id desc)',
    'alter table "freeze" enable row level security',
    `create policy one_tenant on "freeze" using (tenant_id = (select current_setting('suture.tenant', true)))
       with check (tenant_id = (select current_setting('suture.tenant', true)))`,
    'grant select, insert, update, delete on "freeze" to suture_app',
    'grant usage on sequence freeze_number to suture_app',
  ])
    await sql.raw(statement).execute(db)
}
