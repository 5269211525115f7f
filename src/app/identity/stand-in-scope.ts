import type { Caller } from '../../domain/person.ts'
import type { Tx } from '../../storage/database.ts'
import { standsInNow } from '../../storage/delegation.repository.ts'
import { scopesOf } from './rights.ts'

/**
 * Whoever stands in for somebody may vote without a role of their own. That is the person's right, so a session or an account of
 * a chat has it as well. A key has what it was made for, and a session that a narrowed key began has no more than that key.
 * On what they may vote is decided where it counts.
 */
export const withStandIn = async (tx: Tx, caller: Caller): Promise<Caller> => {
  const { person, scopes, via } = caller
  const isWhole = scopesOf(person).every((scope) => scopes.includes(scope))
  return via === 'key' || !isWhole || scopes.includes('approve') || !(await standsInNow(tx, person.id))
    ? caller
    : { ...caller, scopes: [...scopes, 'approve'] }
}
