import { type Caller, hasRole, type Role } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { accountsOf } from '../identity/accounts-of.ts'
import type { ChatName } from '../ports.ts'

/** The accounts of chats that are linked to whoever asks, as `slack T1:U1`. */
export const readAccounts = (app: App, { tenantId, person }: Caller): Promise<string[]> =>
  inTenant(
    app.store,
    tenantId,
    async (tx) =>
      (await accountsOf(tx, person.id)).map(({ provider, external_id }) => `${provider} ${external_id}`),
    { readOnly: true },
  )

export interface AccountRecord {
  readonly chat: Exclude<ChatName, 'console'>
  /** `T1:U1`, workspace and user. */
  readonly account: string
  /** ISO 8601, as is the other. */
  readonly linkedAt: string
  /** What the groups of this account gave when they were last read. */
  readonly roles: Role[]
  /** Null for never. */
  readonly rolesSeenAt: string | null
  /** Until then they count unless read again; null for never, and for somebody whose roles an admin gave. */
  readonly rolesCountUntil: string | null
}

/** Somebody's linked accounts, for themselves and for admins. */
export const listAccounts = (
  app: App,
  caller: Caller,
  personId: string,
): Promise<AccountRecord[] | Rejection> =>
  inTenant(
    app.store,
    caller.tenantId,
    async (tx) => {
      if (personId !== caller.person.id && !hasRole(caller.person, 'admin'))
        return reject(
          'forbidden',
          `${caller.person.name} may see only their own accounts.`,
          'Ask someone with the role admin.',
        )
      const person = await tx.db
        .selectFrom('person')
        .select('id')
        .where('tenant_id', '=', tx.tenantId)
        .where('id', '=', personId)
        .executeTakeFirst()
      return person === undefined
        ? reject('not_found', `There is no person ${personId}.`, 'List people to see their ids.')
        : accountRecords(app, tx, personId)
    },
    { readOnly: true },
  )

export const accountRecords = async ({ limits }: App, tx: Tx, personId: string): Promise<AccountRecord[]> =>
  (
    await tx.db
      .selectFrom('identity')
      .innerJoin('person', (join) =>
        join
          .onRef('person.tenant_id', '=', 'identity.tenant_id')
          .onRef('person.id', '=', 'identity.person_id'),
      )
      .selectAll('identity')
      .select('person.came_by')
      .where('identity.tenant_id', '=', tx.tenantId)
      .where('identity.person_id', '=', personId)
      .where('identity.unlinked_at', 'is', null)
      .orderBy('identity.provider')
      .orderBy('identity.external_id')
      .execute()
  ).flatMap((row) =>
    row.provider === 'slack' || row.provider === 'discord'
      ? [
          {
            chat: row.provider,
            account: row.external_id,
            linkedAt: row.linked_at.toString(),
            roles: row.roles,
            rolesSeenAt: row.roles_seen_at?.toString() ?? null,
            rolesCountUntil:
              row.came_by === null
                ? null
                : (row.roles_seen_at?.add({ milliseconds: limits.groupRolesMaxAgeMs }).toString() ?? null),
          },
        ]
      : [],
  )
