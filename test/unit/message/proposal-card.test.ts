import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policyReasonCodes, reject } from '../../../src/domain/rejection.ts'
import { plainText } from '../../../src/message/plain-text.ts'
import { proposalCard } from '../../../src/message/proposal-card.ts'
import type { ProposalState, ProposalTokens } from '../../../src/message/proposal-state.ts'
import { actionsOf, aProposal, aProposalCard, aVerdict, spansOf } from '../support/cards.ts'
import { at } from '../support/evidence.ts'

const rosa = { id: 'p1', name: 'Rosa' }
const ada = { id: 'p2', name: 'Ada' }
const waiting = {
  kind: 'waiting',
  requestedBy: rosa,
  approvedBy: [],
  needed: { approvals: 2, roles: [], groups: [] },
  expiresAt: at(),
} satisfies ProposalState
const states: readonly [ProposalState, string, string[], string][] = [
  [
    { kind: 'open' },
    'Proposed',
    ['Request'],
    'A responder presses Request, then somebody else with an approver role presses Approve.',
  ],
  [
    waiting,
    'Waiting for approval',
    ['Approve', 'Reject'],
    'Requested by Rosa. 2 approvals still needed, until 2026-06-01T10:00:00Z.',
  ],
  [
    { ...waiting, approvedBy: [ada], needed: { ...waiting.needed, approvals: 1 } },
    'Waiting for approval',
    ['Approve', 'Reject'],
    'Requested by Rosa, approved by Ada. 1 approval still needed, until',
  ],
  [
    {
      ...waiting,
      approvedBy: [ada],
      needed: { approvals: 1, roles: ['override'], groups: ['dba'] },
    },
    'Waiting for approval',
    ['Approve', 'Reject'],
    '1 approval still needed, from somebody with the role override and somebody of the group dba, until',
  ],
  [
    { ...waiting, needed: { approvals: 2, roles: ['override'], groups: [] } },
    'Waiting for approval',
    ['Approve', 'Reject'],
    '2 approvals still needed, among them somebody with the role override, until',
  ],
  [
    { kind: 'approved', requestedBy: rosa, approvedBy: [ada], runId: 'run-7' },
    'Approved',
    [],
    'Requested by Rosa, approved by Ada. It runs as run-7.',
  ],
  [
    {
      kind: 'approved',
      requestedBy: { id: 'person_suture', name: 'Suture' },
      approvedBy: [],
      runId: 'run-7',
    },
    'Approved',
    [],
    'Requested by Suture; policy asks for no approval. It runs as run-7.',
  ],
  [
    { kind: 'rejected', requestedBy: rosa, rejectedBy: ada, reason: 'Not at noon' },
    'Rejected',
    [],
    'Rejected by Ada: “Not at noon”. It was requested by Rosa.',
  ],
  [
    { kind: 'expired', requestedBy: rosa, expiresAt: at() },
    'Expired',
    [],
    'nobody decided before 2026-06-01T10:00:00Z',
  ],
  [{ kind: 'withdrawn', why: 'The incident has resolved.' }, 'Withdrawn', [], 'The incident has resolved.'],
]

describe('the proposal card', () => {
  it('R8 shows the first call of each step word for word, how many more targets get it, and leaves the rest to the console', () => {
    const calls = ['one', 'two', 'three'].map((target) => ({
      target,
      call: `POST http://shop/${target} ${'x'.repeat(300)}`,
      undo: null,
    }))
    const step = (id: string) => ({
      id,
      title: id,
      action: 'restart_service',
      parameters: {},
      undo: 'Nothing to undo',
      calls,
    })
    const card = proposalCard(
      aProposalCard({ proposal: aProposal({ plan: 'abcdefgh'.split('').map(step) }) }),
    )
    const words = plainText(card)
    expect(words).toContain('POST http://shop/one xxx')
    expect(words).toContain('… and 2 more targets')
    expect(words).toContain('… and 2 more steps')
    expect(words).not.toContain('x'.repeat(200))
    const shown = spansOf(card).filter((span) => span.kind === 'code' && span.text.startsWith('POST'))
    expect(shown).toHaveLength(6)
  })

  it('D3 shows all: reason, odds, targets, risk, blast radius, duration, approvers, dry run, what cannot be undone', () => {
    expect(plainText(proposalCard(aProposalCard()))).toBe(
      [
        'Restart the service on checkout (Proposed)',
        'Service down is 80 % likely. checkout did not answer in time.',
        'Odds: 7 of 9 worked, 95 % interval 45-94 %; 3 of 10 such incidents recovered by themselves',
        'Targets: checkout-1, checkout-2',
        'Risk: medium impact, cannot be undone in full',
        'Depend on it: 1 service: shop',
        'Usually takes: 30 s',
        'May approve: anyone with the role approver, except who requested it',
        'What will be done (0 of 1)',
        '  [ ] Restart the service',
        'Cannot be undone: Restart the service.',
        'A responder presses Request, then somebody else with an approver role presses Approve.',
        '<Request>',
        'prop-7 · inc-42 · restart-service version 1',
      ].join('\n'),
    )
  })

  it('D3 parameters are shown with their titles, and an unknown blast radius is told', () => {
    const shown = plainText(
      proposalCard(
        aProposalCard({
          proposal: aProposal({ parameters: { flag: 'new-pricing', enabled: false }, dependents: null }),
          specs: { flag: { type: 'string', title: 'Feature flag', maxLength: 9 } },
          verdict: aVerdict({ quorum: 2, approverRoles: ['approver', 'admin'] }),
        }),
      ),
    )
    expect(shown).toContain('Feature flag: new-pricing\nenabled: no')
    expect(shown).toContain('Depend on it: unknown')
    expect(shown).toContain('May approve: 2 different people with the role approver or admin')
  })

  it.each(states)(
    'G8 in state %o the card says %s, and offers only what can still be done',
    (state, status, labels, line) => {
      const card = proposalCard(aProposalCard({ state }))
      expect(card.status).toBe(status)
      expect(actionsOf(card).map((action) => action.label)).toEqual(labels)
      expect(plainText(card)).toContain(line)
    },
  )

  it('G8 a rejection asks for a reason', () => {
    const [, rejection] = actionsOf(proposalCard(aProposalCard({ state: waiting })))
    expect(rejection).toMatchObject({ style: 'danger', prompt: { required: true } })
  })

  it('G9 a denied proposal says so and has no button without a token', () => {
    const card = proposalCard(aProposalCard({ verdict: aVerdict({ outcome: 'deny' }), tokens: {} }))
    expect([card.status, actionsOf(card)]).toEqual(['Not allowed now', []])
  })

  it('G9 where policy asks for no approval the card does not claim one is needed', () => {
    const shown = plainText(proposalCard(aProposalCard({ verdict: aVerdict({ outcome: 'allow' }) })))
    expect(shown).toContain('May approve: no approval needed')
    expect(shown).toContain('A responder may request it; policy asks for no approval.')
  })

  it('people who decided are mentioned, Suture is not', () => {
    const mentions = (state: ProposalState) =>
      spansOf(proposalCard(aProposalCard({ state }))).flatMap((span) =>
        span.kind === 'mention' ? [span.personId] : [],
      )
    expect(
      mentions({
        kind: 'approved',
        requestedBy: { id: 'person_suture', name: 'Suture' },
        approvedBy: [ada],
        runId: 'run-7',
      }),
    ).toEqual(['p2'])
  })

  it('D3 no reason, no risk and no possible action is ever left out, whatever the texts hold', () => {
    const sentence = fc.string({ minLength: 1, maxLength: 60 })
    const reason = fc
      .tuple(fc.constantFrom(...policyReasonCodes), sentence, sentence)
      .map(([code, detail, remedy]) => reject(code, detail, remedy))
    fc.assert(
      fc.property(
        fc.array(reason, { maxLength: 6 }),
        sentence,
        fc.constantFrom(...states),
        (reasons, title, [state, , labels]) => {
          const proposal = aProposal({
            reason: title,
            plan: [{ id: 'a', title, action: 'restart_service', parameters: {}, undo: null }],
          })
          const card = proposalCard(aProposalCard({ proposal, state, verdict: aVerdict({ reasons }) }))
          const shown = spansOf(card)
            .map((span) => ('text' in span ? span.text : ''))
            .join('\n')
          const undecided = state.kind === 'open' || state.kind === 'waiting'
          for (const { code, detail, remedy } of reasons) {
            expect(shown).toContain(detail)
            // Of the mode, the line of the state says how to go on; once decided there is no going on.
            if (undecided && code !== 'mode') expect(shown).toContain(remedy)
          }
          expect(plainText(card).includes('May approve')).toBe(undecided)
          expect(shown).toContain(title)
          expect(shown).toContain('Cannot be undone')
          expect(actionsOf(card).map((action) => action.label)).toEqual(labels)
          expect(spansOf(card).every((span) => span.kind !== 'link')).toBe(true)
        },
      ),
    )
  })
})

describe('the first button of a proposal', () => {
  const frozen = reject('freeze', 'checkout is frozen.', 'Request it again later.')
  const shown = (outcome: 'allow' | 'deny', tokens: ProposalTokens) =>
    actionsOf(
      proposalCard(
        aProposalCard({
          state: { kind: 'open' },
          verdict: aVerdict({ outcome, reasons: outcome === 'deny' ? [frozen] : [] }),
          tokens,
        }),
      ),
    ).map(({ label, style }) => `${label} ${style}`)

  it('G1 G2 is what works now: Request, else an override, else none but what takes the obstacle away', () => {
    const lift = { token: 'l', label: 'Lift frz-7', style: 'danger' as const }
    expect(shown('allow', { request: 'r' })).toEqual(['Request primary'])
    expect(shown('deny', { request: 'r', requestOverride: 'o' })).toEqual([
      'Ask for an override primary',
      'Request plain',
    ])
    expect(shown('deny', { request: 'r', waysOut: [lift] })).toEqual(['Request plain', 'Lift frz-7 danger'])
    expect(shown('deny', { request: 'r' })).toEqual(['Request plain'])
  })
})
