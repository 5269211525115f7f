import { type Kysely, sql } from 'kysely'

/**
 * People who come by chat: what the groups of each account give, and that an account was taken off its person again.
 * Codes that prove who holds two accounts, presses of buttons that outlive the process, and what chats have sent before.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [...people, ...clicks, ...tables, ...secured, ...doors])
    await sql.raw(statement).execute(db)
}

const people = [
  `alter table person add column came_by text check (came_by in ('slack', 'discord'))`,
  `alter table identity add column roles text[] not null default '{}', add column unlinked_at timestamptz(3)`,
  'create index identity_of_person on identity (tenant_id, person_id)',
]

const clicks = [
  `alter table click add column via text check (via in ('console', 'slack', 'discord', 'key')),
     add column attempts integer not null default 0, add column claimed_at timestamptz(3)`,
  'create index click_waiting on click (received_at) where outcome is null and via is not null',
]

const tables = [
  `create table link_code (
    tenant_id text not null,
    code_hash bytea not null,
    person_id text not null,
    provider text not null check (provider in ('console', 'slack', 'discord', 'key')),
    external_id text,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    used_at timestamptz(3),
    primary key (tenant_id, code_hash),
    foreign key (tenant_id, person_id) references person
  )`,
  'create index link_code_age on link_code (tenant_id, expires_at)',
  `create table link_failure (
    tenant_id text not null,
    id uuid not null,
    who text not null,
    failed_at timestamptz(3) not null,
    primary key (tenant_id, id)
  )`,
  'create index link_failure_of on link_failure (tenant_id, who, failed_at)',
  'create index link_failure_age on link_failure (tenant_id, failed_at)',
  `create table seen_event (
    tenant_id text not null,
    key_hash bytea not null,
    seen_at timestamptz(3) not null,
    primary key (tenant_id, key_hash)
  )`,
  'create index seen_event_age on seen_event (tenant_id, seen_at)',
]

const secured = ['link_code', 'link_failure', 'seen_event'].flatMap((table) => [
  `alter table ${table} enable row level security`,
  `create policy one_tenant on ${table} using (tenant_id = (select current_setting('suture.tenant', true)))
     with check (tenant_id = (select current_setting('suture.tenant', true)))`,
  `grant select, insert, update, delete on ${table} to suture_app`,
])

/** Looks over all tenants like its siblings: it gives keys and no content. */
const doors = [
  `create function claim_waiting_clicks(p_now timestamptz, p_before timestamptz, p_attempts integer, p_limit integer)
    returns table (tenant_id text, click_id uuid)
    language sql security definer as $$
      update click c set claimed_at = p_now, attempts = c.attempts + 1
      from (select x.tenant_id, x.id from click x
        where x.outcome is null and x.via is not null and x.received_at < p_before and x.attempts < p_attempts
          and (x.claimed_at is null or x.claimed_at < p_before)
        order by x.received_at limit p_limit for update skip locked) waiting
      where c.tenant_id = waiting.tenant_id and c.id = waiting.id
      returning c.tenant_id, c.id
    $$`,
  // A temporary table of the caller must not stand in for the real one.
  `do $$ begin execute format('alter function claim_waiting_clicks set search_path = pg_catalog, %I, pg_temp', current_schema()); end $$`,
  'revoke execute on function claim_waiting_clicks from public',
  'grant execute on function claim_waiting_clicks to suture_app',
]
