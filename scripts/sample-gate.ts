import type { Card } from '../src/domain/card.ts'
import type { Proposal } from '../src/domain/proposal.ts'
import { gateCard } from '../src/message/gate-card.ts'
import type { Named } from '../src/message/words.ts'

/** The same proposal with a gate after its first step, where it is asked for again. */
export const sampleGate = (
  proposal: Proposal,
  { requestedBy, expiresAt }: { readonly requestedBy: Named; readonly expiresAt: Temporal.Instant },
): Card =>
  gateCard({
    runId: 'run-8',
    follows: 'run-7',
    incidentId: 'inc-42',
    proposalId: 'prop-7',
    proposal: {
      ...proposal,
      plan: proposal.plan.map((step, at) =>
        at === 1 ? { ...step, gate: { title: 'Is it out of the load balancer?', quorum: 2 } } : step,
      ),
    },
    stage: 1,
    verdict: {
      outcome: 'require_approval',
      needsRequester: false,
      quorum: 2,
      approverRoles: ['approver'],
      requiredRoles: [],
      requiredGroups: [],
      reasons: [],
    },
    state: {
      kind: 'waiting',
      requestedBy,
      approvedBy: [],
      needed: { approvals: 2, roles: [], groups: [] },
      expiresAt,
    },
    done: [{ title: proposal.plan[0]?.title ?? '', mark: 'succeeded', detail: 'done after 3 s' }],
    tokens: { approve: 'approve', reject: 'reject' },
  })
