import { h } from '../dom.js'
import { icon } from '../icons.js'
import { incidentPath } from '../router.js'
import { timeOf } from '../time.js'

/** Approvals that look as if nobody had read what they approve. Nothing where there are none: no news is no line. */
export function approvalSignals(signals) {
  if (!signals || (signals.rushed.length === 0 && signals.pairs.length === 0)) return null
  const { rushed, pairs, rushedUnderMs } = signals
  return h(
    'section.group.signals',
    { 'data-key': 'signals', 'aria-label': 'Looks like a rubber stamp' },
    h('h2.pane-title', null, 'Looks like a rubber stamp'),
    rushed.length > 0 &&
      h(
        'details',
        { 'data-key': 'rushed' },
        h(
          'summary',
          null,
          icon('alert'),
          h(
            'span',
            null,
            `${rushed.length} ${rushed.length === 1 ? 'approval' : 'approvals'} in under ${rushedUnderMs / 1000} s in the last 30 days: ${names(rushed)}`,
          ),
        ),
        h(
          'ul',
          null,
          rushed.map((each) =>
            h(
              'li',
              { 'data-key': each.requestId + each.person.id },
              `${each.person.name}, `,
              timeOf(each.at, 'ago'),
              ': ',
              h('a', { href: incidentPath(each.incidentId) }, each.requestId),
              ` of ${each.requester.name}, ${(Math.max(0, each.afterMs) / 1000).toFixed(1)} s after it was asked for`,
            ),
          ),
        ),
      ),
    pairs.map(({ people, approvals }) =>
      h(
        'p',
        { 'data-key': people.map(({ id }) => id).join() },
        icon('person'),
        h(
          'span',
          null,
          `${people.map(({ name }) => name).join(' and ')} approve each other: ${approvals} approvals in 30 days, more than half of all that each of them got`,
        ),
      ),
    ),
    h('p.muted', null, 'Nothing is refused for it; it adds a little to the risk that policy reckons with.'),
  )
}

/** Most first: `Bea (2), Cleo`. */
function names(rushed) {
  const counts = new Map()
  for (const { person } of rushed) counts.set(person.name, (counts.get(person.name) ?? 0) + 1)
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => (count === 1 || counts.size === 1 ? name : `${name} (${count})`))
    .join(', ')
}
