import { type Impact, impacts } from '../action.ts'
import { wilson } from '../odds.ts'
import type { PolicyFacts } from './facts.ts'

/** What the risk of a proposal is reckoned from, besides what the proposal itself says. */
export interface TrustFacts {
  /** Honest history of this playbook on this diagnosis: everything that began and ended counts as tried. */
  readonly worked: number
  readonly tried: number
  /** How the last one on this service ended; null when there was none. */
  readonly lastEnded: 'worked' | 'failed' | null
  /** Approvals that look like a rubber stamp lately, by those who may approve this. */
  readonly rubberStamps: number
  /** Above this risk somebody must look. */
  readonly review: number
  /** Above this Suture requests nothing by itself. */
  readonly deny: number
}

export const noTrust: TrustFacts = {
  worked: 0,
  tried: 0,
  lastEnded: null,
  rubberStamps: 0,
  review: 1,
  deny: 1,
}

/**
 * The whole risk table, in hundredths: what adds to the risk, and how much at most. Everything at its worst is 100. Whole
 * numbers, so that the parts that a person reads add up to the sum they read.
 */
export const riskTable = {
  impact: { title: 'Impact', points: { low: 5, medium: 12, high: 26, critical: 40 } },
  undo: { title: 'Some step cannot be undone', points: 15 },
  confidence: { title: 'Doubt: what the confidence lacks of 1', most: 15 },
  dependents: { title: 'Services that depend on it', each: 2, most: 10 },
  history: { title: 'What the lower end of the odds lacks of 1', most: 12 },
  lastFailed: { title: 'The last run on the service did not heal it', points: 5 },
  rubberStamps: { title: 'Approvals that look like a rubber stamp', each: 1, most: 3 },
} as const

export type RiskPart = keyof typeof riskTable

export interface Risk {
  /** 0 to 1, in hundredths. */
  readonly risk: number
  /** What adds to it, in the order of the table; what adds nothing is left out. */
  readonly parts: readonly { readonly part: RiskPart; readonly points: number; readonly words: string }[]
}

export type RiskFacts = Pick<PolicyFacts, 'impact' | 'irreversible' | 'confidence' | 'dependents'> & {
  readonly trust: Pick<TrustFacts, 'worked' | 'tried' | 'lastEnded' | 'rubberStamps'>
}

/** What is not known, or makes no sense, counts as its worst. */
export const riskOf = (facts: RiskFacts): Risk => {
  const parts = [
    impactPart(facts.impact),
    undoPart(facts.irreversible),
    confidencePart(facts.confidence),
    dependentsPart(facts.dependents),
    historyPart(facts.trust),
    lastPart(facts.trust),
    stampsPart(facts.trust),
  ].filter(({ points }) => points > 0)
  return { risk: parts.reduce((sum, { points }) => sum + points, 0) / 100, parts }
}

type Part = Risk['parts'][number]

const impactPart = (impact: Impact): Part => {
  const { points } = riskTable.impact
  return {
    part: 'impact',
    points: impacts.includes(impact) ? points[impact] : points.critical,
    words: `impact ${String(impact)}`,
  }
}

const undoPart = (irreversible: boolean): Part => ({
  part: 'undo',
  points: irreversible === false ? 0 : riskTable.undo.points,
  words: 'cannot be undone',
})

const confidencePart = (confidence: number): Part => {
  const known = confidence >= 0 && confidence <= 1
  return {
    part: 'confidence',
    points: Math.round((known ? 1 - confidence : 1) * riskTable.confidence.most),
    words: `confidence ${known ? confidence.toFixed(2) : 'unknown'}`,
  }
}

const dependentsPart = (dependents: number | null): Part => {
  const { each, most } = riskTable.dependents
  const known = isCount(dependents)
  return {
    part: 'dependents',
    points: known ? Math.min(most, dependents * each) : most,
    words: known
      ? `${dependents} ${dependents === 1 ? 'service depends' : 'services depend'} on it`
      : 'unknown dependents',
  }
}

const historyPart = ({ worked, tried }: RiskFacts['trust']): Part => {
  const known = isCount(tried) && isCount(worked) && worked <= tried && tried > 0
  const lowest = known ? wilson(worked, tried).low : 0
  return {
    part: 'history',
    points: Math.round((1 - lowest) * riskTable.history.most),
    words: known ? `${worked} of ${tried} worked` : 'never tried',
  }
}

const lastPart = ({ lastEnded }: RiskFacts['trust']): Part => ({
  part: 'lastFailed',
  points: lastEnded === null || lastEnded === 'worked' ? 0 : riskTable.lastFailed.points,
  words: 'the last one failed',
})

const stampsPart = ({ rubberStamps }: RiskFacts['trust']): Part => {
  const { each, most } = riskTable.rubberStamps
  const known = isCount(rubberStamps)
  return {
    part: 'rubberStamps',
    points: known ? Math.min(most, rubberStamps * each) : most,
    words: known ? `${rubberStamps} rubber-stamped` : 'approvals that nobody can judge',
  }
}

const isCount = (value: number | null): value is number =>
  value !== null && Number.isInteger(value) && value >= 0
