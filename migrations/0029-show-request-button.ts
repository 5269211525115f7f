import { type Kysely, sql } from 'kysely'

/** A refusal for a duplicate has a button that shows the first request. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'alter table action_token drop constraint action_token_command_check',
    `alter table action_token add constraint action_token_command_check
       check (command in ('request', 'approve', 'reject', 'cancel', 'escalate', 'happened', 'did_not_happen', 'undo',
         'request_override', 'revoke', 'edit', 'delegate', 'review', 'unfreeze', 'unsilence', 'show_request'))`,
  ])
    await sql.raw(statement).execute(db)
}
