/** `current_setting(..., true)` is null without a tenant, and null equals nothing. The sub-select makes it run once a query. */
export const rowLevelSecurity = `
do $$
declare name text;
begin
  for name in select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind = 'r' and c.relname not like 'kysely%' and c.relname <> 'tenant'
  loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy one_tenant on %I using (tenant_id = (select current_setting(''suture.tenant'', true)))
      with check (tenant_id = (select current_setting(''suture.tenant'', true)))', name);
  end loop;
end $$;`
