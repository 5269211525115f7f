export const learning = `
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
