import { type ActionCatalogue, impactRank } from './action.ts'
import { type Considered, consider } from './consider.ts'
import { dependentsOf } from './dependents.ts'
import { type Diagnosis, type Hypothesis, type TriageCode, triageTitles } from './diagnosis.ts'
import { impactOf } from './plan.ts'
import type { Playbook } from './playbook.ts'
import type { Proposal } from './proposal.ts'
import {
  leastSelfRecoveries,
  oddsOf,
  type PlaybookHistory,
  posteriorMean,
  type SelfRecovery,
} from './score.ts'
import type { Catalogue, Service } from './service.ts'

/** From a diagnosis to ranked proposals. Pure: the same input gives the same proposals in the same order. */

export interface ProposeInput {
  readonly diagnosis: Diagnosis
  readonly service: Service
  readonly catalogue: Catalogue
  readonly actions: ActionCatalogue
  readonly playbooks: readonly Playbook[]
  readonly history: (playbook: string, code: TriageCode) => PlaybookHistory
  readonly selfRecovery: (code: TriageCode) => SelfRecovery
}

/** A hypothesis less likely than this is told, but nothing is proposed for it. */
export const leastLikelihood = 0.05

/** How much of its rank a playbook keeps when the diagnosis' hint is for another kind than it prefers. */
const otherKind = 0.5

interface Ranked {
  readonly proposal: Proposal
  /** Odds' score times likelihood, halved when the hint is for another kind. */
  readonly rank: number
  readonly mean: number
}

/** Best first, at most one per playbook: for the hypothesis under which it stands best. */
export const propose = (input: ProposeInput): Proposal[] =>
  input.playbooks
    .flatMap((playbook) => {
      const [best] = candidates(input, playbook).sort(betterFirst)
      return best === undefined ? [] : [best]
    })
    .sort(betterFirst)
    .map(({ proposal }) => proposal)

/** One sentence for the escalation card. To be asked when `propose` gave nothing, or when there was no service to propose for. */
export const whyNoProposal = (
  input: Omit<ProposeInput, 'service'> & { readonly service: Service | null },
): string => {
  const { service } = input
  if (service === null)
    return 'The alerts name no service of the catalogue, so Suture does not know what it could act on.'
  if (service.targets.length === 0)
    return `${service.name} has no targets in the catalogue, so there is nothing Suture could act on.`
  const fitting = hypothesesOf(input).flatMap((hypothesis) =>
    input.playbooks
      .filter((playbook) => playbook.diagnoses.includes(hypothesis.code))
      .map((playbook) => ({
        playbook,
        considered: consider(playbook, hypothesis.hints, service, input.actions),
      })),
  )
  if (fitting.length === 0) {
    const titles = hypothesesOf(input).map((each) => triageTitles[each.code].toLowerCase())
    return `No playbook is made for ${titles.join(' or ')}.`
  }
  const whys = new Set(
    fitting.flatMap(({ playbook, considered }) =>
      considered.fits ? [] : [`${playbook.name} is left out because ${considered.why}`],
    ),
  )
  return whys.size === 0 ? 'There are proposals.' : `No playbook can be carried out: ${[...whys].join('; ')}.`
}

const hypothesesOf = ({ diagnosis }: Pick<ProposeInput, 'diagnosis'>): Hypothesis[] =>
  diagnosis.hypotheses.filter((hypothesis) => hypothesis.likelihood >= leastLikelihood)

const candidates = (input: ProposeInput, playbook: Playbook): Ranked[] =>
  hypothesesOf(input)
    .filter((hypothesis) => playbook.diagnoses.includes(hypothesis.code))
    .flatMap((hypothesis) => {
      const considered = consider(playbook, hypothesis.hints, input.service, input.actions)
      return considered.fits ? [rankedProposal(input, playbook, hypothesis, considered)] : []
    })

const rankedProposal = (
  input: ProposeInput,
  playbook: Playbook,
  hypothesis: Hypothesis,
  considered: Extract<Considered, { fits: true }>,
): Ranked => {
  const { code, likelihood } = hypothesis
  const { service, catalogue } = input
  const history = input.history(playbook.name, code)
  const selfRecovery = input.selfRecovery(code)
  const odds = oddsOf(playbook.prior, history, selfRecovery)
  const known = catalogue.services.some((each) => each.name === service.name)
  return {
    rank: odds.score * likelihood * fit(playbook, hypothesis),
    mean: posteriorMean(playbook.prior, history),
    proposal: {
      playbook: playbook.name,
      playbookVersion: playbook.version,
      playbookTitle: playbook.title,
      service: service.name,
      diagnosisCode: code,
      likelihood,
      parameters: considered.parameters,
      targets: considered.targets,
      impact: impactOf(playbook, input.actions),
      reason: reasonOf(playbook, hypothesis, selfRecovery),
      odds,
      selfRecovery,
      expectedMs: history.medianMs ?? playbook.expectedDuration,
      dependents: known ? dependentsOf(catalogue, service.name) : null,
      plan: considered.plan,
    },
  }
}

const fit = (playbook: Playbook, hypothesis: Hypothesis): number =>
  otherHints(playbook, hypothesis).length > 0 ? otherKind : 1

/** Preferred hints that the diagnosis has with another value. */
const otherHints = ({ prefersHint }: Playbook, { hints }: Hypothesis): [string, string][] =>
  Object.entries(prefersHint).filter(([name, value]) => Object.hasOwn(hints, name) && hints[name] !== value)

/** `Service down is 71 % likely. checkout did not answer in time. Such incidents recovered by themselves 4 of 10 times.` */
const reasonOf = (playbook: Playbook, hypothesis: Hypothesis, { recovered, of }: SelfRecovery): string =>
  [
    `${triageTitles[hypothesis.code]} is ${Math.round(hypothesis.likelihood * 100)} % likely.`,
    ...hypothesis.evidenceFor.slice(0, 2),
    ...otherHints(playbook, hypothesis).map(
      ([name, value]) =>
        `It is made for ${name} of ${value}; the evidence points to ${hypothesis.hints[name]}, so it ranks lower.`,
    ),
    ...(of >= leastSelfRecoveries && recovered > 0
      ? [`Such incidents recovered by themselves ${recovered} of ${of} times.`]
      : []),
  ].join(' ')

/** Higher rank first; then what works more often, what hurts less, and the name, so that order is never left to chance. */
const betterFirst = (one: Ranked, other: Ranked): number =>
  other.rank - one.rank ||
  other.mean - one.mean ||
  impactRank(one.proposal.impact) - impactRank(other.proposal.impact) ||
  (one.proposal.playbook < other.proposal.playbook
    ? -1
    : one.proposal.playbook > other.proposal.playbook
      ? 1
      : 0)
