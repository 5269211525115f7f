/**
 * The sweeper, the watchdog and card delivery look over all tenants. They go through these functions, which give keys
 * and no content; the work itself then happens inside one tenant.
 */
export const crossTenantDoors = `
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
create function backlog(p_now timestamptz)
  returns table (due bigint, oldest_due_ms bigint, undelivered bigint, oldest_undelivered_ms bigint)
  language sql security definer stable set search_path from current as $$
    select o.due, o.oldest, c.undelivered, c.oldest from
      (select count(*) as due, coalesce(extract(epoch from p_now - min(due_at)) * 1000, 0)::bigint as oldest from outbox where due_at <= p_now) o,
      (select count(*) as undelivered, coalesce(extract(epoch from p_now - min(changed_at)) * 1000, 0)::bigint as oldest
        from card_delivery where delivered_version < desired_version) c
  $$;
create function undelivered_cards(p_chat text, p_limit integer)
  returns table (tenant_id text, card_id text)
  language sql security definer stable set search_path from current as $$
    select d.tenant_id, d.card_id from card_delivery d
    where d.chat = p_chat and d.delivered_version < d.desired_version order by d.changed_at limit p_limit
  $$;`
