import { mayVote } from '../../domain/person.ts'
import { type Asked, groupsOf, mayStandFor } from '../../domain/quorum.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { peopleAmong } from '../identity/standing-now.ts'

/** Of more than these it is only said that there are others. */
const mostLookedAt = 50

export interface MayDecide {
  readonly people: readonly { readonly id: string; readonly name: string }[]
  readonly others: boolean
}

/** Whom to name who may decide now, at most so many, without whoever has asked or voted. */
export const whoMayDecide = async (
  app: App,
  tx: Tx,
  asked: Asked,
  not: readonly string[],
  most: number,
): Promise<MayDecide> => {
  const { groups } = (await app.configuration.of(tx.tenantId)).policy.document
  const ids = asked.requiredGroups.flatMap((group) => groups[group] ?? [])
  const roles = [...asked.approverRoles, ...asked.requiredRoles, 'admin' as const]
  const among = await peopleAmong(app, tx, { roles, ids }, mostLookedAt)
  const may = among
    .map(({ person }) => person)
    .filter(
      (person) =>
        !not.includes(person.id) &&
        mayVote(person) &&
        mayStandFor(asked, { roles: person.roles, groups: groupsOf(groups, person.id) }),
    )
  return {
    people: may.slice(0, most).map(({ id, name }) => ({ id, name })),
    others: may.length > most || among.length === mostLookedAt,
  }
}
