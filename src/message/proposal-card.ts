import { type ParameterSpecs } from '../domain/action.ts'
import { type Block, bold, type Card, type CardAction, code, type Text } from '../domain/card.ts'
import { fieldsOf as formFields } from '../domain/form.ts'
import { describeOdds } from '../domain/odds.ts'
import { expectation } from '../domain/parameters.ts'
import { valueInWords } from '../domain/plan.ts'
import type { Verdict } from '../domain/policy/verdict.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { Rejection } from '../domain/rejection.ts'
import { stagesOf } from '../domain/stages.ts'
import { approversInWords, callBlocks, planBlock, riskInWords, undoBlocks } from './plan-blocks.ts'
import { type ProposalState, type ProposalTokens, proposalActions, proposalStatus } from './proposal-state.ts'
import { counted, durationInWords, listInWords, text, who } from './words.ts'

/** Everything somebody should know before they press Request or Approve. What they approve is exactly what is shown. */

export interface ProposalCardInput {
  /** Such as `prop-7`. */
  readonly id: string
  readonly incidentId: string
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
  const actions: readonly CardAction[] = proposalActions(
    state,
    tokens,
    proposal,
    formFields(input.specs ?? {}, proposal.parameters, expectation),
    verdict,
  )
  return {
    kind: 'proposal',
    title: `${proposal.playbookTitle} on ${proposal.service}`,
    status,
    tone,
    severity: null,
    blocks: [
      { kind: 'text', text: text(proposal.reason) },
      ...editedBlocks(proposal),
      { kind: 'fields', fields: fieldsOf(input) },
      planBlock(proposal.plan, planTitle(proposal)),
      ...callBlocks(proposal.plan),
      ...undoBlocks(proposal.plan),
      ...verdict.reasons.map((reason): Block => ({ kind: 'text', text: text(reasonInWords(reason, input)) })),
      ...overrideBlocks(state),
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

const editedBlocks = ({ edited }: Proposal): Block[] =>
  edited === undefined
    ? []
    : [
        {
          kind: 'text',
          text: text(
            bold('Edited by '),
            who(edited.by),
            ': ',
            ...edited.changes.flatMap(({ title, from, to }, at) => [
              `${at === 0 ? '' : '; '}${title} `,
              code(to),
              ' instead of ',
              code(from),
            ]),
            '. Votes for what was proposed before do not count for this, and the odds are those of other values.',
          ),
        },
      ]

/** Whoever approves an override decides by its reason, so it stands right above the buttons. */
const overrideBlocks = (state: ProposalState): Block[] => {
  if ((state.kind !== 'waiting' && state.kind !== 'approved') || state.override === undefined) return []
  const { layers, reason } = state.override
  return [
    {
      kind: 'text',
      text: text(
        bold(`Override of the ${listInWords(layers.map((layer) => layer.replaceAll('_', ' ')))}: `),
        `“${reason}” It holds for this one run, once.`,
      ),
      tone: 'warning',
    },
  ]
}

const planTitle = ({ plan }: Proposal): string => {
  const stages = stagesOf(plan).length
  return stages < 2 ? 'What will be done' : `What will be done, in ${stages} stages`
}

const isUndecided = ({ kind }: ProposalState): boolean =>
  kind === 'open' || kind === 'blocked' || kind === 'waiting'

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

const dependentsInWords = (dependents: Proposal['dependents']): string => {
  if (dependents === null) return 'unknown: the catalogue does not know this service'
  if (dependents.length === 0) return 'no other service'
  return `${counted(dependents.length, 'service')}: ${dependents.join(', ')}`
}
