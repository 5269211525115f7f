import { type Kysely, sql } from 'kysely'

/** Silences and maintenance, and which alerts each of them has kept quiet. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'create sequence silence_number',
    `create table silence (
      tenant_id text not null,
      id text not null default 'sil-' || nextval('silence_number'),
      kind text not null check (kind in ('silence', 'maintenance')),
      matchers jsonb not null,
      from_at timestamptz(3) not null,
      until_at timestamptz(3) not null,
      reason text not null check (length(reason) between 1 and 300),
      set_by text not null,
      created_at timestamptz(3) not null,
      started_at timestamptz(3),
      ended_at timestamptz(3),
      ended_by text,
      primary key (tenant_id, id),
      foreign key (tenant_id, set_by) references person,
      foreign key (tenant_id, ended_by) references person,
      check (from_at < until_at)
    )`,
    // Read by every batch of alerts, so it holds those that stand and no others.
    'create index silence_standing on silence (tenant_id, id) where ended_at is null',
    'create index silence_recent on silence (tenant_id, created_at desc, id desc)',
    `create table silenced_alert (
      tenant_id text not null,
      silence_id text not null,
      fingerprint text not null,
      service text,
      title text not null,
      first_at timestamptz(3) not null,
      last_at timestamptz(3) not null,
      occurrences integer not null,
      primary key (tenant_id, silence_id, fingerprint),
      foreign key (tenant_id, silence_id) references silence on delete cascade
    )`,
    'create index silenced_alert_of_service on silenced_alert (tenant_id, service, last_at desc)',
    'create index silenced_alert_age on silenced_alert (tenant_id, last_at)',
    'alter table alert add column silenced_by text',
    'create index alert_silenced on alert (tenant_id, silenced_by) where silenced_by is not null',
    `do $$ declare kinds text; begin
       select pg_get_constraintdef(oid) into kinds from pg_constraint
         where conname = 'outbox_kind_check' and conrelid = 'outbox'::regclass;
       alter table outbox drop constraint outbox_kind_check;
       execute 'alter table outbox add constraint outbox_kind_check check (kind = ''silence'' or '
         || substring(kinds from 7) || ')';
     end $$`,
    ...['silence', 'silenced_alert'].flatMap((table) => [
      `alter table ${table} enable row level security`,
      `create policy one_tenant on ${table} using (tenant_id = (select current_setting('suture.tenant', true)))
         with check (tenant_id = (select current_setting('suture.tenant', true)))`,
      `grant select, insert, update, delete on ${table} to suture_app`,
    ]),
    'grant usage on sequence silence_number to suture_app',
  ])
    await sql.raw(statement).execute(db)
}
