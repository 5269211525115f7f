import { problemOf } from '../api.js'
import { loadMoreIncidents } from '../data.js'
import { h } from '../dom.js'
import { icon, severityIcon } from '../icons.js'
import { announce, empty, skeleton } from '../parts.js'
import { incidentPath } from '../router.js'
import { timeOf } from '../time.js'
import { incidentStates, wordsFor } from '../words.js'

/** The incidents of a channel: what is open first, then what was resolved. */
export function rail(state) {
  const { channel, incidents, moreIncidents, route } = state
  const open = (incidents ?? []).filter((each) => each.status !== 'resolved')
  const resolved = (incidents ?? []).filter((each) => each.status === 'resolved')
  const here = route?.name === 'incident' ? route.params.id : null
  return [
    h(
      'header.rail-head',
      { 'data-key': 'head' },
      h('h2', null, icon('hash'), channel ?? 'No channel yet'),
      channelsOnPhone(state),
    ),
    h(
      'div.rail-body',
      { 'data-key': 'body' },
      incidents === null && skeleton(6),
      incidents !== null && incidents.length === 0 && nothing(state),
      open.length > 0 && group('Open', open, here),
      resolved.length > 0 && group('Resolved', resolved, here),
      moreIncidents &&
        h('button.button.more', { type: 'button', onclick: more, 'data-key': 'more' }, 'Show older'),
    ),
  ]
}

const group = (title, incidents, here) =>
  h(
    'section.rail-group',
    { 'data-key': title, 'aria-label': title },
    h('h3', null, title, h('span.count', null, incidents.length)),
    h(
      'ul',
      null,
      incidents.map((incident) => row(incident, incident.id === here)),
    ),
  )

function row(incident, here) {
  const [words, tone] = wordsFor(incidentStates, incident.status)
  return h(
    'li',
    { 'data-key': incident.id },
    h(
      'a.rail-row',
      {
        href: incidentPath(incident.id),
        'aria-current': here ? 'page' : null,
        class: `is-${incident.status}`,
      },
      severityIcon(incident.severity),
      h(
        'span.rail-top',
        null,
        h('span.rail-service', null, incident.service ?? 'unknown service'),
        timeOf(incident.openedAt, 'age'),
      ),
      h('span.rail-title', { title: incident.title }, incident.title),
      h(
        'span.rail-now',
        { class: `tone-${tone}` },
        h('span.dot', { 'aria-hidden': 'true' }),
        h('span.rail-now-words', null, incident.now || words),
      ),
    ),
  )
}

const nothing = ({ me }) =>
  me?.lab
    ? empty(
        'check',
        'All quiet',
        'No incident yet. Break a service of the lab, and watch one open here within seconds.',
      )
    : empty(
        'check',
        'All quiet',
        'No incident in this channel. When an alert of one of its services arrives, its thread opens here.',
      )

/** On a phone the sidebar is hidden, so channels are chosen here. */
const channelsOnPhone = ({ channels, channel }) =>
  channels.length > 1 &&
  h(
    'nav.rail-channels',
    { 'aria-label': 'Channels' },
    channels.map((each) =>
      h(
        'a.chip',
        {
          href: `/?channel=${encodeURIComponent(each.name)}`,
          'aria-current': each.name === channel ? 'page' : null,
        },
        `#${each.name}`,
        each.open > 0 && h('span.count', null, each.open),
      ),
    ),
  )

async function more() {
  try {
    await loadMoreIncidents()
  } catch (error) {
    announce(problemOf(error).detail)
  }
}
