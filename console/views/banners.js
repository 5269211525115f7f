import { h } from '../dom.js'
import { connect } from '../events.js'
import { icon, spinner } from '../icons.js'
import { runPath } from '../router.js'
import { personaChip } from './persona.js'

/** Slim lines above everything: what everybody must know on every page. */
export function banners({ me, governance, queue }, broken) {
  return [
    me?.lab &&
      h(
        'div.banner.banner-lab',
        { 'data-key': 'lab' },
        icon('flask'),
        h(
          'span',
          null,
          h('strong', null, 'This is the lab'),
          ' — nothing here is real, nothing is protected',
        ),
        me.signedIn && personaChip(me),
      ),
    governance?.emergencyStop &&
      h(
        'p.banner.banner-stop',
        { 'data-key': 'stop', role: 'status' },
        icon('stop'),
        h(
          'span',
          null,
          h('strong', null, 'Emergency stop is on'),
          ' — nothing new runs. ',
          h('a', { href: '/governance' }, 'Governance'),
        ),
      ),
    needsPerson(queue?.needsPerson ?? []),
    broken &&
      h(
        'p.banner.banner-broken',
        { 'data-key': 'broken', role: 'status' },
        spinner(),
        h('span', null, h('strong', null, 'Reconnecting…'), ' What you see may be out of date.'),
        h('button.link', { type: 'button', onclick: connect }, 'Try now'),
      ),
  ]
}

/** It stands on every page until somebody has said what happened, or the incident no longer waits for a person. */
const needsPerson = ([first, ...others]) =>
  first &&
  h(
    'p.banner.banner-loud',
    { 'data-key': 'needs-person', role: 'status' },
    icon('alert'),
    h(
      'span',
      null,
      h(
        'strong',
        null,
        first.status === 'rollback_failed' ? 'Rollback failed' : 'Nobody knows how far a run got',
      ),
      ` — ${first.playbookTitle} on ${first.service}. `,
      h(
        'a',
        { href: runPath(first.id) },
        first.status === 'unknown' ? 'Say what happened' : `Look at ${first.id}`,
      ),
      others.length > 0 && [' · ', h('a', { href: '/runs' }, `${others.length} more`)],
    ),
  )
