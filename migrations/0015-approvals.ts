import { type Kysely, sql } from 'kysely'

/** Votes for somebody who is away, reminders that are due, and what a form was filled in with. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'alter table outbox drop constraint outbox_kind_check',
    `alter table outbox add constraint outbox_kind_check
       check (kind in ('heal', 'run', 'expire_approval', 'remind_approval'))`,
    // How many of the reminder and the steps after it are done: a ring that comes twice tells nobody twice.
    `alter table approval_request add column reminders integer not null default 0 check (reminders >= 0)`,
    'alter table approval_decision add column for_person_id text',
    'alter table approval_decision add foreign key (tenant_id, for_person_id) references person',
    'alter table click add column answers jsonb',
    'create sequence delegation_number',
    `create table delegation (
      tenant_id text not null,
      id text not null default 'away-' || nextval('delegation_number'),
      person_id text not null,
      delegate_id text not null,
      from_at timestamptz(3) not null,
      until_at timestamptz(3) not null,
      made_by text not null,
      ended_at timestamptz(3),
      primary key (tenant_id, id),
      foreign key (tenant_id, person_id) references person,
      foreign key (tenant_id, delegate_id) references person,
      check (person_id <> delegate_id),
      check (until_at > from_at)
    )`,
    'create index delegation_of_delegate on delegation (tenant_id, delegate_id, until_at)',
    'create index delegation_of_person on delegation (tenant_id, person_id, until_at)',
    'create index approval_decision_recent on approval_decision (tenant_id, decided_at)',
    'alter table delegation enable row level security',
    `create policy one_tenant on delegation using (tenant_id = (select current_setting('suture.tenant', true)))
       with check (tenant_id = (select current_setting('suture.tenant', true)))`,
    'grant select, insert, update, delete on delegation to suture_app',
    'grant usage on sequence delegation_number to suture_app',
  ])
    await sql.raw(statement).execute(db)
}
