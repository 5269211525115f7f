import { type Kysely, sql } from 'kysely'

/** Every list that a person can ask for, filtered or not, walks an index in the order in which it is shown. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'create index incident_of_service on incident (tenant_id, service, opened_at desc, id desc)',
    // Also counts what is open, whatever history there is.
    "create index incident_unresolved on incident (tenant_id, opened_at desc, id desc) include (service) where status <> 'resolved'",
    'create index run_of_status on run (tenant_id, status, created_at desc, id desc)',
    "create index approval_pending on approval_request (tenant_id, created_at desc, id desc) where status = 'pending'",
    'create index api_key_of_person on api_key (tenant_id, person_id, created_at desc, id desc)',
    'create index session_expiry on session (tenant_id, expires_at)',
    'create index idempotency_key_age on idempotency_key (tenant_id, created_at)',
  ])
    await sql.raw(statement).execute(db)
}
