import { type Kysely, sql } from 'kysely'

/**
 * The main job's tables. Every table carries `tenant_id` and row-level security; `suture_app`, which processes connect
 * as, owns nothing and cannot bypass it. A query that forgets its tenant sees no row.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [numbers, identity, configuration, intake, cards, decisions, runs, learning, audit, delivery])
    await sql.raw(statement).execute(db)
  await sql.raw(rowLevelSecurity).execute(db)
  await sql.raw(crossTenantDoors).execute(db)
  await sql.raw(grants).execute(db)
}

const numbers = `
create sequence incident_number;
create sequence proposal_number;
create sequence approval_number;
create sequence run_number;
create table tenant (
  tenant_id text primary key check (tenant_id ~ '^[a-z][a-z0-9-]{0,40}$'),
  name text not null,
  created_at timestamptz(3) not null default now()
);`

const identity = `
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

const configuration = `
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

const intake = `
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

const cards = `
create table card (
  tenant_id text not null,
  id text not null,
  incident_id text not null,
  kind text not null,
  channel text not null,
  body jsonb not null,
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, incident_id) references incident
);
create index card_of_incident on card (tenant_id, incident_id, created_at);
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

const decisions = `
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

const runs = `
create table step_execution (
  tenant_id text not null,
  run_id text not null,
  step_id text not null,
  phase text not null check (phase in ('action', 'rollback', 'verify')),
  position integer not null,
  title text not null,
  status text not null check (status in ('intent', 'succeeded', 'failed', 'timed_out', 'canceled', 'unknown')),
  fencing_token bigint not null,
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  summary text not null default '',
  output_tail text not null default '',
  primary key (tenant_id, run_id, step_id, phase),
  foreign key (tenant_id, run_id) references run,
  check ((status = 'intent') = (finished_at is null))
);
create table run_log (
  tenant_id text not null,
  run_id text not null,
  seq bigint generated always as identity,
  step_id text not null,
  stream text not null,
  body text not null,
  at timestamptz(3) not null,
  primary key (tenant_id, run_id, seq)
);
create table run_process (
  tenant_id text not null,
  run_id text not null,
  pid integer not null,
  start_ticks text not null,
  boot_id text not null,
  host text not null,
  primary key (tenant_id, run_id, pid, start_ticks)
);
create table target_lock (
  tenant_id text not null,
  target text not null,
  run_id text not null,
  fencing_token bigint not null,
  acquired_at timestamptz(3) not null,
  primary key (tenant_id, target),
  foreign key (tenant_id, run_id) references run
);`

const learning = `
create table learning_outcome (
  tenant_id text not null,
  id uuid not null,
  incident_id text not null,
  run_id text,
  service text not null,
  playbook text,
  diagnosis_code text,
  status text not null,
  recovery text not null check (recovery in ('recovered', 'not_recovered', 'not_measured')),
  duration_ms bigint not null,
  at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create unique index learning_outcome_one_per_run on learning_outcome (tenant_id, run_id) where run_id is not null;
create index learning_outcome_recent on learning_outcome (tenant_id, at desc, id desc);
create table learning_rollup (
  tenant_id text not null,
  service text not null,
  playbook text not null,
  diagnosis_code text not null,
  day date not null,
  status text not null,
  recovery text not null,
  outcomes bigint not null,
  total_ms bigint not null,
  primary key (tenant_id, service, playbook, diagnosis_code, day, status, recovery)
);`

const audit = `
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

const delivery = `
create table outbox (
  tenant_id text not null,
  kind text not null check (kind in ('heal', 'run', 'expire_approval')),
  key text not null,
  due_at timestamptz(3) not null,
  rings integer not null default 0,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, kind, key)
);
create index outbox_due on outbox (due_at);
create table card_delivery (
  tenant_id text not null,
  card_id text not null,
  chat text not null check (chat in ('console', 'slack', 'discord')),
  delivered_version integer not null default 0,
  message_id text,
  attempts integer not null default 0,
  last_error text not null default '',
  primary key (tenant_id, card_id, chat),
  foreign key (tenant_id, card_id) references card
);
create table idempotency_key (
  tenant_id text not null,
  person_id text not null,
  key text not null,
  request_digest text not null,
  status integer,
  response jsonb,
  created_at timestamptz(3) not null,
  primary key (tenant_id, person_id, key)
);`

/** `current_setting(..., true)` is null without a tenant, and null equals nothing. The sub-select makes it run once a query. */
const rowLevelSecurity = `
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

/**
 * The sweeper, the watchdog and card delivery look over all tenants. They go through these functions, which give keys
 * and no content; the work itself then happens inside one tenant.
 */
const crossTenantDoors = `
create function claim_due_effects(p_now timestamptz, p_again_at timestamptz, p_limit integer)
  returns table (tenant_id text, kind text, key text, rings integer)
  language sql security definer set search_path from current as $$
    update outbox o set rings = o.rings + 1, due_at = p_again_at
    from (select x.tenant_id, x.kind, x.key from outbox x where x.due_at <= p_now order by x.due_at limit p_limit for update skip locked) due
    where o.tenant_id = due.tenant_id and o.kind = due.kind and o.key = due.key
    returning o.tenant_id, o.kind, o.key, o.rings
  $$;
create function overdue_runs(p_now timestamptz, p_grace interval)
  returns table (tenant_id text, run_id text)
  language sql security definer stable set search_path from current as $$
    select r.tenant_id, r.id from run r
    where r.status in ('running', 'verifying', 'rolling_back') and r.deadline_at + p_grace <= p_now
  $$;
create function undelivered_cards(p_chat text, p_limit integer)
  returns table (tenant_id text, card_id text)
  language sql security definer stable set search_path from current as $$
    select d.tenant_id, d.card_id from card_delivery d join card c on c.tenant_id = d.tenant_id and c.id = d.card_id
    where d.chat = p_chat and d.delivered_version < c.version order by c.updated_at limit p_limit
  $$;`

const grants = `
do $$
begin
  if not exists (select from pg_roles where rolname = 'suture_app') then
    create role suture_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  end if;
end $$;
do $$ begin execute format('grant usage on schema %I to suture_app', current_schema()); end $$;
grant select on tenant to suture_app;
grant select, insert, update, delete on person, identity, api_key, session, governance, config_version, incident, alert,
  alert_kept_aside, evidence, message, card, action_token, click, proposal, run, approval_request, approval_decision, permit,
  step_execution, run_log, run_process, target_lock, learning_outcome, learning_rollup, outbox, card_delivery, idempotency_key to suture_app;
grant select, insert on audit_entry to suture_app;
grant select, insert, delete on audit_unsealed to suture_app;
grant usage on all sequences in schema public to suture_app;
revoke execute on function claim_due_effects, overdue_runs, undelivered_cards from public;
grant execute on function claim_due_effects, overdue_runs, undelivered_cards to suture_app;`
