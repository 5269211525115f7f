import { type Kysely, sql } from 'kysely'

/** What was looked at when, how bad it stood, and what came of looking for something to propose. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    `create table focus_cycle (
      tenant_id text not null,
      number bigint not null,
      at timestamptz(3) not null,
      score smallint not null check (score between 0 and 100),
      critical_services text[] not null,
      degraded_services text[] not null,
      healthy integer not null,
      open_incidents integer not null,
      guardrails text not null check (guardrails in ('tightened', 'as_set', 'may_loosen')),
      primary key (tenant_id, number)
    )`,
    'create index focus_cycle_age on focus_cycle (tenant_id, at)',
    // Read with the rest of the row at every evaluation of policy.
    'alter table governance add column distress smallint check (distress between 0 and 100)',
    'alter table governance add column distress_at timestamptz(3)',
    `create table scheduler_counter (
      tenant_id text not null,
      -- Empty is proposed; a reason code is why nothing was.
      reason text not null check (length(reason) <= 40),
      times bigint not null,
      last_at timestamptz(3) not null,
      primary key (tenant_id, reason)
    )`,
    ...['focus_cycle', 'scheduler_counter'].flatMap((table) => [
      `alter table ${table} enable row level security`,
      `create policy one_tenant on ${table} using (tenant_id = (select current_setting('suture.tenant', true)))
         with check (tenant_id = (select current_setting('suture.tenant', true)))`,
      `grant select, insert, update, delete on ${table} to suture_app`,
    ]),
  ])
    await sql.raw(statement).execute(db)
}
