import type { FileProblem } from '../reading.ts'
import { quorumOf } from './approvers.ts'
import type { PolicyDocument } from './document.ts'

/** What the shape alone can't tell: that every part of the policy means something, and nothing in it contradicts itself. */

/** Every problem at once; empty when the policy may be in force. */
export const checkPolicy = (policy: PolicyDocument): FileProblem[] => [
  ...twice('windows', 'window', policy.windows),
  ...twice('freezes', 'freeze', policy.freezes),
  ...twice('holidays', 'list of holidays', policy.holidays),
  ...twice('shifts', 'shift', policy.shifts),
  ...twice('rules', 'rule', policy.rules),
  ...policy.holidays.flatMap(checkHolidays),
  ...checkApproval(policy.approval),
  ...checkLimits(policy),
  ...policy.rules.flatMap((rule, at) => checkRule(rule, at, policy.groups)),
]

const twice = (list: string, what: string, items: readonly { readonly id: string }[]): FileProblem[] =>
  items.flatMap(({ id }, at) =>
    items.findIndex((other) => other.id === id) === at
      ? []
      : [
          {
            path: [list, at, 'id'],
            problem: `the ${what} ${id} is declared twice`,
            remedy: 'Give each an id of its own: refusals name it.',
          },
        ],
  )

const checkHolidays = (
  { id, dates, calendar }: PolicyDocument['holidays'][number],
  at: number,
): FileProblem[] =>
  dates.length === 0 && calendar === undefined
    ? [
        {
          path: ['holidays', at],
          problem: `the holidays ${id} have no days`,
          remedy: 'List days below dates, or name an .ics file as calendar.',
        },
      ]
    : []

const checkApproval = ({ quorum, escalation }: PolicyDocument['approval']): FileProblem[] => [
  ...Object.entries(quorumOf).flatMap(([impact, least]) => {
    const asked = quorum[impact as keyof typeof quorum]
    return asked >= least
      ? []
      : [
          {
            path: ['approval', 'quorum', impact],
            problem: `a quorum of ${asked} for ${impact} impact is below ${least}, which always holds`,
            remedy: `Write ${least} or more, or leave it out.`,
          },
        ]
  }),
  ...escalation.flatMap(({ after }, at) => {
    const before = escalation[at - 1]
    return before === undefined || after > before.after
      ? []
      : [
          {
            path: ['approval', 'escalation', at, 'after'],
            problem: `step ${at + 1} of the escalation comes no later than the step before it`,
            remedy: 'Count every step from the request, each later than the last.',
          },
        ]
  }),
]

const checkLimits = ({ limits, trust }: PolicyDocument): FileProblem[] => [
  ...(limits.backOff.first > limits.backOff.most
    ? [
        {
          path: ['limits', 'backOff', 'first'],
          problem: 'the first back-off is longer than most, the longest there is',
          remedy: 'Shorten first, or lengthen most.',
        },
      ]
    : []),
  ...(trust.review > trust.deny
    ? [
        {
          path: ['trust', 'review'],
          problem: `review at ${trust.review} lies above deny at ${trust.deny}, so nothing would ever be reviewed`,
          remedy: 'Lower review, or raise deny.',
        },
      ]
    : []),
]

const checkRule = (
  { id, then }: PolicyDocument['rules'][number],
  at: number,
  groups: PolicyDocument['groups'],
): FileProblem[] => {
  const path = ['rules', at, 'then']
  if (Object.values(then).every((value) => value === undefined))
    return [
      {
        path,
        problem: `the rule ${id} says nothing`,
        remedy: 'Add mode, outcome, quorum, roles or groups below then, or remove the rule.',
      },
    ]
  return (then.groups ?? []).flatMap((group, position) =>
    Object.hasOwn(groups, group)
      ? []
      : [
          {
            path: [...path, 'groups', position],
            problem: `there is no group ${JSON.stringify(group)}`,
            remedy: `Declare it below groups, or use one of ${Object.keys(groups).join(', ') || 'none'}.`,
          },
        ],
  )
}
