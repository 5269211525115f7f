import { type Diagnosis, type Hypothesis, triageCodes } from './diagnosis.ts'
import { badDeploy } from './triage/bad-deploy.ts'
import { elevatedErrors } from './triage/elevated-errors.ts'
import type { TriageFacts, TriageRule } from './triage/facts.ts'
import { generalDegradation } from './triage/general-degradation.ts'
import { latencySpike } from './triage/latency-spike.ts'
import { saturation } from './triage/saturation.ts'
import { serviceDown } from './triage/service-down.ts'
import { viewOf } from './triage/view.ts'

export const triageRules: readonly TriageRule[] = [
  serviceDown,
  latencySpike,
  elevatedErrors,
  generalDegradation,
  saturation,
  badDeploy,
]

/** Every rule that has anything to say becomes a hypothesis; their weights are normalised to sum 1. Never empty. */
export const diagnose = (facts: TriageFacts): Diagnosis => {
  const view = viewOf(facts)
  const findings = triageRules
    .map((rule) => ({ code: rule.code, ...rule.judge(view) }))
    .filter((finding) => finding.weight > 0)
  const total = findings.reduce((sum, finding) => sum + finding.weight, 0)
  return {
    hypotheses: findings
      .map(
        ({ code, weight, evidenceFor, evidenceAgainst, hints }): Hypothesis => ({
          code,
          likelihood: weight / total,
          evidenceFor,
          evidenceAgainst,
          hints,
        }),
      )
      .sort(
        (one, other) =>
          other.likelihood - one.likelihood ||
          triageCodes.indexOf(one.code) - triageCodes.indexOf(other.code),
      ),
  }
}
