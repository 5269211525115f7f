import { type Role, roles } from '../person.ts'
import type { Rejection } from '../rejection.ts'
import { approvers } from './approvers.ts'
import { blastRadius } from './blast-radius.ts'
import { underGlass } from './break-glass.ts'
import { changeWindow } from './change-window.ts'
import { rulingOf } from './data-rule.ts'
import { distress } from './distress.ts'
import { duplicate } from './duplicate.ts'
import { emergencyStop } from './emergency-stop.ts'
import type { PolicyFacts } from './facts.ts'
import { freeze } from './freeze.ts'
import { maintenance } from './maintenance.ts'
import { mode } from './mode.ts'
import { precondition } from './precondition.ts'
import { proposalLimit } from './proposal-limit.ts'
import type { PolicyRule } from './rule.ts'
import { trustCore } from './trust-core.ts'
import { type Ruling, strictest, type Verdict, type VerdictOutcome, verdictOutcomes } from './verdict.ts'

/** In the order in which their reasons are told when they are equally strict. */
export const policyRules: readonly PolicyRule[] = [
  emergencyStop,
  freeze,
  changeWindow,
  precondition,
  mode,
  distress,
  approvers,
  blastRadius,
  trustCore,
  maintenance,
  proposalLimit,
  duplicate,
]

/** Asks every rule once and keeps the strictest of each part. The same facts always give the same verdict. */
export const evaluatePolicy = (facts: PolicyFacts): Verdict =>
  underGlass(foldRulings(facts.approverRoles, rulingsOf(facts)), facts)

/** What each rule has to say, before anything is folded or a broken glass lowers it. */
export const rulingsOf = (facts: PolicyFacts): Ruling[] => [
  ...policyRules.map((rule) => rule(facts)),
  ...facts.rules.map((rule) => rulingOf(rule)),
]

/** One more ruling can only make the verdict stricter: outcome and quorum rise, roles shrink, what is required and reasons are added. */
export const foldRulings = (approverRoles: readonly Role[], rulings: readonly Ruling[]): Verdict => ({
  outcome: rulings.reduce<VerdictOutcome>((outcome, ruling) => strictest(outcome, ruling.outcome), 'allow'),
  needsRequester: rulings.some((ruling) => ruling.needsRequester === true),
  quorum: rulings.reduce((quorum, ruling) => Math.max(quorum, ruling.quorum ?? 1), 1),
  approverRoles: roles.filter(
    (role) =>
      approverRoles.includes(role) &&
      rulings.every((ruling) => ruling.approverRoles === undefined || ruling.approverRoles.includes(role)),
  ),
  requiredRoles: roles.filter((role) =>
    rulings.some((ruling) => ruling.requiredRoles?.includes(role) === true),
  ),
  requiredGroups: [...new Set(rulings.flatMap((ruling) => ruling.requiredGroups ?? []))].sort(),
  reasons: reasonsOf(rulings),
})

const reasonsOf = (rulings: readonly Ruling[]): Rejection[] =>
  [...rulings]
    .sort((one, other) => strictness(other.outcome) - strictness(one.outcome))
    .flatMap((ruling) => (ruling.reason === undefined ? [] : [ruling.reason]))

const strictness = (outcome: VerdictOutcome): number => verdictOutcomes.indexOf(outcome)

/**
 * True when `now` asks for more than `before` did. A permit that was issued under `before` is refused only then. That
 * Suture needs a requester is not compared: whoever holds a permit has had one, or needed none.
 */
export const isStricter = (now: Verdict, before: Verdict): boolean =>
  strictness(now.outcome) > strictness(before.outcome) ||
  now.quorum > before.quorum ||
  before.approverRoles.some((role) => !now.approverRoles.includes(role)) ||
  now.requiredRoles.some((role) => !before.requiredRoles.includes(role)) ||
  now.requiredGroups.some((group) => !before.requiredGroups.includes(group))
