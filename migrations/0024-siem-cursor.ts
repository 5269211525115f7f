import { type Kysely, sql } from 'kysely'

/** How far a SIEM was given each tenant's sealed history. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    `create table siem_cursor (
      tenant_id text not null,
      sink text not null,
      next bigint not null default 0 check (next >= 0),
      sent_at timestamptz(3),
      due_at timestamptz(3) not null,
      attempts integer not null default 0,
      last_error text not null default '',
      primary key (tenant_id, sink)
    )`,
    'alter table siem_cursor enable row level security',
    `create policy one_tenant on siem_cursor using (tenant_id = (select current_setting('suture.tenant', true)))
       with check (tenant_id = (select current_setting('suture.tenant', true)))`,
    'grant select, insert, update, delete on siem_cursor to suture_app',
    // Over all tenants: keys and counts, no content.
    `create function siem_due(p_sink text, p_now timestamptz) returns table (tenant_id text)
       language sql security definer stable set search_path from current as $$
         select t.tenant_id from tenant t
         left join siem_cursor c on c.tenant_id = t.tenant_id and c.sink = p_sink
         where coalesce(c.due_at, '-infinity') <= p_now
           and exists (select from audit_leaf l where l.tenant_id = t.tenant_id and l.index >= coalesce(c.next, 0))
         order by 1
       $$`,
    `create function siem_lag(p_sink text, p_now timestamptz)
       returns table (waiting bigint, oldest_ms bigint, failing_tenant text)
       language sql security definer stable set search_path from current as $$
         with behind as (
           select t.tenant_id, coalesce(c.next, 0) as next, coalesce(c.attempts, 0) as attempts,
             (select l.index + 1 from audit_leaf l where l.tenant_id = t.tenant_id order by l.index desc limit 1) as size,
             (select k.at from audit_checkpoint k where k.tenant_id = t.tenant_id and k.size > coalesce(c.next, 0)
               order by k.size limit 1) as since
           from tenant t left join siem_cursor c on c.tenant_id = t.tenant_id and c.sink = p_sink
         )
         select coalesce(sum(b.size - b.next) filter (where b.size > b.next), 0)::bigint,
           coalesce(extract(epoch from p_now - min(b.since)) * 1000, 0)::bigint,
           (array_agg(b.tenant_id order by b.attempts desc, b.tenant_id) filter (where b.attempts > 0))[1]
         from behind b
       $$`,
    // As in 0003: nothing of a caller's stands before what these mean.
    `do $$ declare door text; begin
       foreach door in array array['siem_due', 'siem_lag'] loop
         execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', door, current_schema());
       end loop;
     end $$`,
    'revoke execute on function siem_due, siem_lag from public',
    'grant execute on function siem_due, siem_lag to suture_app',
  ])
    await sql.raw(statement).execute(db)
}
