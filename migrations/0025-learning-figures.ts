import { type Kysely, sql } from 'kysely'

const figures = `service text not null,
      playbook text not null,
      diagnosis_code text not null,
      status text not null,
      recovery text not null,
      outcomes bigint not null,
      total_ms bigint not null`

/** Learning figures at three grains (all, day, hour), times to recover, and how often what was said came true. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  const tables = ['learning_total', 'learning_hour', 'recovery_total', 'recovery_day', 'calibration']
  for (const statement of [
    `create table learning_total (
      tenant_id text not null,
      ${figures},
      primary key (tenant_id, playbook, diagnosis_code, service, status, recovery)
    )`,
    `create table learning_hour (
      tenant_id text not null,
      hour timestamptz(0) not null,
      ${figures},
      primary key (tenant_id, hour, service, playbook, diagnosis_code, status, recovery)
    )`,
    'create index learning_rollup_of_day on learning_rollup (tenant_id, day)',
    `create table recovery_total (
      tenant_id text not null,
      service text not null,
      bucket smallint not null,
      incidents bigint not null,
      alone bigint not null,
      total_ms bigint not null,
      primary key (tenant_id, service, bucket)
    )`,
    `create table recovery_day (
      tenant_id text not null,
      day date not null,
      service text not null,
      bucket smallint not null,
      incidents bigint not null,
      alone bigint not null,
      total_ms bigint not null,
      primary key (tenant_id, day, service, bucket)
    )`,
    `create index incident_resolved on incident (tenant_id, resolved_at) where status = 'resolved'`,
    // What the proposal had said, from 0 to 1; null where it had said nothing.
    'alter table learning_outcome add column stated double precision check (stated between 0 and 1)',
    `create table calibration (
      tenant_id text not null,
      playbook text not null,
      -- The tenth that what was said falls in: 8 is from 80 % to below 90 %, and 9 takes 100 % too.
      tenth smallint not null check (tenth between 0 and 9),
      outcomes bigint not null,
      worked bigint not null,
      stated_sum double precision not null,
      primary key (tenant_id, playbook, tenth)
    )`,
    // An incident that flapped counts once, as the first time that it got well alone.
    `delete from learning_outcome later using learning_outcome earlier
      where later.status = 'self_recovered' and earlier.status = 'self_recovered' and later.tenant_id = earlier.tenant_id
        and later.incident_id = earlier.incident_id and (later.at, later.id) > (earlier.at, earlier.id)`,
    `create unique index learning_outcome_one_recovery on learning_outcome (tenant_id, incident_id)
      where status = 'self_recovered'`,
    'create index learning_outcome_of_incident on learning_outcome (tenant_id, incident_id, at desc)',
    'delete from learning_rollup',
    `insert into learning_rollup (tenant_id, service, playbook, diagnosis_code, day, status, recovery, outcomes, total_ms)
      select tenant_id, service, coalesce(playbook, ''), coalesce(diagnosis_code, ''), (at at time zone 'UTC')::date,
        status, recovery, count(*), sum(duration_ms)
      from learning_outcome group by 1, 2, 3, 4, 5, 6, 7`,
    `insert into learning_total
      select tenant_id, service, playbook, diagnosis_code, status, recovery, sum(outcomes), sum(total_ms)
      from learning_rollup group by 1, 2, 3, 4, 5, 6`,
    `insert into learning_hour
      select tenant_id, date_trunc('hour', at, 'UTC'), service, coalesce(playbook, ''), coalesce(diagnosis_code, ''),
        status, recovery, count(*), sum(duration_ms)
      from learning_outcome group by 1, 2, 3, 4, 5, 6, 7`,
    `with recovered as (
      select i.tenant_id, coalesce(i.service, '') as service, (i.resolved_at at time zone 'UTC')::date as day,
        (extract(epoch from i.resolved_at - i.opened_at) * 1000)::bigint as ms,
        exists (select from learning_outcome o where o.tenant_id = i.tenant_id and o.incident_id = i.id
          and o.status = 'self_recovered') as alone
      from incident i where i.status = 'resolved')
     insert into recovery_day
      select tenant_id, day, service, floor(ln(greatest(ms, 1000) / 1000.0) / ln(1.05))::smallint, count(*),
        count(*) filter (where alone), sum(ms)
      from recovered group by 1, 2, 3, 4`,
    `insert into recovery_total select tenant_id, service, bucket, sum(incidents), sum(alone), sum(total_ms)
      from recovery_day group by 1, 2, 3`,
    // The totals answer what it was made for.
    'drop index learning_rollup_of_playbook',
    ...tables.flatMap((table) => [
      `alter table ${table} enable row level security`,
      `create policy one_tenant on ${table} using (tenant_id = (select current_setting('suture.tenant', true)))
         with check (tenant_id = (select current_setting('suture.tenant', true)))`,
      `grant select, insert, update, delete on ${table} to suture_app`,
    ]),
  ])
    await sql.raw(statement).execute(db)
}
