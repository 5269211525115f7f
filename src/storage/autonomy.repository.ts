import { sql } from 'kysely'
import type { ModeScope, ModeSetting } from '../domain/policy/effective-mode.ts'
import type { Mode } from '../domain/policy/modes.ts'
import { lockKey } from './chat.repository.ts'
import type { Tx } from './database.ts'
import { distinct, gathering } from './gathering.ts'

/** What is set for this service or this playbook: two rows at most. */
export const settingsFor = gathering<{ readonly service: string; readonly playbook: string }, ModeSetting[]>(
  async (tx, all) => {
    const { rows } =
      await sql<ModeSetting>`select scope, name, mode from mode_setting where tenant_id = ${tx.tenantId}
    and (scope = 'service' and name = any(${distinct(all.map(({ service }) => service))}::text[])
      or scope = 'playbook' and name = any(${distinct(all.map(({ playbook }) => playbook))}::text[]))
    order by scope desc`.execute(tx.db)
    return all.map((about) =>
      rows.filter(({ scope, name }) => name === (scope === 'service' ? about.service : about.playbook)),
    )
  },
)

export const allSettings = (tx: Tx) =>
  tx.db
    .selectFrom('mode_setting')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .orderBy('scope', 'desc')
    .orderBy('name')
    .execute()

/** What was set before, under lock, also where nothing is set yet; undefined where the tenant's held. */
export const lockSetting = async (tx: Tx, scope: ModeScope, name: string): Promise<Mode | undefined> => {
  await lockKey(tx, `mode ${scope} ${name}`)
  const row = await tx.db
    .selectFrom('mode_setting')
    .select('mode')
    .where('tenant_id', '=', tx.tenantId)
    .where('scope', '=', scope)
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst()
  return row?.mode
}

export const putSetting = (tx: Tx, { scope, name, mode }: ModeSetting, by: string): Promise<unknown> =>
  tx.db
    .insertInto('mode_setting')
    .values({ tenant_id: tx.tenantId, scope, name, mode, set_by: by, set_at: tx.now })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'scope', 'name']).doUpdateSet({ mode, set_by: by, set_at: tx.now }),
    )
    .execute()

export const removeSetting = (tx: Tx, scope: ModeScope, name: string): Promise<unknown> =>
  tx.db
    .deleteFrom('mode_setting')
    .where('tenant_id', '=', tx.tenantId)
    .where('scope', '=', scope)
    .where('name', '=', name)
    .execute()

/** Whether a mode of this service, playbook or tenant was changed after that, as the history has it. */
export const changedAfter = async (tx: Tx, subject: string, at: Temporal.Instant): Promise<boolean> =>
  (await tx.db
    .selectFrom('audit_entry')
    .select('seq')
    .where('tenant_id', '=', tx.tenantId)
    .where('event', '=', 'governance_changed')
    .where('at', '>', at)
    .where('subject', '=', subject)
    .limit(1)
    .executeTakeFirst()) !== undefined
