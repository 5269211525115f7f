import { type Kysely, sql } from 'kysely'

/** What policy said of a proposal or a run when it was asked, and what it saw then. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    `create table policy_verdict (
      tenant_id text not null,
      id bigint generated always as identity,
      proposal_id text not null,
      -- Null where policy refused before there was one.
      run_id text,
      moment text not null check (moment in ('propose', 'request', 'decide', 'run')),
      at timestamptz(3) not null,
      policy_version text not null,
      outcome text not null check (outcome in ('allow', 'require_approval', 'deny')),
      quorum integer not null check (quorum >= 1),
      approver_roles text[] not null,
      required_roles text[] not null,
      required_groups text[] not null,
      reasons jsonb not null,
      facts jsonb not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, proposal_id) references proposal on delete cascade,
      foreign key (tenant_id, run_id) references run on delete cascade
    )`,
    'create index policy_verdict_of_proposal on policy_verdict (tenant_id, proposal_id, id)',
    'create index policy_verdict_of_run on policy_verdict (tenant_id, run_id) where run_id is not null',
    'alter table policy_verdict enable row level security',
    `create policy one_tenant on policy_verdict using (tenant_id = (select current_setting('suture.tenant', true)))
       with check (tenant_id = (select current_setting('suture.tenant', true)))`,
    'grant select, insert, delete on policy_verdict to suture_app',
  ])
    await sql.raw(statement).execute(db)
}
