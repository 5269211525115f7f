import { reject } from '../rejection.ts'
import { isOpenGlass } from './break-glass.ts'
import { modeOfRules } from './data-rule.ts'
import { setForInWords } from './effective-mode.ts'
import type { PolicyFacts } from './facts.ts'
import { type Mode, strictestMode } from './modes.ts'
import { type PolicyRule } from './rule.ts'
import type { Ruling } from './verdict.ts'

/** Below this, Suture does not trust its own diagnosis and odds enough to act alone. */
export const autoConfidence = 0.7

/** How far Suture may go by itself. Each mode is stricter than the one below it. */
export const mode: PolicyRule = (given) => {
  if (!Object.hasOwn(modeRules, given.mode)) return unknownMode(given)
  const held = [
    ...(given.breakGlass.unreviewed === null ? [] : [unreviewedMode]),
    ...[modeOfRules(given.rules)].filter((most) => most !== null),
  ].reduce(strictestMode, given.mode)
  // What was set does not explain a mode that something else made stricter.
  const facts = held === given.mode ? given : { ...given, mode: held, modeBy: [] }
  return modeRules[facts.mode](facts)
}

/** At most this after a broken glass, until somebody has looked at what was done. */
export const unreviewedMode: Mode = 'propose'

const saw = (facts: PolicyFacts) => ({
  facts: {
    mode: facts.mode,
    service: facts.service,
    ...(isLowered(facts) ? { unreviewed: facts.breakGlass.unreviewed } : {}),
  },
})

const isLowered = ({ mode: held, breakGlass }: PolicyFacts): boolean =>
  held === unreviewedMode && breakGlass.unreviewed !== null

/** `Mode propose on checkout (set for the playbook restart)`, and why where a broken glass waits for its review. */
const holds = (facts: PolicyFacts): string =>
  `Mode ${facts.mode} on ${facts.service}${
    isLowered(facts)
      ? ` (until somebody reviews ${facts.breakGlass.unreviewed})`
      : setForInWords(facts.modeBy)
  }`

/** What Suture asked for by itself while it might does not stand for a person's request; behind a broken glass one is enough. */
const asksAlone = (facts: PolicyFacts): boolean =>
  facts.moment === 'decide' && facts.requesterId === null && !isOpenGlass(facts)

const modeRules: Readonly<Record<Mode, PolicyRule>> = {
  auto: (facts) => auto(facts),
  approve: (facts) => ({
    outcome: 'require_approval',
    reason: reject(
      'mode',
      `${holds(facts)}: a person approves before anything runs.`,
      'Somebody with an approver role presses Approve.',
      saw(facts),
    ),
  }),
  propose: (facts) => {
    const refused = asksAlone(facts)
    return {
      outcome: refused ? 'deny' : 'require_approval',
      needsRequester: true,
      reason: reject(
        'mode',
        `${holds(facts)}: one person requests, another approves.`,
        refused
          ? 'Cancel what Suture asked for; then a responder presses Request, and somebody else approves.'
          : 'A responder presses Request, then somebody else with an approver role presses Approve.',
        saw(facts),
      ),
    }
  },
  observe: (facts) => ({
    outcome: 'deny',
    needsRequester: true,
    reason: reject(
      'mode',
      `${holds(facts)}: Suture records and proposes nothing.`,
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
  if (facts.edited) limits.push('somebody edited its values, which the odds know nothing of')
  if (limits.length === 0) return { outcome: 'allow' }
  return {
    outcome: 'require_approval',
    reason: reject(
      'mode',
      `${holds(facts)} does not cover ${facts.playbook}: ${limits.join(' and ')}.`,
      'Somebody with an approver role presses Approve.',
      {
        facts: {
          ...saw(facts).facts,
          impact: facts.impact,
          ...(facts.edited ? { edited: true } : {}),
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
