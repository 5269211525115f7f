import { decideApproval } from '../../domain/approval.ts'
import type { PolicyDocument } from '../../domain/policy/document.ts'
import { PolicyCase, runPolicyCase } from '../../domain/policy/policy-case.ts'
import { isRejection } from '../../domain/rejection.ts'
import { fails, passes } from '../../domain/self-test.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'

/** What holds under every policy that could be in force, asked of the one that is. */
export const policyCheck = ({ app, tenantId }: SelfTestScope): SelfCheck => ({
  name: 'policy',
  shows: 'the policy in force denies under the emergency stop, without approvers, and to whoever requested',
  look: async () => {
    const { policy } = await app.configuration.of(tenantId)
    const now = app.clock.now()
    const wrong = [
      ...(denies(policy.document, now, { emergencyStop: true }, 'emergency_stop')
        ? []
        : ['the emergency stop did not deny']),
      ...(denies(policy.document, now, { approverRoles: [] }, 'quorum')
        ? []
        : ['an empty list of approvers did not deny']),
      ...(refusesOneself(now) ? [] : ['whoever requested could approve']),
    ]
    return wrong.length === 0
      ? passes(`version ${policy.digest.slice(0, 12)} denies what nothing may allow`)
      : fails(wrong.join('; '), 'Stop everything with /heal stop, and go back to the last release.')
  },
})

const denies = (
  document: PolicyDocument,
  now: Temporal.Instant,
  when: Partial<PolicyCase['when']>,
  code: 'emergency_stop' | 'quorum',
): boolean => {
  const { verdict } = runPolicyCase(
    document,
    PolicyCase.parse({
      name: 'self-test',
      when: { now: now.toString(), service: 'self-test', playbook: 'self-test', impact: 'low', ...when },
      expect: { outcome: 'deny' },
    }),
  )
  return verdict.outcome === 'deny' && verdict.reasons.some((reason) => reason.code === code)
}

const refusesOneself = (now: Temporal.Instant): boolean => {
  const oneself = { id: 'person_self-test', name: 'Self-test', kind: 'human', roles: ['approver'] } as const
  const decided = decideApproval(
    {
      id: 'req-0',
      proposalId: 'prop-0',
      requesterId: oneself.id,
      status: 'pending',
      expiresAt: now.add({ hours: 1 }),
      version: 1,
      quorum: 1,
      approverRoles: ['approver'],
      requiredRoles: [],
      requiredGroups: [],
    },
    oneself,
    'approve',
    { now, votes: [], groups: [] },
  )
  return isRejection(decided) && decided.code === 'separation_of_duties'
}
