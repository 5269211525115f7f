import { mayVote, type Person } from '../../domain/person.ts'
import { type Asked, groupsOf, mayStandFor } from '../../domain/quorum.ts'
import { requestersSide } from '../../domain/stand-in.ts'
import type { Named } from '../../message/words.ts'
import type { Tx } from '../../storage/database.ts'
import { type DelegationRow, delegationsStanding } from '../../storage/delegation.repository.ts'
import type { VoteRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { peopleAmong } from '../identity/standing-now.ts'

/** Of more than these it is only said that there are others. */
const mostLookedAt = 50
/** More are not away at once. */
const mostAway = 500

export interface ToDecide {
  readonly asked: Asked
  readonly requesterId: string
  readonly votes: readonly Pick<VoteRow, 'person_id' | 'for_person_id'>[]
  /** Ids of whoever is on shift: they are named first. */
  readonly onShift: readonly string[]
}

export interface MayDecide {
  /** In place of somebody who is away whoever votes for them. */
  readonly people: readonly (Named & { readonly onShift: boolean })[]
  readonly others: boolean
  /** Whether this one could, as themselves: without whoever has asked or voted, and for whom it was done. */
  readonly may: (person: Person) => boolean
}

/** Whom to name who may decide now, at most so many. */
export const whoMayDecide = async (
  app: App,
  tx: Tx,
  { asked, requesterId, votes, onShift }: ToDecide,
  most: number,
): Promise<MayDecide> => {
  const { groups } = (await app.configuration.of(tx.tenantId)).policy.document
  const ids = asked.requiredGroups.flatMap((group) => groups[group] ?? [])
  const roles = [...asked.approverRoles, ...asked.requiredRoles, 'admin' as const]
  const [among, delegations] = await Promise.all([
    peopleAmong(app, tx, { roles, ids }, mostLookedAt, onShift),
    delegationsNow(tx),
  ])
  const side = requestersSide(
    requesterId,
    delegations.map((row) => ({ personId: row.person_id, delegateId: row.delegate_id })),
  )
  const said = new Set(votes.flatMap(({ person_id: by, for_person_id: stead }) => [by, stead ?? by]))
  const hasNoSayYet = (person: Person): boolean =>
    !side.has(person.id) && !said.has(person.id) && mayVote(person)
  const may = (person: Person): boolean =>
    hasNoSayYet(person) && mayStandFor(asked, { roles: person.roles, groups: groupsOf(groups, person.id) })
  const able = among.map(({ person }) => person).filter(may)
  const delegates = await delegatesOf(app, tx, able, delegations)
  const named = new Map<string, MayDecide['people'][number]>()
  for (const person of able) {
    const delegate = delegates.get(person.id)
    const on = onShift.includes(person.id)
    if (delegate !== undefined && hasNoSayYet(delegate))
      named.set(delegate.id, {
        id: delegate.id,
        name: delegate.name,
        insteadOf: person.name,
        onShift: on || onShift.includes(delegate.id),
      })
    else if (!named.has(person.id)) named.set(person.id, { id: person.id, name: person.name, onShift: on })
  }
  const people = [...named.values()]
  return {
    people: people.slice(0, most),
    others: people.length > most || among.length === mostLookedAt,
    may,
  }
}

const delegationsNow = async (tx: Tx): Promise<DelegationRow[]> =>
  (await delegationsStanding(tx, mostAway)).filter(
    ({ from_at: from }) => Temporal.Instant.compare(from, tx.now) <= 0,
  )

/** Who votes for those of them who are away, by their id. */
const delegatesOf = async (
  app: App,
  tx: Tx,
  people: readonly Person[],
  delegations: readonly DelegationRow[],
): Promise<ReadonlyMap<string, Person>> => {
  const away = delegations.filter((row) => people.some(({ id }) => id === row.person_id))
  if (away.length === 0) return new Map()
  const ids = away.map((row) => row.delegate_id)
  const known = new Map(
    (await peopleAmong(app, tx, { roles: [], ids }, ids.length)).map(({ person }) => [person.id, person]),
  )
  return new Map(
    away.flatMap((row) => {
      const delegate = known.get(row.delegate_id)
      return delegate === undefined ? [] : [[row.person_id, delegate]]
    }),
  )
}
