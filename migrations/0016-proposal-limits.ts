import { type Kysely, sql } from 'kysely'

/** One request for one service and diagnosis at a time, at most so many proposals, and a longer wait after every failure. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    `create table dedup_claim (
      tenant_id text not null,
      service text not null,
      diagnosis_code text not null,
      run_id text,
      request_id text,
      requested_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      primary key (tenant_id, service, diagnosis_code)
    )`,
    `create table proposal_back_off (
      tenant_id text not null,
      service text not null,
      diagnosis_code text not null,
      failures integer not null check (failures > 0),
      until timestamptz(3) not null,
      primary key (tenant_id, service, diagnosis_code)
    )`,
    // An index over the body itself would not be used under row-level security.
    `alter table proposal add column service text generated always as (body ->> 'service') stored`,
    'create index proposal_offered on proposal (tenant_id, service, created_at desc) where rank = 0',
    'alter table incident add column look_again_at timestamptz(3)',
    ...['dedup_claim', 'proposal_back_off'].flatMap((table) => [
      `alter table ${table} enable row level security`,
      `create policy one_tenant on ${table} using (tenant_id = (select current_setting('suture.tenant', true)))
         with check (tenant_id = (select current_setting('suture.tenant', true)))`,
      `grant select, insert, update, delete on ${table} to suture_app`,
    ]),
  ])
    await sql.raw(statement).execute(db)
}
