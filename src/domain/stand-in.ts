import type { Asked, Holding } from './quorum.ts'
import { mayStandFor, stillNeeded } from './quorum.ts'

/** Somebody is away, and somebody else votes in their stead. */

export interface Delegation {
  /** Who is away. */
  readonly personId: string
  readonly delegateId: string
}

/** Longer than any leave: whoever is away for more gives up the role. */
export const longestAwayDays = 30

/** Somebody who is away, with what they stand for now, and not with what others have delegated to them. */
export type Stead = Holding & { readonly name: string }

/** Whoever has asked, and whoever stands in for them, or they for whom: none of them has a say in it. */
export const requestersSide = (
  requesterId: string,
  delegations: readonly Delegation[],
): ReadonlySet<string> =>
  new Set([
    requesterId,
    ...delegations.flatMap(({ personId, delegateId }) => {
      if (personId === requesterId) return [delegateId]
      return delegateId === requesterId ? [personId] : []
    }),
  ])

/** As whom a vote helps the most: as oneself where that is no worse. Null where none of them may vote. */
export const votesAs = (
  asked: Asked,
  given: readonly Holding[],
  own: Holding,
  steads: readonly Stead[],
): { readonly holding: Holding; readonly steadId: string | null } | null => {
  const ways = [
    { holding: own, steadId: null },
    ...steads.map(({ personId, roles, groups }) => ({
      holding: { personId: own.personId, roles, groups },
      steadId: personId,
    })),
  ]
    .filter(({ holding }) => mayStandFor(asked, holding))
    .map((way) => {
      const { approvals, roles, groups } = stillNeeded(asked, [...given, way.holding])
      return { way, lacks: approvals + roles.length + groups.length }
    })
    .toSorted((one, other) => one.lacks - other.lacks)
  return ways[0]?.way ?? null
}
