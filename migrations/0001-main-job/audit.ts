export const audit = `
create table audit_entry (
  seq bigint generated always as identity primary key,
  tenant_id text not null,
  id uuid not null,
  at timestamptz(3) not null,
  event text not null,
  actor text not null,
  subject text not null,
  incident_id text,
  bytes bytea not null,
  leaf_hash bytea not null check (length(leaf_hash) = 32)
);
create index audit_of_incident on audit_entry (tenant_id, incident_id, seq) where incident_id is not null;
create table audit_unsealed (
  seq bigint primary key,
  tenant_id text not null
);
create function refuse_history_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit entries are never changed or removed (% on %)', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entry_is_append_only before update or delete on audit_entry
  for each row execute function refuse_history_change();
create trigger audit_entry_is_not_truncated before truncate on audit_entry
  for each statement execute function refuse_history_change();`
