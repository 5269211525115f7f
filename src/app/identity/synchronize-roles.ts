import type { Role } from '../../domain/person.ts'
import { lockKey } from '../../storage/chat.repository.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import type { ChatName } from '../ports.ts'
import { lockPerson, sameRoles, setRolesOfAccounts } from './account-roles.ts'

/** One account of a chat, as it stands in table `identity`. */
export interface Account {
  readonly tenantId: string
  readonly provider: Exclude<ChatName, 'console'>
  /** `T1:U1`, workspace and user. */
  readonly externalId: string
}

/** The roles that the groups of an account gave when they were read. */
export interface RolesSeen {
  readonly roles: readonly Role[]
  /** By PostgreSQL's clock, and rather too early than too late. */
  readonly seenAt: Temporal.Instant
}

export type AccountRow = NonNullable<Awaited<ReturnType<typeof findAccount>>>

export const findAccount = (tx: Tx, { provider, externalId }: Account) =>
  tx.db
    .selectFrom('identity')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'identity.tenant_id').onRef('person.id', '=', 'identity.person_id'),
    )
    .select([
      'person.id',
      'person.name',
      'person.kind',
      'person.roles',
      'person.came_by',
      'person.disabled_at',
      'identity.roles as given',
      'identity.roles_seen_at',
      'identity.unlinked_at',
    ])
    .where('identity.tenant_id', '=', tx.tenantId)
    .where('identity.provider', '=', provider)
    .where('identity.external_id', '=', externalId)
    .executeTakeFirst()

/** An account that has no row yet can't be locked as one. */
export const lockAccount = (tx: Tx, { provider, externalId }: Account): Promise<void> =>
  lockKey(tx, `identity ${provider} ${externalId}`)

/**
 * Brings an account, and its person when chat groups made them, to what its groups gave. What was read before the last
 * reading is news no more: it neither gives back a role that was found gone nor makes one look younger. The account as it
 * is then; undefined when there is none.
 */
export const synchronizeRoles = async (
  tx: Tx,
  out: Outbound,
  account: Account,
  { roles, seenAt }: RolesSeen,
): Promise<AccountRow | undefined> => {
  await lockAccount(tx, account)
  const seen = await findAccount(tx, account)
  if (seen === undefined) return undefined
  // People are locked before their accounts, as by whoever links them.
  await lockPerson(tx, seen.id)
  const before = (await findAccount(tx, account)) ?? seen
  if (before.id !== seen.id || before.came_by === null || before.unlinked_at !== null) return before
  if (before.roles_seen_at !== null && Temporal.Instant.compare(seenAt, before.roles_seen_at) < 0)
    return before
  await tx.db
    .updateTable('identity')
    .set({ roles: [...roles], roles_seen_at: seenAt })
    .where('tenant_id', '=', tx.tenantId)
    .where('provider', '=', account.provider)
    .where('external_id', '=', account.externalId)
    .execute()
  const given = { ...before, given: [...roles], roles_seen_at: seenAt }
  if (sameRoles(before.given, roles)) return given
  return { ...given, roles: await setRolesOfAccounts(tx, out, before.id, account.provider) }
}

/** They are the same as before: one row is touched, and no history written. */
export const confirmRoles = (
  app: App,
  { tenantId, provider, externalId }: Account,
  { roles, seenAt }: RolesSeen,
): Promise<void> =>
  inTenant(app.store, tenantId, async (tx) => {
    await tx.db
      .updateTable('identity')
      .set({ roles_seen_at: seenAt })
      .where('tenant_id', '=', tx.tenantId)
      .where('provider', '=', provider)
      .where('external_id', '=', externalId)
      .where('unlinked_at', 'is', null)
      // Changed meanwhile, they are somebody else's reading.
      .where((eb) => eb('roles', '=', eb.val([...roles])))
      .where((eb) => eb.or([eb('roles_seen_at', 'is', null), eb('roles_seen_at', '<', seenAt)]))
      .execute()
  })
