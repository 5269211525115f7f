import { type Kysely, sql } from 'kysely'

/** What is only ever added to; the sealer's state of witnesses is none of it. */
const sealed = ['audit_log', 'audit_key', 'audit_leaf', 'audit_tile', 'audit_checkpoint'] as const

/** The Merkle log over the audit entries of each tenant, its signed checkpoints, and who was shown them. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    // Its name never changes: signatures are over it.
    `create table audit_log (
      tenant_id text primary key,
      origin text not null,
      created_at timestamptz(3) not null
    )`,
    `create table audit_key (
      tenant_id text not null,
      from_size bigint not null check (from_size >= 0),
      vkey text not null,
      at timestamptz(3) not null,
      primary key (tenant_id, from_size)
    )`,
    // The key refuses a second leaf in one place: two sealers at once cannot fork the log.
    `create table audit_leaf (
      tenant_id text not null,
      index bigint not null check (index >= 0),
      seq bigint not null unique,
      leaf_hash bytea not null check (length(leaf_hash) = 32),
      primary key (tenant_id, index)
    )`,
    // 256 hashes a tile, all of them there; the root saves whoever needs the tile above from reading these.
    `create table audit_tile (
      tenant_id text not null,
      level smallint not null check (level between 0 and 7),
      n bigint not null check (n >= 0),
      hashes bytea not null check (length(hashes) = 8192),
      root bytea not null check (length(root) = 32),
      primary key (tenant_id, level, n)
    )`,
    `create table audit_checkpoint (
      tenant_id text not null,
      size bigint not null check (size > 0),
      root bytea not null check (length(root) = 32),
      note text not null,
      frontier bytea not null check (length(frontier) % 32 = 0),
      at timestamptz(3) not null,
      primary key (tenant_id, size)
    )`,
    'create index audit_checkpoint_at on audit_checkpoint (tenant_id, at)',
    // How far each witness was shown the log, and when it is tried next; `last_error` is empty as long as all is well.
    `create table audit_witness (
      tenant_id text not null,
      witness text not null,
      size bigint not null default 0,
      shown_at timestamptz(3),
      due_at timestamptz(3) not null,
      attempts integer not null default 0,
      last_error text not null default '',
      primary key (tenant_id, witness)
    )`,
    // Sealing goes tenant by tenant, oldest first.
    'alter table audit_unsealed drop constraint audit_unsealed_pkey',
    'alter table audit_unsealed add primary key (tenant_id, seq)',
    'create index audit_recent on audit_entry (tenant_id, at, seq)',
    'create index audit_of_actor on audit_entry (tenant_id, actor, at, seq)',
    'create index audit_of_event on audit_entry (tenant_id, event, at, seq)',
    ...sealed.flatMap((table) => [
      `create trigger ${table}_is_append_only before update or delete on ${table}
         for each row execute function refuse_history_change()`,
      `create trigger ${table}_is_not_truncated before truncate on ${table}
         for each statement execute function refuse_history_change()`,
      `grant select, insert on ${table} to suture_app`,
    ]),
    'grant select, insert, update, delete on audit_witness to suture_app',
    ...[...sealed, 'audit_witness'].flatMap((table) => [
      `alter table ${table} enable row level security`,
      `create policy one_tenant on ${table} using (tenant_id = (select current_setting('suture.tenant', true)))
         with check (tenant_id = (select current_setting('suture.tenant', true)))`,
    ]),
    // The sealer and health look over all tenants: keys and counts, no content.
    `create function unsealed_tenants() returns table (tenant_id text)
       language sql security definer stable set search_path from current as $$
         select t.tenant_id from tenant t
         where exists (select from audit_unsealed u where u.tenant_id = t.tenant_id) order by 1
       $$`,
    `create function sealing_lag(p_now timestamptz)
       returns table (waiting bigint, oldest_ms bigint, damaged_tenant text, damaged_seq bigint)
       language sql security definer stable set search_path from current as $$
         with oldest as (
           select t.tenant_id, e.seq, e.at, sha256('\\x00'::bytea || e.bytes) = e.leaf_hash as fits
           from tenant t
           cross join lateral (select u.seq from audit_unsealed u where u.tenant_id = t.tenant_id order by u.seq limit 1) first
           left join audit_entry e on e.seq = first.seq
         ), damaged as (select o.tenant_id, o.seq from oldest o where o.fits is not true order by o.tenant_id limit 1)
         select (select count(*) from audit_unsealed),
           coalesce((select extract(epoch from p_now - min(o.at)) * 1000 from oldest o), 0)::bigint,
           (select d.tenant_id from damaged d), (select d.seq from damaged d)
       $$`,
    // A caller's temporary tables come last, whatever they are called.
    `do $$ begin
       execute format('alter function unsealed_tenants set search_path = pg_catalog, %I, pg_temp', current_schema());
       execute format('alter function sealing_lag set search_path = pg_catalog, %I, pg_temp', current_schema());
     end $$`,
    'revoke execute on function unsealed_tenants, sealing_lag from public',
    'grant execute on function unsealed_tenants, sealing_lag to suture_app',
  ])
    await sql.raw(statement).execute(db)
}
