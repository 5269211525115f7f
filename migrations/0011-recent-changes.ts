import { type Kysely, sql } from 'kysely'

/** What was changed about a service, as pipelines and people say it. Suture's own runs are read from what was learned of them. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'create sequence change_number',
    `create table change (
      tenant_id text not null,
      id text not null default 'chg-' || nextval('change_number'),
      service text not null,
      kind text not null check (kind in ('deploy', 'config', 'flag', 'infrastructure', 'other')),
      title text not null check (length(title) between 1 and 200),
      at timestamptz(3) not null,
      made_by text,
      version text,
      link text,
      recorded_by text not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, recorded_by) references person
    )`,
    'create index change_recent on change (tenant_id, at desc, id desc)',
    'create index change_of_service on change (tenant_id, service, at desc, id desc)',
    'create index learning_outcome_of_service on learning_outcome (tenant_id, service, at desc) where run_id is not null',
    'alter table change enable row level security',
    `create policy one_tenant on change using (tenant_id = (select current_setting('suture.tenant', true)))
       with check (tenant_id = (select current_setting('suture.tenant', true)))`,
    'grant select, insert, update, delete on change to suture_app',
    'grant usage on sequence change_number to suture_app',
  ])
    await sql.raw(statement).execute(db)
}
