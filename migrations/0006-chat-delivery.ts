import { type Kysely, sql } from 'kysely'

/**
 * Delivery by lane: the cards of one tenant for one channel of one chat. The console has no lanes; what is delivered to it
 * is bookkeeping, and its rows stay out of these indexes.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [columns, lanes, nextCard, doors, safeSearchPath])
    await sql.raw(statement).execute(db)
}

const columns = `
alter table card_delivery
  add column lane text not null default '',
  -- Copied from the card, so that an index can give a lane's cards in the order of posting.
  add column position bigint not null default 0,
  -- Since when it is behind; changed_at is the last change, which may be later.
  add column due_since timestamptz(3),
  -- A call to the platform was begun, and nobody heard for certain how it ended.
  add column begun_at timestamptz(3),
  -- Its place in the lane's queue, and the time before which it is not tried: when it fell behind, or is to be tried again.
  add column due_at timestamptz(3),
  -- The last failure was one that trying again does not heal.
  add column refused boolean not null default false,
  -- On the head of a thread alone: the channel that its incident has of its own.
  add column own_channel text;
update card_delivery d set lane = c.channel, position = c.position, due_since = d.changed_at, due_at = d.changed_at
  from card c where c.tenant_id = d.tenant_id and c.id = d.card_id and d.chat <> 'console';
create index card_delivery_of_lane on card_delivery (chat, tenant_id, lane, due_at, position)
  where chat <> 'console' and delivered_version < desired_version;`

const lanes = `
create table delivery_lane (
  tenant_id text not null,
  chat text not null check (chat in ('slack', 'discord')),
  lane text not null,
  -- The turn that has the lane, or had it last.
  holder text not null,
  -- Nobody calls the platform for this lane before: a turn is under way, or the platform wants to be left alone.
  free_at timestamptz(3) not null,
  -- How many calls have failed since one was answered well.
  failures integer not null default 0,
  primary key (tenant_id, chat, lane)
);
alter table delivery_lane enable row level security;
create policy one_tenant on delivery_lane using (tenant_id = (select current_setting('suture.tenant', true)))
  with check (tenant_id = (select current_setting('suture.tenant', true)));
grant select, insert, update, delete on delivery_lane to suture_app;
-- Which platforms show a tenant's cards. A process that draws cards need not have their tokens to know.
create table tenant_chat (
  tenant_id text not null references tenant,
  chat text not null check (chat in ('slack', 'discord')),
  -- When a delivery of this chat was last seen at work.
  seen_at timestamptz(3) not null,
  primary key (tenant_id, chat)
);
alter table tenant_chat enable row level security;
create policy one_tenant on tenant_chat using (tenant_id = (select current_setting('suture.tenant', true)))
  with check (tenant_id = (select current_setting('suture.tenant', true)));
grant select, insert, update, delete on tenant_chat to suture_app;`

/**
 * First what has been due for longest; what failed goes behind what is due by then, so that it cannot hold the lane. A reply waits for the head of its thread, which may not have a row in this chat yet,
 * and a first post for the earlier ones of its thread, unless trying those again would not heal them.
 */
const nextCard = `
create function next_card(p_chat text, p_tenant text, p_lane text, p_now timestamptz) returns text
  language sql stable as $$
    select d.card_id
    from card_delivery d
      join card c on c.tenant_id = d.tenant_id and c.id = d.card_id
      left join card_delivery head on head.tenant_id = d.tenant_id and head.card_id = c.incident_id || '/incident' and head.chat = d.chat
    where d.chat = p_chat and d.tenant_id = p_tenant and d.lane = p_lane
      and d.chat <> 'console' and d.delivered_version < d.desired_version
      and d.due_at <= p_now
      and (c.kind = 'incident' or d.message_id is not null or head.card_id is null
        or (head.message_id is not null and not exists (
          select from card earlier join card_delivery e on e.tenant_id = earlier.tenant_id and e.card_id = earlier.id and e.chat = d.chat
          where earlier.tenant_id = d.tenant_id and earlier.incident_id = c.incident_id and earlier.position < d.position
            and e.message_id is null and not e.refused)))
    order by d.due_at, d.position limit 1
  $$;`

/** They look over all tenants and give keys and figures, no content. `p_tenant` null: all of them. */
const doors = `
create function due_lanes(p_chat text, p_tenant text, p_now timestamptz) returns table (tenant_id text, lane text)
  language sql security definer stable set search_path from current as $$
    with recursive behind as (
      (select d.tenant_id, d.lane from card_delivery d
        where d.chat = p_chat and d.chat <> 'console' and d.delivered_version < d.desired_version
        order by d.tenant_id, d.lane limit 1)
      union all
      select further.tenant_id, further.lane from behind cross join lateral (
        select d.tenant_id, d.lane from card_delivery d
        where d.chat = p_chat and d.chat <> 'console' and d.delivered_version < d.desired_version
          and (d.tenant_id, d.lane) > (behind.tenant_id, behind.lane)
        order by d.tenant_id, d.lane limit 1) further
    )
    select b.tenant_id, b.lane from behind b
    where (p_tenant is null or b.tenant_id = p_tenant)
      and not exists (select from delivery_lane l
        where l.tenant_id = b.tenant_id and l.chat = p_chat and l.lane = b.lane and l.free_at > p_now)
      and next_card(p_chat, b.tenant_id, b.lane, p_now) is not null
  $$;
create function adopt_open_incidents(p_chat text, p_tenant text, p_now timestamptz) returns bigint
  language sql security definer set search_path from current as $$
    with stale as (
      -- What a chat missed that was away for a day, and that is over by now, is not made up for.
      delete from card_delivery gone using (
        select d.tenant_id, d.card_id from card_delivery d
          join card c on c.tenant_id = d.tenant_id and c.id = d.card_id
          join incident i on i.tenant_id = c.tenant_id and i.id = c.incident_id
        where d.chat = p_chat and d.chat <> 'console' and d.delivered_version < d.desired_version
          and d.message_id is null and d.begun_at is null and (p_tenant is null or d.tenant_id = p_tenant) and i.status = 'resolved'
          and not exists (select from tenant_chat s
            where s.tenant_id = d.tenant_id and s.chat = p_chat and s.seen_at > p_now - interval '1 day')
        for update of d skip locked) done
      where gone.tenant_id = done.tenant_id and gone.card_id = done.card_id and gone.chat = p_chat
    ), seen as (
      insert into tenant_chat (tenant_id, chat, seen_at)
      select t.tenant_id, p_chat, p_now from tenant t where p_tenant is null or t.tenant_id = p_tenant order by t.tenant_id
      on conflict (tenant_id, chat) do update set seen_at = excluded.seen_at
    ), adopted as (
      insert into card_delivery (tenant_id, card_id, chat, desired_version, changed_at, due_since, due_at, lane, position)
      select c.tenant_id, c.id, p_chat, c.version, p_now, p_now, p_now, c.channel, c.position
      from incident i join card c on c.tenant_id = i.tenant_id and c.incident_id = i.id
      where i.status <> 'resolved' and c.kind in ('incident', 'proposal', 'run') and (p_tenant is null or i.tenant_id = p_tenant)
      order by c.incident_id collate "C", c.position
      -- Whoever draws a card has it locked first: nobody waits for the other in a circle.
      for no key update of c skip locked
      on conflict do nothing returning 1)
    select count(*) from adopted
  $$;
create function delivery_lag(p_chat text, p_now timestamptz)
  returns table (behind bigint, oldest_ms bigint, failing_tenant text, failing_card text)
  language sql security definer stable set search_path from current as $$
    with behind as materialized (
      select d.tenant_id, d.card_id, coalesce(d.due_since, d.changed_at) as since, d.last_error <> '' as failing
      from card_delivery d where d.chat = p_chat and d.delivered_version < d.desired_version
    ), failing as (select * from behind b where b.failing order by b.since limit 1)
    select count(*), coalesce(extract(epoch from p_now - min(b.since)) * 1000, 0)::bigint,
      (select f.tenant_id from failing f), (select f.card_id from failing f)
    from behind b
  $$;
revoke execute on function due_lanes, adopt_open_incidents, delivery_lag, next_card from public;
grant execute on function due_lanes, adopt_open_incidents, delivery_lag, next_card to suture_app;`

/** As for the earlier ones: what runs as the owner looks into the caller's temporary schema last. */
const safeSearchPath = `
do $$
declare door text;
begin
  foreach door in array array['due_lanes(text, text, timestamptz)', 'adopt_open_incidents(text, text, timestamptz)',
    'delivery_lag(text, timestamptz)', 'next_card(text, text, text, timestamptz)']
  loop
    execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', door, current_schema());
  end loop;
end $$;`
