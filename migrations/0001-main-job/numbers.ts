export const numbers = `
create sequence incident_number;
create sequence proposal_number;
create sequence approval_number;
create sequence run_number;
create table tenant (
  tenant_id text primary key check (tenant_id ~ '^[a-z][a-z0-9-]{0,40}$'),
  name text not null,
  created_at timestamptz(3) not null default now()
);`
