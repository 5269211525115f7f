import { reject } from '../rejection.ts'
import type { Mode, PolicyFacts } from './facts.ts'
import { type PolicyRule } from './rule.ts'
import type { Ruling } from './verdict.ts'

/** Below this, Suture does not trust its own diagnosis and odds enough to act alone. */
export const autoConfidence = 0.7

/** How far Suture may go by itself. Each mode is stricter than the one below it. */
export const mode: PolicyRule = (facts) => {
  const rule = Object.hasOwn(modeRules, facts.mode) ? modeRules[facts.mode] : unknownMode
  return rule(facts)
}

const saw = (facts: PolicyFacts) => ({ facts: { mode: facts.mode, service: facts.service } })

const modeRules: Readonly<Record<Mode, PolicyRule>> = {
  auto: (facts) => auto(facts),
  approve: (facts) => ({
    outcome: 'require_approval',
    reason: reject(
      'mode',
      `Mode approve on ${facts.service}: a person approves before anything runs.`,
      'Somebody with an approver role presses Approve.',
      saw(facts),
    ),
  }),
  propose: (facts) => ({
    outcome: 'require_approval',
    needsRequester: true,
    reason: reject(
      'mode',
      `Mode propose on ${facts.service}: one person requests, another approves.`,
      'A responder presses Request, then somebody else with an approver role presses Approve.',
      saw(facts),
    ),
  }),
  observe: (facts) => ({
    outcome: 'deny',
    needsRequester: true,
    reason: reject(
      'mode',
      `Mode observe on ${facts.service}: Suture records and proposes nothing.`,
      'Heal it by hand, or an admin sets the mode to propose.',
      saw(facts),
    ),
  }),
}

const auto = (facts: PolicyFacts): Ruling => {
  const limits: string[] = []
  if (facts.impact !== 'low' && facts.impact !== 'medium') limits.push(`its impact is ${facts.impact}`)
  if (!(facts.confidence >= autoConfidence && facts.confidence <= 1))
    limits.push(`the confidence is ${inWords(facts.confidence)}, below ${autoConfidence}`)
  if (limits.length === 0) return { outcome: 'allow' }
  return {
    outcome: 'require_approval',
    reason: reject(
      'mode',
      `Mode auto on ${facts.service} does not cover ${facts.playbook}: ${limits.join(' and ')}.`,
      'Somebody with an approver role presses Approve.',
      {
        facts: {
          ...saw(facts).facts,
          impact: facts.impact,
          confidence: Number.isFinite(facts.confidence) ? facts.confidence : null,
        },
      },
    ),
  }
}

const unknownMode: PolicyRule = (facts) => ({
  outcome: 'deny',
  needsRequester: true,
  reason: reject(
    'mode',
    `The mode “${String(facts.mode)}” on ${facts.service} is unknown, so nothing may run.`,
    'An admin sets the mode to observe, propose, approve or auto.',
    saw(facts),
  ),
})

const inWords = (confidence: number): string =>
  Number.isFinite(confidence) ? confidence.toFixed(2) : 'unknown'
