export const grants = `
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
revoke execute on function claim_due_effects, overdue_runs, undelivered_cards, backlog from public;
grant execute on function claim_due_effects, overdue_runs, undelivered_cards, backlog to suture_app;`
