export const configuration = `
create table governance (
  tenant_id text primary key references tenant,
  mode text not null check (mode in ('observe', 'propose', 'approve', 'auto')),
  emergency_stop boolean not null default false,
  approver_roles text[] not null,
  version integer not null default 1
);
create table config_version (
  tenant_id text not null references tenant,
  kind text not null check (kind in ('catalogue', 'playbook')),
  name text not null,
  digest text not null,
  body jsonb not null,
  source text not null,
  active boolean not null,
  imported_at timestamptz(3) not null default now(),
  primary key (tenant_id, kind, name, digest)
);
create unique index config_version_active on config_version (tenant_id, kind, name) where active;`
