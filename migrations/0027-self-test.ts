import { type Kysely, sql } from 'kysely'

/** The self-test that goes on in a tenant, or else the last one: one at a time, told by whatever process is asked. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    `create table self_test (
      tenant_id text primary key,
      claim text not null,
      started_at timestamptz(3) not null,
      ended_at timestamptz(3),
      by_person text not null,
      done integer not null check (done >= 0),
      total integer not null,
      checks jsonb not null,
      trial text not null,
      foreign key (tenant_id, by_person) references person
    )`,
    'alter table self_test enable row level security',
    `create policy one_tenant on self_test using (tenant_id = (select current_setting('suture.tenant', true)))
       with check (tenant_id = (select current_setting('suture.tenant', true)))`,
    'grant select, insert, update on self_test to suture_app',
  ])
    await sql.raw(statement).execute(db)
}
