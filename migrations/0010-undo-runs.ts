import { type Kysely, sql } from 'kysely'

/**
 * When a run must stop working and begin to undo is known to the watchdog too, which undoes what a dead worker left behind.
 * A run that undoes another one names it.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'alter table run add column work_until timestamptz(3)',
    'alter table run add column undo_of text',
    'alter table run add foreign key (tenant_id, undo_of) references run (tenant_id, id)',
    // One that never began has undone nothing: another may be asked for.
    `create unique index run_undo_of on run (tenant_id, undo_of)
       where undo_of is not null and status not in ('blocked', 'canceled')`,
    'drop index run_one_live_per_proposal',
    // What undoes a run shares its proposal, and goes before whoever has requested it again.
    `create unique index run_one_live_per_proposal on run (tenant_id, proposal_id)
       where undo_of is null and status in ('pending_approval', 'queued', 'running', 'verifying', 'rolling_back')`,
    `create function abandoned_runs(p_now timestamptz)
       returns table (tenant_id text, run_id text)
       language sql security definer stable set search_path from current as $$
         select r.tenant_id, r.id from run r
         where r.status in ('running', 'verifying', 'rolling_back')
           and r.lease_until <= p_now and r.work_until <= p_now and r.deadline_at > p_now
       $$`,
    `create function abandoned_processes(p_now timestamptz, p_host text)
       returns table (tenant_id text, run_id text, pid integer, start_ticks text, boot_id text)
       language sql security definer stable set search_path from current as $$
         select p.tenant_id, p.run_id, p.pid, p.start_ticks, p.boot_id
         from run_process p join run r on r.tenant_id = p.tenant_id and r.id = p.run_id
         where p.host = p_host and (r.lease_until is null or r.lease_until <= p_now)
       $$`,
    // As in 0003: nothing of a caller's stands before what these mean.
    `do $$ declare door text; begin
       foreach door in array array['abandoned_runs', 'abandoned_processes'] loop
         execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', door, current_schema());
       end loop;
     end $$`,
    'revoke execute on function abandoned_runs, abandoned_processes from public',
    'grant execute on function abandoned_runs, abandoned_processes to suture_app',
  ])
    await sql.raw(statement).execute(db)
}
