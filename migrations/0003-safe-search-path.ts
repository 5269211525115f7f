import { type Kysely, sql } from 'kysely'

/**
 * The functions that look over all tenants run as the owner. PostgreSQL looks into a caller's temporary schema first
 * unless it is named, and named last: a temporary table `run` would otherwise stand in for the real one, and whatever
 * it is defined by would run with the owner's rights.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql
    .raw(`do $$
declare door regprocedure;
begin
  for door in select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = current_schema() and p.prosecdef
  loop
    execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', door, current_schema());
  end loop;
end $$`)
    .execute(db)
}
