import type { Role } from '../../domain/person.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { commit } from '../commit.ts'
import type { Chat } from '../ports.ts'
import { type Account, synchronizeRoles } from './synchronize-roles.ts'

export interface RoleSource {
  readonly tenantId: string
  readonly provider: Account['provider']
  /** Slack's team or Discord's guild. */
  readonly workspaceId: string
  readonly groupsOf: Chat['groupsOf']
  readonly rolesOf: (groups: readonly string[]) => readonly Role[]
}

export interface Refreshed {
  readonly accounts: number
  /** Whose groups the platform did not tell: their roles grow old. */
  readonly unread: number
}

/** Often enough that a reading that fails, and the next one, leave a role its time; and never rarer than people are told. */
export const refreshEveryMs = (maxAgeMs: number): number => Math.min(3 * 60_000, Math.floor(maxAgeMs / 4))

/**
 * Reads the groups of every account anew that has a role by them, though nobody acts with it: a role that is taken away in
 * the chat is gone here within minutes. Safe in many processes at once.
 */
export const refreshRoles = async (app: App, source: RoleSource): Promise<Refreshed> => {
  const { tenantId, provider, workspaceId } = source
  // Before the platform is asked: what it says is at least as new.
  const { seenAt, userIds } = await inTenant(app.store, tenantId, async (tx) => {
    const rows = await tx.db
      .selectFrom('identity')
      .innerJoin('person', (join) =>
        join
          .onRef('person.tenant_id', '=', 'identity.tenant_id')
          .onRef('person.id', '=', 'identity.person_id'),
      )
      .select('identity.external_id')
      .where('identity.tenant_id', '=', tx.tenantId)
      .where('identity.provider', '=', provider)
      .where('identity.unlinked_at', 'is', null)
      .where((eb) => eb('identity.roles', '<>', eb.val([])))
      .where('person.came_by', 'is not', null)
      .where('person.disabled_at', 'is', null)
      .orderBy('identity.external_id')
      .execute()
    const prefix = `${workspaceId}:`
    return {
      seenAt: tx.now,
      userIds: rows
        .filter((row) => row.external_id.startsWith(prefix))
        .map((row) => row.external_id.slice(prefix.length)),
    }
  })
  if (userIds.length === 0) return { accounts: 0, unread: 0 }
  const groups = await source.groupsOf(userIds)
  for (const userId of userIds) {
    const found = groups.get(userId)
    if (found === undefined) continue
    const account = { tenantId, provider, externalId: `${workspaceId}:${userId}` }
    const seen = { roles: source.rolesOf(found), seenAt }
    await commit(app, tenantId, (tx, out) => synchronizeRoles(tx, out, account, seen))
  }
  const unread = userIds.filter((userId) => !groups.has(userId)).length
  if (unread > 0)
    app.log.warn(
      { chat: provider, accounts: userIds.length, unread },
      'groups could not be read; roles that rest on them soon count for nothing. npm start -- --check says what is wrong',
    )
  return { accounts: userIds.length, unread }
}
