import { type Kysely, sql } from 'kysely'

/** How far Suture may go on one service or with one playbook, and the glass that an admin breaks for a while. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    `create table mode_setting (
      tenant_id text not null,
      scope text not null check (scope in ('service', 'playbook')),
      name text not null check (length(name) between 1 and 200),
      mode text not null check (mode in ('observe', 'propose', 'approve', 'auto')),
      set_by text not null,
      set_at timestamptz(3) not null,
      primary key (tenant_id, scope, name),
      foreign key (tenant_id, set_by) references person
    )`,
    'create sequence break_glass_number',
    `create table break_glass (
      tenant_id text not null,
      id text not null default 'bg-' || nextval('break_glass_number'),
      -- Null is all services.
      service text check (length(service) between 1 and 200),
      reason text not null check (length(reason) between 1 and 500),
      opened_by text not null,
      opened_at timestamptz(3) not null,
      until timestamptz(3) not null,
      ended_at timestamptz(3),
      -- Null where its time ran out.
      ended_by text,
      reviewed_at timestamptz(3),
      reviewed_by text,
      review_note text not null default '',
      primary key (tenant_id, id),
      foreign key (tenant_id, opened_by) references person,
      foreign key (tenant_id, ended_by) references person,
      foreign key (tenant_id, reviewed_by) references person,
      check (until > opened_at and until <= opened_at + interval '4 hours'),
      check (ended_by is null or ended_at is not null),
      check ((reviewed_at is null) = (reviewed_by is null)),
      check (reviewed_at is null or ended_at is not null),
      check (reviewed_by <> opened_by)
    )`,
    // One at a time for a scope; and what the rules ask at every click is what nobody has reviewed yet.
    `create unique index break_glass_one_open on break_glass (tenant_id, coalesce(service, '')) where ended_at is null`,
    'create index break_glass_unreviewed on break_glass (tenant_id, opened_at) where reviewed_at is null',
    'create index break_glass_recent on break_glass (tenant_id, opened_at desc, id desc)',
    ...['mode_setting', 'break_glass'].flatMap((table) => [
      `alter table ${table} enable row level security`,
      `create policy one_tenant on ${table} using (tenant_id = (select current_setting('suture.tenant', true)))
         with check (tenant_id = (select current_setting('suture.tenant', true)))`,
      `grant select, insert, update, delete on ${table} to suture_app`,
    ]),
    'grant usage on sequence break_glass_number to suture_app',
    // Others add kinds of their own, so this one is added to whatever stands there.
    `do $$
     declare earlier text;
     begin
       select pg_get_expr(conbin, conrelid) into strict earlier from pg_constraint
         where conname = 'outbox_kind_check' and conrelid = 'outbox'::regclass;
       alter table outbox drop constraint outbox_kind_check;
       execute 'alter table outbox add constraint outbox_kind_check check (kind = ''break_glass'' or ' || earlier || ')';
     end $$`,
    // The record of one playbook on one diagnosis over all services and days, without reading the others'.
    `create index learning_rollup_of_playbook on learning_rollup (tenant_id, playbook, diagnosis_code)
       include (status, recovery, outcomes)`,
  ])
    await sql.raw(statement).execute(db)
}
