import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ApprovalRequest,
  type CountedVote,
  decideApproval,
  refuseRevoke,
} from '../../../src/domain/approval.ts'
import { type PermitBinding, refusePermit } from '../../../src/domain/permit.ts'
import type { Person, Role } from '../../../src/domain/person.ts'
import { type Asked, stillNeeded } from '../../../src/domain/quorum.ts'
import { isRejection } from '../../../src/domain/rejection.ts'
import type { RunStatus } from '../../../src/domain/run.ts'

/** Requests, votes, edits, expiries, revocations and starts in any order, by the same rules that decide in the database. */

const ttlMs = 60_000
const began = Temporal.Instant.from('2026-11-22T12:00:00Z')

const people: readonly (Person & { readonly groups: readonly string[] })[] = [
  { id: 'ada', name: 'Ada', kind: 'human', roles: ['responder', 'approver'], groups: [] },
  { id: 'bea', name: 'Bea', kind: 'human', roles: ['approver'], groups: ['dba'] },
  { id: 'cem', name: 'Cem', kind: 'human', roles: ['override'], groups: [] },
  { id: 'dan', name: 'Dan', kind: 'human', roles: ['admin'], groups: [] },
  { id: 'eva', name: 'Eva', kind: 'human', roles: ['viewer'], groups: ['dba'] },
  { id: 'bot', name: 'Bot', kind: 'service_account', roles: ['admin'], groups: [] },
]

interface Case {
  request: ApprovalRequest
  votes: CountedVote[]
  run: { id: string; status: RunStatus }
  binding: PermitBinding
  permit: 'none' | 'issued' | 'used' | 'revoked'
  permitUntil: Temporal.Instant
}

type Step =
  | { readonly do: 'approve' | 'reject' | 'revoke' | 'edit'; readonly who: number; readonly on: number }
  | { readonly do: 'start'; readonly on: number; readonly as: number }
  | { readonly do: 'wait'; readonly ms: number }

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('approve', 'approve', 'approve', 'reject', 'revoke', 'edit'),
      who: fc.nat(people.length - 1),
      on: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('start'), on: fc.nat(3), as: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: ttlMs }) }) },
)

const anyAsked: fc.Arbitrary<Asked> = fc.record({
  quorum: fc.integer({ min: 1, max: 3 }),
  approverRoles: fc.constantFrom<Role[]>([], ['approver'], ['approver', 'responder']),
  requiredRoles: fc.constantFrom<Role[]>([], ['override']),
  requiredGroups: fc.constantFrom<string[]>([], ['dba']),
})

const openCase = (asked: Asked, number: number, requesterId: string, now: Temporal.Instant): Case => ({
  request: {
    ...asked,
    id: `req-${number}`,
    proposalId: `prop-${number}`,
    requesterId,
    status: 'pending',
    expiresAt: now.add({ milliseconds: ttlMs }),
    version: 1,
  },
  votes: [],
  run: { id: `run-${number}`, status: 'pending_approval' },
  binding: {
    runId: `run-${number}`,
    stage: 0,
    proposalDigest: `proposal ${number}`,
    playbookDigest: 'playbook',
    parametersDigest: `parameters ${number}`,
    targets: ['test/checkout'],
  },
  permit: 'none',
  permitUntil: now,
})

const cast = (each: Case, who: number, decision: 'approve' | 'reject', now: Temporal.Instant): void => {
  const person = people[who]
  if (person === undefined) return
  const decided = decideApproval(each.request, person, decision, {
    now,
    votes: each.votes,
    groups: person.groups,
  })
  if (isRejection(decided)) return
  each.votes.push({ personId: person.id, decision, roles: person.roles, groups: person.groups })
  each.request = { ...each.request, status: decided.status }
  if (decided.status === 'rejected') each.run.status = 'canceled'
  if (decided.status !== 'approved') return
  each.run.status = 'queued'
  each.permit = 'issued'
  each.permitUntil = now.add({ milliseconds: ttlMs })
}

const takeBack = (each: Case, who: number): void => {
  const person = people[who]
  if (person === undefined || refuseRevoke(each.request, each.run, person, each.votes) !== null) return
  if (each.request.status === 'pending') each.votes = each.votes.filter((vote) => vote.personId !== person.id)
  else {
    each.permit = 'revoked'
    each.run.status = 'canceled'
  }
}

describe('approvals as a model', () => {
  it('G8 no order of votes, edits, expiries and revocations starts a run without its quorum, or with the permit of another', () => {
    fc.assert(
      fc.property(anyAsked, fc.array(steps, { maxLength: 40 }), (asked, history) => {
        let now = began
        const cases: Case[] = [openCase(asked, 0, 'ada', now)]
        const started: Case[] = []
        for (const step of history) {
          if (step.do === 'wait') {
            now = now.add({ milliseconds: step.ms })
            continue
          }
          const each = cases[step.on % cases.length]
          if (each === undefined) continue
          if (step.do === 'approve' || step.do === 'reject') cast(each, step.who, step.do, now)
          else if (step.do === 'revoke') takeBack(each, step.who)
          else if (step.do === 'edit') {
            // What waits is withdrawn with its votes; the editor is the requester of what takes its place.
            if (each.request.status !== 'pending' || cases.length > 3) continue
            each.request = { ...each.request, status: 'canceled' }
            each.run.status = 'canceled'
            cases.push(openCase(asked, cases.length, people[step.who]?.id ?? 'ada', now))
          } else if (step.do === 'start') {
            const other = cases[step.as % cases.length] ?? each
            if (other.run.status !== 'queued' || each.permit === 'none') continue
            const permit = {
              ...each.binding,
              id: `permit of ${each.run.id}`,
              status: each.permit,
              approverIds: [],
              policyVersion: '',
              expiresAt: each.permitUntil,
            }
            if (refusePermit(permit, other.binding, now) !== null) continue
            expect(other).toBe(each)
            expect(Temporal.Instant.compare(now, each.permitUntil)).toBeLessThan(0)
            each.permit = 'used'
            each.run.status = 'running'
            started.push(each)
          }
        }
        expect(new Set(started).size).toBe(started.length)
        for (const { request, votes } of started) {
          const ids = votes.filter(({ decision }) => decision === 'approve').map(({ personId }) => personId)
          expect(new Set(ids).size).toBe(ids.length)
          expect(ids).not.toContain(request.requesterId)
          expect(ids).not.toContain('bot')
          expect(ids.length).toBeGreaterThanOrEqual(request.quorum)
          expect(request.approverRoles).not.toEqual([])
          expect(stillNeeded(request, votes)).toEqual({ approvals: 0, roles: [], groups: [] })
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
