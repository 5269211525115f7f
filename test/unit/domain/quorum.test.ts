import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ApprovalRequest, type CountedVote, decideApproval } from '../../../src/domain/approval.ts'
import { type Person, type Role, roles, sutureItself } from '../../../src/domain/person.ts'
import { groupsOf, type Holding, stillNeeded, tightened } from '../../../src/domain/quorum.ts'
import { isRejection } from '../../../src/domain/rejection.ts'

const now = Temporal.Instant.from('2026-11-22T12:00:00Z')
const request: ApprovalRequest = {
  id: 'req-1',
  proposalId: 'prop-1',
  requesterId: 'ada',
  status: 'pending',
  quorum: 1,
  approverRoles: ['approver'],
  requiredRoles: [],
  requiredGroups: [],
  expiresAt: now.add({ hours: 1 }),
  version: 1,
}
const person = (id: string, ...given: Role[]): Person => ({ id, name: id, kind: 'human', roles: given })
const approve = (
  asked: Partial<ApprovalRequest>,
  who: Person,
  votes: readonly CountedVote[] = [],
  groups: string[] = [],
) => decideApproval({ ...request, ...asked }, who, 'approve', { now, votes, groups })
const voted = (personId: string, ...given: Role[]): CountedVote => ({
  personId,
  decision: 'approve',
  roles: given,
  groups: [],
})

describe('G8 whose consent is enough', () => {
  it('G8 a required role is needed besides the quorum, and whoever has it may vote without an approver role', () => {
    const asked = { requiredRoles: ['override'] } as const
    expect(approve(asked, person('bea', 'approver'))).toMatchObject({
      status: 'pending',
      needed: { approvals: 1, roles: ['override'], groups: [] },
    })
    expect(approve(asked, person('olga', 'override'))).toMatchObject({ status: 'approved' })
    expect(approve(asked, person('olga', 'override'), [voted('bea', 'approver')])).toMatchObject({
      status: 'approved',
      approvals: 2,
    })
    expect(approve({}, person('olga', 'override'))).toMatchObject({ code: 'forbidden' })
  })

  it('G8 a required group is needed besides the quorum, and whoever is in it may vote', () => {
    const asked = { requiredGroups: ['dba'] }
    expect(approve(asked, person('bea', 'approver'))).toMatchObject({
      status: 'pending',
      needed: { approvals: 1, groups: ['dba'] },
    })
    // A place in the group alone is no approval of those that were asked for by role.
    expect(approve(asked, person('dan', 'viewer'), [], ['dba'])).toMatchObject({
      status: 'pending',
      needed: { approvals: 1, groups: [] },
    })
    expect(approve(asked, person('dan', 'viewer'), [voted('bea', 'approver')], ['dba'])).toMatchObject({
      status: 'approved',
    })
    expect(approve(asked, person('dan', 'approver'), [], ['dba'])).toMatchObject({ status: 'approved' })
    expect(approve(asked, person('dan', 'viewer'))).toMatchObject({
      code: 'forbidden',
      remedy: 'Ask someone with the role approver, or a place in the group dba.',
    })
  })

  it('G8 somebody in the last place is told apart: two required of different people, or of one who has both', () => {
    const asked = { requiredRoles: ['override'], requiredGroups: ['dba'] } as const
    expect(approve(asked, person('olga', 'override'), [], ['dba'])).toMatchObject({ status: 'approved' })
    expect(approve(asked, person('olga', 'override'))).toMatchObject({
      status: 'pending',
      needed: { groups: ['dba'], roles: [] },
    })
  })

  it('G8 the requester is refused even with every required role and group', () => {
    expect(
      approve({ requiredRoles: ['override'] }, person('ada', 'override', 'admin'), [], ['dba']),
    ).toMatchObject({
      code: 'separation_of_duties',
    })
  })

  it('G8 an empty approver list refuses everybody, whatever else is required', () => {
    for (const requiredRoles of [[], ['override']] as const)
      expect(
        approve({ approverRoles: [], requiredRoles }, person('olga', 'override', 'admin')),
      ).toMatchObject({
        code: 'quorum',
      })
  })

  it('G8 who has lost the role meanwhile still counts as one person, but no longer for the role', () => {
    expect(
      approve({ requiredRoles: ['override'] }, person('bea', 'approver'), [voted('olga')]),
    ).toMatchObject({
      status: 'pending',
      needed: { roles: ['override'] },
    })
  })

  it('G8 of request and policy now the stricter counts, in every part', () => {
    const verdict = {
      outcome: 'require_approval',
      quorum: 2,
      approverRoles: ['approver'],
      requiredRoles: ['override'],
      requiredGroups: ['dba'],
    } as const
    const asked = {
      ...request,
      quorum: 3,
      approverRoles: ['responder', 'approver'] as const,
      requiredGroups: ['sre'],
    }
    expect(tightened(asked, verdict)).toMatchObject({
      quorum: 3,
      approverRoles: ['approver'],
      requiredRoles: ['override'],
      requiredGroups: ['sre', 'dba'],
    })
  })

  it('G8 groups are looked up by the ids of people', () => {
    expect(groupsOf({ dba: ['dan', 'olga'], sre: ['bea'] }, 'dan')).toEqual(['dba'])
    expect(groupsOf({ dba: ['dan'] }, '__proto__')).toEqual([])
  })

  const anyRoles = fc.uniqueArray(fc.constantFrom(...roles), { maxLength: 3 })
  const anyGroups = fc.uniqueArray(fc.constantFrom('dba', 'sre'), { maxLength: 2 })
  const anyHolding: fc.Arbitrary<Holding> = fc.record({
    personId: fc.constantFrom('ada', 'bea', 'cem', 'dan', 'eva', sutureItself),
    roles: anyRoles,
    groups: anyGroups,
  })
  const anyAsked = fc.record({
    quorum: fc.integer({ min: 1, max: 4 }),
    approverRoles: anyRoles,
    requiredRoles: anyRoles,
    requiredGroups: anyGroups,
  })

  it('G8 no order of votes grants without a quorum of different people, each required role and group, and none of the requester', () => {
    fc.assert(
      fc.property(anyAsked, fc.array(anyHolding, { maxLength: 12 }), (asked, clicks) => {
        const votes: CountedVote[] = []
        let status: ApprovalRequest['status'] = 'pending'
        for (const { personId, roles: given, groups } of clicks) {
          const decided = decideApproval(
            { ...request, ...asked, status },
            { id: personId, name: personId, kind: 'human', roles: given },
            'approve',
            { now, votes, groups },
          )
          if (isRejection(decided)) continue
          votes.push({ personId, decision: 'approve', roles: given, groups })
          ;({ status } = decided)
        }
        const people = new Set(votes.map((vote) => vote.personId))
        expect(people.size).toBe(votes.length)
        expect(people.has('ada')).toBe(false)
        expect(people.has(sutureItself)).toBe(false)
        if (asked.approverRoles.length === 0) expect(votes).toEqual([])
        const holds = (role: Role) =>
          votes.some((vote) => vote.roles.includes(role) || vote.roles.includes('admin'))
        const counted = new Set(
          votes
            .filter((vote) =>
              [...asked.approverRoles, ...asked.requiredRoles, 'admin' as const].some((role) =>
                vote.roles.includes(role),
              ),
            )
            .map((vote) => vote.personId),
        )
        const met =
          counted.size >= asked.quorum &&
          asked.requiredRoles.every(holds) &&
          asked.requiredGroups.every((group) => votes.some((vote) => vote.groups.includes(group)))
        expect(status === 'approved').toBe(met)
        expect(stillNeeded(asked, votes).approvals === 0).toBe(met)
      }),
      { numRuns: 1_000 },
    )
  })
})
