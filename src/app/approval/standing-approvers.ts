import { hasRole, mayVote, type Role } from '../../domain/person.ts'
import type { Tx } from '../../storage/database.ts'
import { asPerson } from '../identity/find-person.ts'

/** How many of those who approved could do so now: whoever has left, or lost the role, stands for nothing any more. */
export const standingApprovers = async (
  tx: Tx,
  approverIds: readonly string[],
  roles: readonly Role[],
): Promise<number> => {
  if (approverIds.length === 0) return 0
  const rows = await tx.db
    .selectFrom('person')
    .select(['id', 'name', 'kind', 'roles'])
    .where('tenant_id', '=', tx.tenantId)
    .where('id', 'in', approverIds)
    .where('disabled_at', 'is', null)
    .execute()
  return rows.map(asPerson).filter((person) => mayVote(person) && roles.some((role) => hasRole(person, role)))
    .length
}
