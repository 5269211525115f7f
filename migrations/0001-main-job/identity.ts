export const identity = `
create table person (
  tenant_id text not null references tenant,
  id text not null,
  name text not null check (length(name) between 1 and 100),
  kind text not null check (kind in ('human', 'service_account')),
  roles text[] not null default '{}',
  disabled_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id)
);
create table identity (
  tenant_id text not null,
  provider text not null check (provider in ('console', 'slack', 'discord', 'key')),
  external_id text not null,
  person_id text not null,
  linked_at timestamptz(3) not null default now(),
  primary key (tenant_id, provider, external_id),
  foreign key (tenant_id, person_id) references person
);
create table api_key (
  tenant_id text not null,
  id text not null,
  person_id text not null,
  name text not null check (length(name) between 1 and 100),
  secret_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, person_id) references person
);
create table session (
  tenant_id text not null,
  id_hash bytea not null,
  person_id text not null,
  csrf_token text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  primary key (tenant_id, id_hash),
  foreign key (tenant_id, person_id) references person
);`
