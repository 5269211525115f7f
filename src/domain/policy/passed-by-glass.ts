import type { PolicyReasonCode } from '../rejection.ts'
import { isOpenGlass } from './break-glass.ts'
import { evaluatePolicy, rulingsOf } from './evaluate.ts'
import type { PolicyFacts } from './facts.ts'

/** The layers that would stand in the way, were the glass whole; none where it is. Every run under it carries them. */
export const passedByGlass = (facts: PolicyFacts): PolicyReasonCode[] => {
  if (!isOpenGlass(facts)) return []
  const whole: PolicyFacts = { ...facts, breakGlass: { ...facts.breakGlass, active: null } }
  const refuses = deniedBy(facts)
  const lowered = evaluatePolicy(whole).quorum > evaluatePolicy(facts).quorum ? (['quorum'] as const) : []
  return [...new Set([...deniedBy(whole).filter((code) => !refuses.includes(code)), ...lowered])].sort()
}

const deniedBy = (facts: PolicyFacts): PolicyReasonCode[] =>
  rulingsOf(facts).flatMap(({ outcome, reason }) =>
    outcome === 'deny' && reason !== undefined ? [reason.code as PolicyReasonCode] : [],
  )
