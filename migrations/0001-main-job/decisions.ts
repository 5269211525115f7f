export const decisions = `
create table proposal (
  tenant_id text not null,
  id text not null default 'prop-' || nextval('proposal_number'),
  incident_id text not null,
  playbook text not null,
  playbook_digest text not null,
  parameters_digest text not null,
  digest text not null,
  body jsonb not null,
  verdict jsonb not null,
  rank integer not null,
  created_at timestamptz(3) not null,
  withdrawn_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, incident_id) references incident
);
create index proposal_of_incident on proposal (tenant_id, incident_id, rank);
create table run (
  tenant_id text not null,
  id text not null default 'run-' || nextval('run_number'),
  incident_id text not null,
  proposal_id text not null,
  status text not null check (status in ('pending_approval', 'queued', 'running', 'verifying', 'rolling_back',
    'succeeded', 'failed', 'timed_out', 'canceled', 'rolled_back', 'rollback_failed', 'blocked', 'unknown')),
  cause text,
  reason text not null default '',
  requester_id text not null,
  worker_id text,
  fencing_token bigint not null default 0,
  lease_until timestamptz(3),
  budget_ms integer not null check (budget_ms between 1 and 7200000),
  deadline_at timestamptz(3),
  cancel_requested_by text,
  created_at timestamptz(3) not null,
  queued_at timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  resolution text,
  version integer not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, proposal_id) references proposal,
  foreign key (tenant_id, incident_id) references incident,
  check ((finished_at is not null) = (status in ('succeeded', 'failed', 'timed_out', 'canceled', 'rolled_back',
    'rollback_failed', 'blocked', 'unknown')))
);
create index run_recent on run (tenant_id, created_at desc, id desc);
create index run_of_incident on run (tenant_id, incident_id, created_at);
create unique index run_one_live_per_proposal on run (tenant_id, proposal_id)
  where status in ('pending_approval', 'queued', 'running', 'verifying', 'rolling_back');
create index run_live on run (status, deadline_at) where status in ('running', 'verifying', 'rolling_back');
create table approval_request (
  tenant_id text not null,
  id text not null default 'req-' || nextval('approval_number'),
  proposal_id text not null,
  run_id text not null,
  incident_id text not null,
  requester_id text not null,
  status text not null check (status in ('pending', 'approved', 'rejected', 'expired', 'canceled')),
  quorum integer not null check (quorum >= 1),
  approver_roles text[] not null,
  policy_version text not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  decided_at timestamptz(3),
  reason text not null default '',
  version integer not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, run_id) references run,
  check ((status = 'pending') = (decided_at is null))
);
create unique index approval_one_per_run on approval_request (tenant_id, run_id);
create index approval_recent on approval_request (tenant_id, created_at desc, id desc);
create table approval_decision (
  tenant_id text not null,
  request_id text not null,
  person_id text not null,
  decision text not null check (decision in ('approve', 'reject')),
  via text not null,
  reason text not null default '',
  decided_at timestamptz(3) not null,
  primary key (tenant_id, request_id, person_id),
  foreign key (tenant_id, request_id) references approval_request,
  foreign key (tenant_id, person_id) references person
);
create table permit (
  tenant_id text not null,
  id uuid not null,
  run_id text not null,
  status text not null check (status in ('issued', 'used', 'revoked')),
  proposal_digest text not null,
  playbook_digest text not null,
  parameters_digest text not null,
  targets text[] not null,
  approver_ids text[] not null,
  policy_version text not null,
  issued_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, run_id) references run,
  check ((status = 'used') = (used_at is not null))
);
create unique index permit_one_per_run on permit (tenant_id, run_id);`
