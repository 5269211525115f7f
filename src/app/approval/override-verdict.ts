import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import type { PolicyFacts } from '../../domain/policy/facts.ts'
import type { Verdict } from '../../domain/policy/verdict.ts'
import { type PolicyReasonCode, policyReasonCodes, type Rejection, reject } from '../../domain/rejection.ts'

export interface Overridden {
  /** Asks for a person with the role override at least. */
  readonly verdict: Verdict
  /** The layers that the run would be let past; never empty. */
  readonly overrides: readonly PolicyReasonCode[]
}

/** What policy says once the layers that refuse it, and that people may lift, are lifted for this one run. */
export const overrideVerdict = (facts: PolicyFacts): Overridden | Rejection => {
  const refused = evaluatePolicy({ ...facts, overrides: [] })
  const layers = overridable(refused)
  if (refused.outcome !== 'deny')
    return reject(
      'invalid',
      'Policy refuses nothing here, so there is nothing to override.',
      'Request it: press Request, or type /heal request and its id.',
    )
  const verdict = evaluatePolicy({ ...facts, overrides: layers })
  const [reason] = verdict.reasons
  if (layers.length === 0 || verdict.outcome === 'deny')
    return reason ?? reject('mode', 'Policy refuses this, and no override lifts it.', 'Ask an admin.')
  return {
    verdict: {
      ...verdict,
      outcome: 'require_approval',
      requiredRoles: [...new Set([...verdict.requiredRoles, 'override' as const])],
    },
    overrides: layers,
  }
}

const overridable = ({ reasons }: Verdict): PolicyReasonCode[] => [
  ...new Set(
    reasons.flatMap(({ code, overridable: may }) => (may === true && isPolicyReason(code) ? [code] : [])),
  ),
]

const isPolicyReason = (code: string): code is PolicyReasonCode =>
  (policyReasonCodes as readonly string[]).includes(code)
