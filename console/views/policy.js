import { get, problemOf } from '../api.js'
import { h } from '../dom.js'
import { icon } from '../icons.js'
import { problemBox, skeleton } from '../parts.js'
import { durationOf, timeOf } from '../time.js'
import { plural } from '../words.js'

/** The policy in force in plain words. It is changed in its file, never here. */
export function policyPanel({ changed }) {
  let policy = null
  let problem = null
  const load = async () => {
    try {
      policy = await get('/v1/policy')
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    changed()
  }
  const view = () =>
    h(
      'section.panel',
      { 'data-key': 'policy', 'aria-labelledby': 'policy-title' },
      h('h2', { id: 'policy-title' }, 'Policy'),
      problem && problemBox(problem, { retry: policy === null ? load : null }),
      policy === null && !problem && skeleton(4),
      policy && inForce(policy),
      policy?.problems.length > 0 && notInForce(policy.problems),
      policy?.warnings.map((each) => h('p.muted', { 'data-key': each }, `Mind: ${each}`)),
      policy && table(policy.document),
    )
  return { load, view }
}

const inForce = ({ digest, source, since }) =>
  digest === 'default'
    ? h(
        'p',
        { 'data-key': 'from' },
        'No policy file is named, so the default policy holds. To write one, name it in ',
        h('code', null, 'SUTURE_POLICY'),
        '; ',
        h('code', null, 'docs/policy.md'),
        ' shows how.',
      )
    : h(
        'p.muted',
        { 'data-key': 'from' },
        `${source}, in force since `,
        timeOf(since, 'clock'),
        ', version ',
        h('code', { title: digest }, digest.slice(0, 12)),
        '. It is changed in its file.',
      )

const notInForce = (problems) =>
  h(
    'div.problem.warning',
    { 'data-key': 'newer', role: 'status' },
    icon('alert'),
    h(
      'div.problem-body',
      null,
      h('strong', null, 'A newer file is not in force'),
      h('p', null, 'What holds is below, as before. Correct the file; it is read again by itself.'),
      problems.map((each) => h('p', null, each)),
    ),
  )

const table = (document) =>
  h(
    'div.table-wrap',
    { 'data-key': 'policy-table' },
    h(
      'table.table',
      null,
      h('caption.quiet', null, 'What the policy says'),
      h(
        'thead',
        null,
        h('tr', null, h('th', { scope: 'col' }, 'About'), h('th', { scope: 'col' }, 'What holds')),
      ),
      h(
        'tbody',
        null,
        rows(document).map(([about, lines]) =>
          h(
            'tr',
            { 'data-key': about },
            h('th', { scope: 'row' }, about),
            h(
              'td',
              null,
              lines.slice(0, most).map((line) => h('div', null, line)),
              lines.length > most && h('div.muted', null, `And ${lines.length - most} more in the file.`),
            ),
          ),
        ),
      ),
    ),
  )

/** A page has room for so many of a kind. */
const most = 12

const rows = ({
  windows,
  overrun,
  freezes,
  holidays,
  approval,
  limits,
  blastRadius,
  trust,
  groups,
  shifts,
  rules,
}) => [
  [
    'Change windows',
    windows.length === 0
      ? ['Always open.']
      : [
          ...windows.map(
            ({ id, match, days, from, to, timeZone }) =>
              `${id}: ${days.join(', ')} ${from}-${to}${zone(timeZone)}${forWhat(match)}.`,
          ),
          overrun === 'deny'
            ? 'What would not end in time is refused.'
            : 'What may not end in time is told beforehand.',
        ],
  ],
  [
    'Freezes',
    orNone(
      freezes.map(
        ({ id, match, from, to, timeZone, reason }) =>
          `${id}: ${local(from)} until ${local(to)}${zone(timeZone)}${forWhat(match)}: ${reason}`,
      ),
    ),
  ],
  [
    'Holidays',
    orNone(holidays.map(({ id, match, dates }) => `${id}: ${plural(dates.length, 'day')}${forWhat(match)}.`)),
  ],
  [
    'Approvals',
    [
      `People who must approve, by impact: ${Object.entries(approval.quorum)
        .map(([impact, people]) => `${impact} ${people}`)
        .join(', ')}.`,
      `A reminder after ${durationOf(approval.remindAfter)} without a decision.`,
      ...approval.escalation.map(
        ({ after, roles, channel }) =>
          `After ${durationOf(after)} also ${roles.join(' or ')}${channel ? ` in ${channel}` : ''}.`,
      ),
    ],
  ],
  [
    'Limits',
    [
      `${plural(limits.proposalsPerHour, 'proposal')} an hour for a service.`,
      `After a failure a wait of ${durationOf(limits.backOff.first)}, doubled up to ${durationOf(limits.backOff.most)}.`,
      `The same again within ${durationOf(limits.duplicateWithin)} is a duplicate.`,
    ],
  ],
  [
    'Blast radius',
    [
      `More than ${plural(blastRadius.auto, 'dependent service')}: a person decides.`,
      blastRadius.approve === null
        ? 'A person may decide for any number.'
        : `More than ${blastRadius.approve}: refused.`,
    ],
  ],
  [
    'Trust',
    [
      `A person looks from a risk of ${percent(trust.review)}; from ${percent(trust.deny)} Suture requests nothing by itself.`,
    ],
  ],
  [
    'Groups',
    orNone(Object.entries(groups).map(([name, ids]) => `${name}: ${plural(ids.length, 'person', 'people')}`)),
  ],
  [
    'Shifts',
    orNone(
      shifts.map(
        ({ id, match, people, every, at, timeZone }) =>
          `${id}: ${plural(people.length, 'turn')}, each ${every} at ${[at].flat().join(' and ')} (${timeZone})${forWhat(match)}.`,
      ),
    ),
  ],
  [
    'Rules',
    orNone(rules.map(({ id, match, then, reason }) => `${id}${forWhat(match)}: ${thenOf(then)}. ${reason}`)),
  ],
]

const orNone = (lines) => (lines.length === 0 ? ['None.'] : lines)
const percent = (share) => `${Math.round(share * 100)} %`
const local = (text) => text.replace('T', ' ')
const zone = (name) => (name === 'service' ? '' : ` (${name})`)

const forWhat = (match) => {
  const lists = Object.values(match).filter((each) => Array.isArray(each) && each.length > 0)
  return lists.length === 0 ? '' : ` for ${lists.map((each) => each.join(' or ')).join(', ')}`
}

const thenOf = ({ mode, outcome, quorum, roles, groups }) =>
  [
    outcome === 'deny' && 'refused',
    outcome === 'require_approval' && 'wants approval',
    mode && `mode ${mode} at most`,
    quorum && `${plural(quorum, 'person', 'people')} approve`,
    roles && `approved by ${roles.join(' or ')}`,
    groups && `somebody of ${groups.join(' and of ')}`,
  ]
    .filter(Boolean)
    .join(', ')
