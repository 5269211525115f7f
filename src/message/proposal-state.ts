import { type CardAction, code, type Text, type Tone, time } from '../domain/card.ts'
import type { Verdict } from '../domain/policy/verdict.ts'
import type { Proposal } from '../domain/proposal.ts'
import { counted, type Named, people, text, who } from './words.ts'

/** Where a proposal stands, in words, and which buttons make sense there. */

export type ProposalState =
  /** Nobody has asked for it yet. */
  | { readonly kind: 'open' }
  | {
      readonly kind: 'waiting'
      readonly requestedBy: Named
      readonly approvedBy: readonly Named[]
      readonly quorum: number
      readonly expiresAt: Temporal.Instant
    }
  | {
      readonly kind: 'approved'
      readonly requestedBy: Named
      /** Empty when policy allowed it without a person. */
      readonly approvedBy: readonly Named[]
      readonly runId: string
    }
  | {
      readonly kind: 'rejected'
      readonly requestedBy: Named
      readonly rejectedBy: Named
      readonly reason: string
    }
  | { readonly kind: 'expired'; readonly requestedBy: Named; readonly expiresAt: Temporal.Instant }
  /** Taken back, or no longer needed; `why` is a whole sentence. */
  | { readonly kind: 'withdrawn'; readonly why: string }

export interface ProposalTokens {
  readonly request?: string
  readonly approve?: string
  readonly reject?: string
}

interface Shown {
  readonly status: string
  readonly tone: Tone
  readonly line: Text
}

export const proposalStatus = (state: ProposalState, verdict: Verdict): Shown => {
  switch (state.kind) {
    case 'open':
      return verdict.outcome === 'deny'
        ? {
            status: 'Not allowed now',
            tone: 'bad',
            line: text('The reasons are above.'),
          }
        : {
            status: 'Proposed',
            tone: 'info',
            line: text(
              verdict.outcome === 'allow'
                ? 'A responder may request it; policy asks for no approval.'
                : 'A responder presses Request, then somebody else with an approver role presses Approve.',
            ),
          }
    case 'waiting': {
      const left = Math.max(0, state.quorum - state.approvedBy.length)
      return {
        status: 'Waiting for approval',
        tone: 'warning',
        line: text(
          'Requested by ',
          who(state.requestedBy),
          state.approvedBy.length === 0 ? '' : text(', approved by ', people(state.approvedBy)),
          `. ${counted(left, 'approval')} still needed, until `,
          time(state.expiresAt),
          '.',
        ),
      }
    }
    case 'approved':
      return {
        status: 'Approved',
        tone: 'good',
        line: text(
          'Requested by ',
          who(state.requestedBy),
          state.approvedBy.length === 0
            ? '; policy asks for no approval. It runs as '
            : text(', approved by ', people(state.approvedBy), '. It runs as '),
          code(state.runId),
          '.',
        ),
      }
    case 'rejected':
      return {
        status: 'Rejected',
        tone: 'bad',
        line: text(
          'Rejected by ',
          who(state.rejectedBy),
          state.reason === '' ? '' : `: “${state.reason}”`,
          '. It was requested by ',
          who(state.requestedBy),
          '.',
        ),
      }
    case 'expired':
      return {
        status: 'Expired',
        tone: 'neutral',
        line: text(
          'Requested by ',
          who(state.requestedBy),
          '; nobody decided before ',
          time(state.expiresAt),
          '. Request it again if it is still needed.',
        ),
      }
    case 'withdrawn':
      return { status: 'Withdrawn', tone: 'neutral', line: text(state.why) }
  }
}

/** Only what can still be done; once decided the buttons are gone and the line above says the outcome. */
export const proposalActions = (
  state: ProposalState,
  tokens: ProposalTokens,
  proposal: Proposal,
): CardAction[] => {
  const actions: CardAction[] = []
  const waiting = state.kind === 'waiting'
  if (state.kind === 'open' && tokens.request !== undefined)
    actions.push({ token: tokens.request, label: 'Request', style: 'primary' })
  if (waiting && tokens.approve !== undefined)
    actions.push({ token: tokens.approve, label: 'Approve', style: 'primary' })
  if (waiting && tokens.reject !== undefined)
    actions.push({
      token: tokens.reject,
      label: 'Reject',
      style: 'danger',
      prompt: { title: `Reject: ${proposal.playbookTitle}`, label: 'Why not?', required: true },
    })
  return actions
}
