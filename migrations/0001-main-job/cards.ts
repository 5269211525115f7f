export const cards = `
create table card (
  tenant_id text not null,
  id text not null,
  incident_id text not null,
  kind text not null,
  channel text not null,
  body jsonb not null,
  version integer not null default 1,
  position bigint generated always as identity,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, incident_id) references incident
);
create index card_of_incident on card (tenant_id, incident_id, created_at, position);
create table action_token (
  tenant_id text not null,
  token text not null,
  command text not null check (command in ('request', 'approve', 'reject', 'cancel', 'escalate')),
  subject text not null,
  created_at timestamptz(3) not null,
  primary key (tenant_id, token)
);
create unique index action_token_of on action_token (tenant_id, subject, command);
create table click (
  tenant_id text not null,
  id uuid not null,
  token text not null,
  person_id text not null,
  note text not null default '',
  received_at timestamptz(3) not null,
  outcome jsonb,
  primary key (tenant_id, id)
);`
