import type { PolicyFacts } from './facts.ts'
import type { Ruling } from './verdict.ts'

/** One rule of policy: pure, and it can only make a verdict stricter. `allow` without a reason means: nothing to say. */
export type PolicyRule = (facts: PolicyFacts) => Ruling

export const noObjection: Ruling = { outcome: 'allow' }
