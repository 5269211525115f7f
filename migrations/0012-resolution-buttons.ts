import { type Kysely, sql } from 'kysely'

/** Buttons by which a person says what a run that ended `unknown` did, or has it undone. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'alter table action_token drop constraint action_token_command_check',
    `alter table action_token add constraint action_token_command_check
       check (command in ('request', 'approve', 'reject', 'cancel', 'escalate', 'happened', 'did_not_happen', 'undo'))`,
  ])
    await sql.raw(statement).execute(db)
}
