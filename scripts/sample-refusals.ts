import { changeWindow } from '../src/domain/policy/change-window.ts'
import { defaultPolicy } from '../src/domain/policy/document.ts'
import { nothingKnown, type PolicyFacts } from '../src/domain/policy/facts.ts'
import { freeze } from '../src/domain/policy/freeze.ts'
import type { PolicyRule } from '../src/domain/policy/rule.ts'
import { type Rejection, reject, rejectionTable } from '../src/domain/rejection.ts'
import { overridePrompt } from '../src/message/proposal-state.ts'
import { toldRefusal } from '../src/message/refusal-card.ts'

/** What the rules themselves say to a person who presses Request at 3 in the night. */

const at = Temporal.Instant.from('2026-11-22T02:11:00Z')

const facts: PolicyFacts = {
  ...nothingKnown,
  moment: 'request',
  now: at,
  mode: 'approve',
  emergencyStop: false,
  incidentStatus: 'open',
  service: 'checkout',
  timeZone: 'Europe/Berlin',
  playbook: 'restart-service',
  impact: 'medium',
  targets: ['checkout-1', 'checkout-2'],
  dependents: 2,
  irreversible: true,
  confidence: 0.63,
  approverRoles: ['approver'],
}

const reasonOf = (rule: PolicyRule, over: Partial<PolicyFacts>): Rejection => {
  const { reason } = rule({ ...facts, ...over })
  if (reason === undefined) throw new Error('the rule has no objection, so there is no refusal to show')
  return reason
}

const told = (rejection: Rejection, next: Parameters<typeof toldRefusal>[0]['next'] = []) =>
  toldRefusal({ ...rejection, title: rejectionTable[rejection.code].title, next })

export const sampleRefusals = {
  notice: told(
    reject(
      'separation_of_duties',
      'You asked for this run yourself, so somebody else must approve it.',
      'Ask Ben or Chloe to press Approve.',
    ),
  ),
  closed: told(
    reasonOf(changeWindow, {
      calendar: { ...nothingKnown.calendar, windows: defaultPolicy.windows, expectedMs: 30_000 },
    }),
    [
      {
        token: 'token-override',
        label: 'Ask for an override',
        style: 'primary',
        prompt: overridePrompt({ playbookTitle: 'Restart the service' }),
      },
    ],
  ),
  frozen: told(
    reasonOf(freeze, {
      calendar: {
        ...nothingKnown.calendar,
        freezes: [
          {
            id: 'frz-3',
            from: at.subtract({ hours: 9 }),
            to: at.add({ hours: 6 }),
            reason: 'the sale ends at eight',
            by: 'Chloe',
          },
        ],
      },
    }),
  ),
} as const
