import { type ParameterSpecs } from '../domain/action.ts'
import type { Severity } from '../domain/alert.ts'
import { type Block, bold, type Card, type CardAction, code, type Text } from '../domain/card.ts'
import { describeOdds } from '../domain/odds.ts'
import { isIrreversible, valueInWords } from '../domain/plan.ts'
import type { Verdict } from '../domain/policy/verdict.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { Rejection } from '../domain/rejection.ts'
import { type ProposalState, type ProposalTokens, proposalActions, proposalStatus } from './proposal-state.ts'
import { counted, durationInWords, listInWords, text } from './words.ts'

/** Everything somebody should know before they press Request or Approve. What they approve is exactly what is shown. */

export interface ProposalCardInput {
  /** Such as `prop-7`. */
  readonly id: string
  readonly incidentId: string
  readonly severity: Severity
  readonly proposal: Proposal
  readonly verdict: Verdict
  readonly state: ProposalState
  readonly tokens: ProposalTokens
  /** For the titles of the parameters; their names are shown without it. */
  readonly specs?: ParameterSpecs
}

export const proposalCard = (input: ProposalCardInput): Card => {
  const { proposal, verdict, state, tokens } = input
  const { status, tone, line } = proposalStatus(state, verdict)
  const actions: readonly CardAction[] = proposalActions(state, tokens, proposal)
  return {
    kind: 'proposal',
    title: `${proposal.playbookTitle} on ${proposal.service}`,
    status,
    tone,
    severity: input.severity,
    blocks: [
      { kind: 'text', text: text(proposal.reason) },
      { kind: 'fields', fields: fieldsOf(input) },
      planBlock(proposal),
      ...undoBlocks(proposal),
      ...verdict.reasons.map((reason): Block => ({ kind: 'text', text: text(reasonInWords(reason, input)) })),
      { kind: 'text', text: line, tone },
      ...(actions.length === 0 ? [] : [{ kind: 'actions' as const, actions }]),
      {
        kind: 'context',
        text: text(
          `${input.id} · ${input.incidentId} · ${proposal.playbook} version ${proposal.playbookVersion}`,
        ),
      },
    ],
  }
}

const fieldsOf = ({
  proposal,
  verdict,
  state,
  specs,
}: ProposalCardInput): { label: string; value: Text }[] => [
  { label: 'Odds', value: text(oddsInWords(proposal)) },
  ...Object.entries(proposal.parameters).map(([name, value]) => ({
    label: (specs !== undefined && Object.hasOwn(specs, name) ? specs[name]?.title : undefined) ?? name,
    value: [code(valueInWords(value))],
  })),
  {
    label: proposal.targets.length === 1 ? 'Target' : 'Targets',
    value: text(...proposal.targets.flatMap((target, index) => [index === 0 ? '' : ', ', code(target)])),
  },
  { label: 'Risk', value: text(riskInWords(proposal)) },
  { label: 'Depend on it', value: text(dependentsInWords(proposal.dependents)) },
  { label: 'Usually takes', value: text(durationInWords(proposal.expectedMs)) },
  ...(isUndecided(state) ? [{ label: 'May approve', value: text(approversInWords(verdict)) }] : []),
]

const isUndecided = ({ kind }: ProposalState): boolean => kind === 'open' || kind === 'waiting'

/** How to go on is said only while somebody can; what the mode asks for, the line of the state says in its own words. */
const reasonInWords = ({ code, detail, remedy }: Rejection, { state, verdict }: ProposalCardInput): string =>
  isUndecided(state) && !(code === 'mode' && verdict.outcome === 'require_approval')
    ? `${detail} ${remedy}`
    : detail

/** `7 of 9 worked, 95 % interval 45-94 %; 3 of 10 such incidents recovered by themselves` */
const oddsInWords = ({ odds, selfRecovery }: Proposal): string =>
  [
    describeOdds(odds),
    ...(selfRecovery.of > 0
      ? [`${selfRecovery.recovered} of ${counted(selfRecovery.of, 'such incident')} recovered by themselves`]
      : []),
  ].join('; ')

const riskInWords = ({ impact, plan }: Proposal): string =>
  `${impact} impact, ${isIrreversible(plan) ? 'cannot be undone in full' : 'can be undone'}`

const dependentsInWords = (dependents: Proposal['dependents']): string => {
  if (dependents === null) return 'unknown: the catalogue does not know this service'
  if (dependents.length === 0) return 'no other service'
  return `${counted(dependents.length, 'service')}: ${dependents.join(', ')}`
}

const approversInWords = ({ outcome, quorum, approverRoles }: Verdict): string => {
  if (outcome === 'allow') return 'no approval needed'
  if (approverRoles.length === 0) return 'nobody: no role is named'
  const roles = listInWords(approverRoles, 'or')
  return quorum === 1
    ? `anyone with the role ${roles}, except who requested it`
    : `${quorum} different people with the role ${roles}, except who requested it`
}

const planBlock = ({ plan }: Proposal): Block => ({
  kind: 'steps',
  title: 'What will be done',
  steps: plan.map((step) => ({
    title: step.title,
    mark: 'waiting',
    // What cannot be undone is told below, by its own name.
    detail: step.undo === null || step.undo === 'Nothing to undo' ? '' : `undone by: ${step.undo}`,
  })),
  done: 0,
  total: plan.length,
})

const undoBlocks = ({ plan }: Proposal): Block[] => {
  const final = plan.filter((step) => step.undo === null)
  if (final.length === 0) return []
  return [
    {
      kind: 'text',
      text: [bold('Cannot be undone: '), ...text(listInWords(final.map((step) => step.title)), '.')],
      tone: 'warning',
    },
  ]
}
