import { z } from 'zod'

/** Ranked hypotheses about what is wrong, each with the evidence for and against it. */

export const triageCodes = [
  'service_down',
  'latency_spike',
  'elevated_errors',
  'general_degradation',
  'saturation',
  'bad_deploy',
] as const
export const TriageCode = z.enum(triageCodes)
export type TriageCode = z.infer<typeof TriageCode>

export const triageTitles = {
  service_down: 'Service down',
  latency_spike: 'Latency spike',
  elevated_errors: 'Elevated errors',
  general_degradation: 'General degradation',
  saturation: 'Saturation',
  bad_deploy: 'Bad change',
} as const satisfies Record<TriageCode, string>

export interface Hypothesis {
  readonly code: TriageCode
  /** 0 to 1; the likelihoods of one diagnosis sum to 1. */
  readonly likelihood: number
  /** Sentences, each resting on one alert or one piece of evidence. */
  readonly evidenceFor: readonly string[]
  readonly evidenceAgainst: readonly string[]
  /** What the rules noticed that a playbook's parameters may be bound to, such as `flag` = `new-pricing`. */
  readonly hints: Readonly<Record<string, string>>
}

export interface Diagnosis {
  /** Most likely first; never empty: `general_degradation` is what is left. */
  readonly hypotheses: readonly Hypothesis[]
}
