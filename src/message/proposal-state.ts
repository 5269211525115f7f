import { type CardAction, code, type Text, type Tone, time } from '../domain/card.ts'
import type { FormField } from '../domain/form.ts'
import type { Verdict } from '../domain/policy/verdict.ts'
import type { Proposal } from '../domain/proposal.ts'
import { type Needed, whoElseInWords } from '../domain/quorum.ts'
import type { PolicyReasonCode } from '../domain/rejection.ts'
import { counted, type Named, people, text, who } from './words.ts'

/** Where a proposal stands, in words, and which buttons make sense there. */

export type ProposalState =
  /** Nobody has asked for it yet. */
  | { readonly kind: 'open' }
  | {
      readonly kind: 'waiting'
      readonly requestedBy: Named
      readonly approvedBy: readonly Named[]
      /** Who still has to approve. */
      readonly needed: Needed
      readonly expiresAt: Temporal.Instant
      /** Where the policy has shifts: who is on, and until when. They need not be among those who may approve. */
      readonly onShift?: readonly (Named & { readonly until: Temporal.Instant })[]
      readonly override?: OverrideAsked
    }
  | {
      readonly kind: 'approved'
      readonly requestedBy: Named
      /** Empty when policy allowed it without a person. */
      readonly approvedBy: readonly Named[]
      readonly runId: string
      readonly override?: OverrideAsked
    }
  | {
      readonly kind: 'rejected'
      readonly requestedBy: Named
      readonly rejectedBy: Named
      readonly reason: string
    }
  | { readonly kind: 'expired'; readonly requestedBy: Named; readonly expiresAt: Temporal.Instant }
  /** Policy let it pass when it was proposed or asked for, and not any more; `why` is whole sentences. It can be asked for again. */
  | { readonly kind: 'blocked'; readonly requestedBy: Named; readonly why: string }
  /** Taken back, or no longer needed; `why` is a whole sentence. */
  | { readonly kind: 'withdrawn'; readonly why: string }

/** It is to be let past what would refuse it, for its one run. */
export interface OverrideAsked {
  readonly layers: readonly PolicyReasonCode[]
  readonly reason: string
}

export interface ProposalTokens {
  readonly request?: string
  /** Only where policy refuses it now, and people may let it pass. */
  readonly requestOverride?: string
  /** Where policy refuses it now: buttons that take what stands in the way out of it. */
  readonly waysOut?: readonly CardAction[]
  /** Where it has parameters and may still be edited. */
  readonly edit?: string
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
    case 'waiting':
      return {
        status: state.override === undefined ? 'Waiting for approval' : 'Override: waiting for approval',
        tone: 'warning',
        line: text(
          'Requested by ',
          who(state.requestedBy),
          state.approvedBy.length === 0 ? '' : text(', approved by ', people(state.approvedBy)),
          `. ${neededInWords(state.needed)}, until `,
          time(state.expiresAt),
          '.',
          ...onShiftInWords(state.onShift ?? []),
        ),
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
          people([state.rejectedBy]),
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
    case 'blocked':
      return {
        status: 'Not allowed now',
        tone: 'bad',
        line: text(
          'Requested by ',
          who(state.requestedBy),
          ' and blocked. ',
          verdict.outcome === 'deny' ? 'The reasons are above.' : state.why,
        ),
      }
    case 'withdrawn':
      return { status: 'Withdrawn', tone: 'neutral', line: text(state.why) }
  }
}

const onShiftInWords = (on: readonly (Named & { readonly until: Temporal.Instant })[]): Text =>
  on.length === 0
    ? []
    : text(
        ' On shift: ',
        ...on.map((each, at) => text(at === 0 ? '' : ', ', who(each), ' until ', time(each.until))),
        '.',
      )

/** `1 approval still needed, from somebody with the role override` */
export const neededInWords = (needed: Needed): string => {
  const whoElse = whoElseInWords(needed)
  const left = `${counted(needed.approvals, 'approval')} still needed`
  if (whoElse === '') return left
  return needed.approvals === 1 ? `${left}, from ${whoElse}` : `${left}, among them ${whoElse}`
}

/** Only what can still be done; once decided the buttons are gone and the line above says the outcome. */
export const proposalActions = (
  state: ProposalState,
  tokens: ProposalTokens,
  proposal: Proposal,
  fields: readonly FormField[],
  verdict: Pick<Verdict, 'outcome'>,
): CardAction[] => {
  const actions: CardAction[] = []
  const waiting = state.kind === 'waiting'
  const toBeAsked = state.kind === 'open' || state.kind === 'blocked'
  // Where policy refuses a plain request now, the way past it comes first.
  const override = toBeAsked ? tokens.requestOverride : undefined
  if (override !== undefined)
    actions.push({
      token: override,
      label: 'Ask for an override',
      style: 'primary',
      prompt: overridePrompt(proposal),
    })
  if (toBeAsked && tokens.request !== undefined)
    actions.push({
      token: tokens.request,
      label: 'Request',
      // It stays where policy refuses it now: the hour that lets it pass draws no card anew.
      style: verdict.outcome === 'deny' ? 'plain' : 'primary',
    })
  if (toBeAsked) actions.push(...(tokens.waysOut ?? []))
  if (waiting && tokens.approve !== undefined)
    actions.push({
      token: tokens.approve,
      label: state.override === undefined ? 'Approve' : 'Approve the override',
      style: 'primary',
    })
  if (waiting && tokens.reject !== undefined)
    actions.push({
      token: tokens.reject,
      label: 'Reject',
      style: 'danger',
      prompt: rejectPrompt(proposal),
    })
  if (tokens.edit !== undefined && fields.length > 0)
    actions.push({ token: tokens.edit, label: 'Edit', style: 'plain', prompt: editPrompt(proposal, fields) })
  return actions
}

export const editPrompt = (
  { playbookTitle }: Pick<Proposal, 'playbookTitle'>,
  fields: readonly FormField[],
) => ({ title: `Edit: ${playbookTitle}`, label: 'Parameters', required: true, fields })

/** What asking for an override asks for before it is sent. */
export const overridePrompt = ({ playbookTitle }: Pick<Proposal, 'playbookTitle'>) => ({
  title: `Override: ${playbookTitle}`,
  label: 'Why can it not wait?',
  required: true,
})

/** What a rejection asks for before it is sent. */
export const rejectPrompt = ({ playbookTitle }: Pick<Proposal, 'playbookTitle'>) => ({
  title: `Reject: ${playbookTitle}`,
  label: 'Why not?',
  required: true,
})
