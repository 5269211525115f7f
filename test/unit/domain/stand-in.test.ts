import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ApprovalRequest, type CountedVote, decideApproval } from '../../../src/domain/approval.ts'
import type { Person, Role } from '../../../src/domain/person.ts'
import { stillNeeded } from '../../../src/domain/quorum.ts'
import { isRejection } from '../../../src/domain/rejection.ts'
import { type Delegation, requestersSide } from '../../../src/domain/stand-in.ts'

/** Delegations, votes and time in any order, by the rule that decides in the database. */

const began = Temporal.Instant.from('2026-11-22T12:00:00Z')
const ttlMs = 60_000

const people: readonly (Person & { readonly groups: readonly string[] })[] = [
  { id: 'ada', name: 'Ada', kind: 'human', roles: ['responder', 'approver'], groups: [] },
  { id: 'bea', name: 'Bea', kind: 'human', roles: ['viewer'], groups: [] },
  { id: 'cem', name: 'Cem', kind: 'human', roles: ['approver'], groups: ['dba'] },
  { id: 'dan', name: 'Dan', kind: 'human', roles: ['override'], groups: [] },
  { id: 'eva', name: 'Eva', kind: 'human', roles: ['viewer'], groups: [] },
  { id: 'bot', name: 'Bot', kind: 'service_account', roles: ['admin'], groups: [] },
]
const byId = (id: string) => people.find((each) => each.id === id)

const aRequest = (given: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  id: 'req-1',
  proposalId: 'prop-1',
  requesterId: 'ada',
  status: 'pending',
  quorum: 2,
  approverRoles: ['approver'],
  requiredRoles: [],
  requiredGroups: [],
  expiresAt: began.add({ milliseconds: ttlMs }),
  version: 1,
  ...given,
})

const vote = (
  request: ApprovalRequest,
  id: string,
  delegations: readonly Delegation[],
  votes: readonly CountedVote[] = [],
  now = began,
) => {
  const person = byId(id)
  if (person === undefined) throw new Error(id)
  return decideApproval(request, person, 'approve', {
    now,
    votes,
    groups: person.groups,
    delegations,
    steads: delegations
      .filter(({ delegateId }) => delegateId === id)
      .flatMap(({ personId }) => {
        const away = byId(personId)
        return away?.kind !== 'human' ? [] : [{ ...away, personId: away.id }]
      }),
  })
}

const counted = (id: string, forId: string | null): CountedVote => {
  const stands = byId(forId ?? id)
  return {
    personId: id,
    decision: 'approve',
    forPersonId: forId,
    roles: stands?.roles ?? [],
    groups: stands?.groups ?? [],
  }
}

describe('votes in the stead of somebody', () => {
  const cemToBea = { personId: 'cem', delegateId: 'bea' }

  it('G8 a delegate votes for the roles and groups of whoever is away, and that one then not any more', () => {
    const request = aRequest({ requiredGroups: ['dba'] })
    expect(vote(request, 'bea', [])).toMatchObject({ code: 'forbidden' })
    expect(vote(request, 'bea', [cemToBea])).toMatchObject({
      vote: { personId: 'bea', forPersonId: 'cem' },
      needed: { approvals: 1, groups: [] },
    })
    const given = [counted('bea', 'cem')]
    expect(vote(request, 'cem', [cemToBea], given)).toMatchObject({ code: 'already_decided' })
    expect(vote(request, 'bea', [cemToBea], given)).toMatchObject({ code: 'already_decided' })
    expect(vote(request, 'bea', [cemToBea], [counted('cem', null)])).toMatchObject({ code: 'forbidden' })
  })

  it('G8 a delegate of a delegate has nothing', () => {
    expect(vote(aRequest(), 'eva', [cemToBea, { personId: 'bea', delegateId: 'eva' }])).toMatchObject({
      code: 'forbidden',
    })
  })

  it('G8 neither the delegate nor whoever is away approves what the other has requested', () => {
    for (const [requesterId, voter] of [
      ['cem', 'bea'],
      ['bea', 'cem'],
    ] as const)
      expect(vote(aRequest({ requesterId }), voter, [cemToBea])).toMatchObject({
        code: 'separation_of_duties',
      })
    // Nor does anybody vote for one of them.
    expect(
      vote(aRequest(), 'eva', [
        { personId: 'ada', delegateId: 'cem' },
        { personId: 'cem', delegateId: 'eva' },
      ]),
    ).toMatchObject({ code: 'forbidden' })
  })

  it('G8 no order of delegations, votes and expiries lets one Person count twice, or the side of whoever asked approve', () => {
    const who = fc.constantFrom(...people.map(({ id }) => id))
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('away' as const), who, to: who }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('back' as const), who }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant('vote' as const), who }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(ttlMs) }) },
    )
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        who,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom<Role[]>([], ['override']),
        (history, requesterId, quorum, requiredRoles) => {
          let request = aRequest({ requesterId, quorum, requiredRoles })
          let now = began
          let delegations: Delegation[] = []
          const votes: CountedVote[] = []
          for (const each of history) {
            if (each.do === 'wait') now = now.add({ milliseconds: each.ms })
            else if (each.do === 'back')
              delegations = delegations.filter(({ personId }) => personId !== each.who)
            else if (each.do === 'away') {
              if (each.who !== each.to)
                delegations = [
                  ...delegations.filter(({ personId }) => personId !== each.who),
                  { personId: each.who, delegateId: each.to },
                ]
            } else {
              const decided = vote(request, each.who, delegations, votes, now)
              if (isRejection(decided)) continue
              expect(request.status).toBe('pending')
              expect(Temporal.Instant.compare(now, request.expiresAt)).toBeLessThan(0)
              const forId = decided.vote.forPersonId ?? null
              const side = requestersSide(requesterId, delegations)
              expect(side.has(each.who) || (forId !== null && side.has(forId))).toBe(false)
              if (forId !== null)
                expect(delegations).toContainEqual({ personId: forId, delegateId: each.who })
              votes.push(counted(each.who, forId))
              request = { ...request, status: decided.status }
            }
          }
          const used = votes.flatMap(({ personId, forPersonId }) =>
            forPersonId == null ? [personId] : [personId, forPersonId],
          )
          expect(new Set(used).size).toBe(used.length)
          expect(used).not.toContain(requesterId)
          expect(used).not.toContain('bot')
          if (request.status === 'approved') {
            expect(votes.length).toBeGreaterThanOrEqual(quorum)
            expect(stillNeeded(request, votes)).toEqual({ approvals: 0, roles: [], groups: [] })
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
