import { type Kysely, sql } from 'kysely'

/** The policy is a file like catalogue and playbooks; a request says which roles and groups, and what it is let past. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    'alter table config_version drop constraint config_version_kind_check',
    `alter table config_version add constraint config_version_kind_check
       check (kind in ('catalogue', 'playbook', 'policy'))`,
    'alter table action_token drop constraint action_token_command_check',
    `alter table action_token add constraint action_token_command_check
       check (command in ('request', 'approve', 'reject', 'cancel', 'escalate', 'happened', 'did_not_happen', 'undo',
         'request_override', 'revoke', 'edit', 'delegate', 'review', 'unfreeze', 'unsilence'))`,
    `alter table permit add column overrides text[] not null default '{}'`,
    `alter table approval_request
       add column required_roles text[] not null default '{}',
       add column required_groups text[] not null default '{}',
       add column overrides text[] not null default '{}',
       add column override_reason text not null default ''`,
  ])
    await sql.raw(statement).execute(db)
}
