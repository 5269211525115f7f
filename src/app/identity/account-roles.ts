import { type Role, roles } from '../../domain/person.ts'
import type { Tx } from '../../storage/database.ts'
import type { Outbound } from '../commit.ts'

export const inOrder = (given: readonly Role[]): Role[] => roles.filter((role) => given.includes(role))

export const sameRoles = (one: readonly Role[], other: readonly Role[]): boolean =>
  inOrder(one).join() === inOrder(other).join()

export const lockPerson = (tx: Tx, id: string) =>
  tx.db
    .selectFrom('person')
    .select('roles')
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()

/** What the groups of all accounts together give; for people who came by chat alone. */
export const setRolesOfAccounts = async (
  tx: Tx,
  out: Outbound,
  personId: string,
  via: string,
): Promise<Role[]> => {
  const person = await lockPerson(tx, personId)
  const rows = await tx.db
    .selectFrom('identity')
    .select('roles')
    .where('tenant_id', '=', tx.tenantId)
    .where('person_id', '=', personId)
    .where('unlinked_at', 'is', null)
    .execute()
  const after = inOrder(rows.flatMap((row) => row.roles))
  if (sameRoles(person.roles, after)) return after
  await tx.db
    .updateTable('person')
    .set({ roles: after })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', personId)
    .execute()
  out.audit({
    event: 'person_changed',
    actor: personId,
    subject: personId,
    details: { roles: after, from: inOrder(person.roles), because: `groups of ${via}` },
  })
  out.changed('person', personId)
  return after
}
