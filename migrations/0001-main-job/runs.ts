export const runs = `
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
