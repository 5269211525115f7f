export const intake = `
create table incident (
  tenant_id text not null references tenant,
  id text not null default 'inc-' || nextval('incident_number'),
  group_key text not null,
  service text,
  severity text not null check (severity in ('critical', 'high', 'medium', 'low', 'info')),
  title text not null,
  summary text not null,
  status text not null check (status in ('open', 'proposed', 'healing', 'escalated', 'resolved')),
  opened_at timestamptz(3) not null,
  resolved_at timestamptz(3),
  flaps integer not null default 0,
  firing integer not null default 0,
  diagnosis jsonb,
  version integer not null default 1,
  primary key (tenant_id, id),
  check ((status = 'resolved') = (resolved_at is not null))
);
create unique index incident_one_open on incident (tenant_id, group_key) where status <> 'resolved';
create index incident_recent on incident (tenant_id, opened_at desc, id desc);
create index incident_last_resolved on incident (tenant_id, group_key, resolved_at desc) where status = 'resolved';
create table alert (
  tenant_id text not null references tenant,
  fingerprint text not null,
  source text not null,
  status text not null check (status in ('firing', 'resolved')),
  severity text not null,
  service text,
  title text not null,
  summary text not null,
  labels jsonb not null,
  links jsonb not null,
  starts_at timestamptz(3) not null,
  ends_at timestamptz(3),
  first_received_at timestamptz(3) not null,
  last_received_at timestamptz(3) not null,
  received integer not null,
  incident_id text,
  primary key (tenant_id, fingerprint)
);
create index alert_of_incident on alert (tenant_id, incident_id) where incident_id is not null;
create table alert_kept_aside (
  tenant_id text not null references tenant,
  id uuid not null,
  source text not null,
  received_at timestamptz(3) not null,
  position integer not null,
  field text not null,
  problem text not null,
  payload text not null,
  primary key (tenant_id, id)
);
create table evidence (
  tenant_id text not null,
  id uuid not null,
  incident_id text not null,
  source text not null,
  subject text not null,
  status text not null check (status in ('ok', 'failed', 'timed_out')),
  summary text not null,
  facts jsonb not null,
  observed_at timestamptz(3) not null,
  duration_ms integer not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, incident_id) references incident
);
create index evidence_of_incident on evidence (tenant_id, incident_id, observed_at);
create table message (
  tenant_id text not null,
  id uuid not null,
  incident_id text not null,
  author_id text not null,
  body text not null check (length(body) between 1 and 4000),
  created_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, incident_id) references incident
);
create index message_of_incident on message (tenant_id, incident_id, created_at);`
