import { type Block, bold, type Card, type CardStep, code } from '../domain/card.ts'
import { valueInWords } from '../domain/plan.ts'
import type { Verdict } from '../domain/policy/verdict.ts'
import type { PlannedStep, Proposal } from '../domain/proposal.ts'
import { gateBefore, stagesOf, standsInWords, stepsOfStage } from '../domain/stages.ts'
import { approversInWords, callBlocks, planBlock, riskInWords, undoBlocks } from './plan-blocks.ts'
import { type ProposalState, type ProposalTokens, proposalActions, proposalStatus } from './proposal-state.ts'
import { counted, text } from './words.ts'

/** People are asked again in the middle of a playbook: what was done so far, what comes next, and what becomes of it otherwise. */

export interface GateCardInput {
  /** The run that waits for the answer, such as `run-8`. */
  readonly runId: string
  /** The run of the stage before. */
  readonly follows: string
  readonly incidentId: string
  readonly proposalId: string
  readonly proposal: Proposal
  /** The stage that begins here; 1 for the second. */
  readonly stage: number
  /** What was asked for. */
  readonly verdict: Verdict
  readonly state: Exclude<ProposalState, { kind: 'open' | 'blocked' }>
  /** How the steps and checks of the stage before went. */
  readonly done: readonly CardStep[]
  readonly tokens: Pick<ProposalTokens, 'approve' | 'reject'>
}

export const gateCard = (input: GateCardInput): Card => {
  const { proposal, stage, verdict, state, tokens, done } = input
  const stages = stagesOf(proposal.plan)
  const next = stepsOfStage(proposal.plan, stage)
  const { status, tone, line } = lineOf(state, verdict)
  const actions = proposalActions(state, tokens, proposal, [], verdict)
  const waiting = state.kind === 'waiting'
  const earlier = stages
    .slice(0, stage - 1)
    .flat()
    .map(({ title }): CardStep => ({ title, mark: 'succeeded', detail: 'done' }))
  const soFar = [...earlier, ...done]
  return {
    kind: 'proposal',
    title: gateBefore(proposal.plan, stage)?.title ?? 'Go on?',
    status,
    tone,
    severity: null,
    blocks: [
      {
        kind: 'text',
        text: text(
          bold(`Stage ${stage + 1} of ${stages.length}`),
          ` of ${proposal.playbookTitle} on ${proposal.service}. `,
          code(input.follows),
          ` is done and stands at its gate: it goes on only if people approve again.`,
        ),
      },
      {
        kind: 'steps',
        title: 'Done so far',
        steps: soFar,
        done: soFar.filter(({ mark }) => mark === 'succeeded').length,
        total: soFar.length,
      },
      planBlock(next.map(withoutGate), 'What comes next'),
      ...callBlocks(next),
      ...undoBlocks(next),
      ...(waiting ? [{ kind: 'fields' as const, fields: fieldsOf(input, next) }] : []),
      { kind: 'text', text: line, tone },
      ...endBlocks(input),
      ...(actions.length === 0 ? [] : [{ kind: 'actions' as const, actions }]),
      {
        kind: 'context',
        text: text([input.runId, `after ${input.follows}`, input.proposalId, input.incidentId].join(' · ')),
      },
    ],
  }
}

/** The card is the gate: its first step need not say that one comes. */
const withoutGate = ({ id, title, action, parameters, undo, calls }: PlannedStep): PlannedStep => ({
  id,
  title,
  action,
  parameters,
  undo,
  ...(calls === undefined ? {} : { calls }),
})

/** As of every request; only that what expired here is not simply asked for again. */
const lineOf = (state: GateCardInput['state'], verdict: Verdict) => {
  const shown = proposalStatus(state, verdict)
  return state.kind === 'expired'
    ? {
        ...shown,
        line: text('Nobody decided before ', { kind: 'time', at: state.expiresAt.toString() }, '.'),
      }
    : shown
}

const fieldsOf = ({ proposal, verdict, stage }: GateCardInput, next: Proposal['plan']) => [
  ...Object.entries(proposal.parameters).map(([label, value]) => ({
    label,
    value: [code(valueInWords(value))],
  })),
  {
    label: counted(proposal.targets.length, 'target'),
    value: text(...proposal.targets.flatMap((target, at) => [at === 0 ? '' : ', ', code(target)])),
  },
  { label: `Risk of stage ${stage + 1}`, value: text(riskInWords({ impact: proposal.impact, plan: next })) },
  { label: 'May approve', value: text(approversInWords(verdict)) },
]

/** What becomes of the stages before, before somebody presses Reject and after it has ended here. */
const endBlocks = ({ proposal, stage, state }: GateCardInput): Block[] => {
  if (state.kind === 'approved') return []
  const which = stage === 1 ? 'stage 1' : `stages 1 to ${stage}`
  return [
    {
      kind: 'text',
      text:
        state.kind === 'waiting'
          ? text(`Without an approval it ends here and a person takes over: nothing of ${which} is undone.`)
          : text(standsInWords(proposal.plan, stage)),
      ...(state.kind === 'waiting' ? {} : { tone: 'warning' as const }),
    },
  ]
}
