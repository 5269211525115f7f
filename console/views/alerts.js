import { linkOf } from '../card.js'
import { h, mount } from '../dom.js'
import { severityIcon } from '../icons.js'
import { empty, pill, skeleton } from '../parts.js'
import { timeOf } from '../time.js'
import { plural } from '../words.js'

/** The signals behind an incident, word for word. */

export function alertsTab() {
  const element = h('div.pane')
  mount(element, skeleton(6))
  return { element, update: (incident) => incident && mount(element, content(incident.alerts)) }
}

const content = (alerts) =>
  alerts.length === 0
    ? empty('alert', 'No alert here', 'Its alerts were moved to another incident.')
    : h('div.alerts', null, alerts.map(oneAlert))

const oneAlert = (alert) =>
  h(
    'article.fact-card',
    { 'data-key': alert.fingerprint },
    h(
      'header',
      null,
      severityIcon(alert.severity),
      h('h3', null, alert.title),
      pill(alert.status, alert.status === 'firing' ? 'bad' : 'good'),
    ),
    alert.summary && h('p', null, alert.summary),
    h(
      'ul.labels',
      { 'aria-label': 'Labels' },
      Object.entries(alert.labels).map(([name, value]) =>
        h('li', null, h('span', null, name), h('b', null, value)),
      ),
    ),
    alert.links.length > 0 &&
      h(
        'p.links',
        null,
        alert.links.map((link) => linkOf(link.label, link.url)),
      ),
    h(
      'p.muted.small',
      null,
      `${alert.source}, received ${plural(alert.received, 'time')}, since `,
      timeOf(alert.startsAt),
      alert.endsAt && [' until ', timeOf(alert.endsAt)],
    ),
    alert.claimedStartsAt &&
      h(
        'p.muted.small',
        null,
        'Its sender says that it began ',
        timeOf(alert.claimedStartsAt),
        ', which is in the future: when it arrived is taken instead. Set the clock there.',
      ),
  )
