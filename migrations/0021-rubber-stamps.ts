import { type Kysely, sql } from 'kysely'

/** Whose request was approved and how fast stand beside each vote, so that rubber stamps are counted by index alone. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'alter table approval_decision add column requester_id text',
    'alter table approval_decision add column rushed boolean not null default false',
    `update approval_decision d set requester_id = r.requester_id,
         rushed = d.decision = 'approve' and d.decided_at - r.created_at < interval '2 seconds'
       from approval_request r where r.tenant_id = d.tenant_id and r.id = d.request_id`,
    'create index approval_rushed on approval_decision (tenant_id, decided_at desc) where rushed',
    `create index approval_given on approval_decision (tenant_id, requester_id, decided_at) include (person_id)
       where decision = 'approve'`,
  ])
    await sql.raw(statement).execute(db)
}
