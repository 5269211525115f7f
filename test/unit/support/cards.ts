import type { Block, Card, CardAction, Span } from '../../../src/domain/card.ts'
import type { Verdict } from '../../../src/domain/policy/verdict.ts'
import type { Proposal } from '../../../src/domain/proposal.ts'
import type { ProposalCardInput } from '../../../src/message/proposal-card.ts'

/** Builders of card inputs, and ways to look into a card. */

export const aProposal = (over: Partial<Proposal> = {}): Proposal => ({
  playbook: 'restart-service',
  playbookVersion: 1,
  playbookTitle: 'Restart the service',
  service: 'checkout',
  diagnosisCode: 'service_down',
  likelihood: 0.8,
  parameters: {},
  targets: ['checkout-1', 'checkout-2'],
  impact: 'medium',
  reason: 'Service down is 80 % likely. checkout did not answer in time.',
  odds: { worked: 7, tried: 9, low: 0.45, high: 0.94, score: 0.7 },
  selfRecovery: { recovered: 3, of: 10 },
  expectedMs: 30_000,
  dependents: ['shop'],
  plan: [
    { id: 'restart', title: 'Restart the service', action: 'restart_service', parameters: {}, undo: null },
  ],
  ...over,
})

export const aVerdict = (over: Partial<Verdict> = {}): Verdict => ({
  outcome: 'require_approval',
  needsRequester: true,
  quorum: 1,
  approverRoles: ['approver'],
  requiredRoles: [],
  requiredGroups: [],
  reasons: [],
  ...over,
})

export const aProposalCard = (over: Partial<ProposalCardInput> = {}): ProposalCardInput => ({
  id: 'prop-7',
  incidentId: 'inc-42',
  proposal: aProposal(),
  verdict: aVerdict(),
  state: { kind: 'open' },
  tokens: { request: 'token-request', approve: 'token-approve', reject: 'token-reject' },
  ...over,
})

export const spansOf = (card: Card): Span[] =>
  card.blocks.flatMap((block: Block): readonly Span[] => {
    switch (block.kind) {
      case 'text':
      case 'context':
        return block.text
      case 'fields':
        return block.fields.flatMap((field) => field.value)
      case 'steps':
      case 'chart':
      case 'actions':
        return []
    }
  })

export const actionsOf = (card: Card): CardAction[] =>
  card.blocks.flatMap((block) => (block.kind === 'actions' ? [...block.actions] : []))
