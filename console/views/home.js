import { problemOf } from '../api.js'
import { chooseChannel } from '../data.js'
import { h, mount } from '../dom.js'
import { icon } from '../icons.js'
import { announce, pageHead, problemBox } from '../parts.js'
import { incidentPath } from '../router.js'
import { read, subscribe } from '../store.js'
import { timeOf } from '../time.js'
import { plural } from '../words.js'
import { waitsForMe } from './approval-rules.js'
import { guidePanel } from './guide.js'
import { labPanel, labProblem } from './lab.js'

/** What a tired person needs first: is something waiting for me, is something broken. */
export function homeView(route) {
  const element = h('div.page.home')
  const follow = ({ query }) => {
    const wanted = query.get('channel')
    if (wanted && wanted !== read().channel)
      chooseChannel(wanted).catch((error) => announce(problemOf(error).detail))
  }
  const draw = () => mount(element, content(read()))
  const stop = subscribe(draw)
  follow(route)
  draw()
  return { element, title: 'Home', update: follow, destroy: stop }
}

function content(state) {
  const { me, channels, approvals, lab } = state
  const mine = (approvals ?? []).filter((each) => waitsForMe(each, me))
  const open = channels.reduce((sum, channel) => sum + channel.open, 0)
  const problem = labProblem()
  return [
    h(
      'div',
      { 'data-key': 'head' },
      pageHead(headline(mine.length, open, lab), lede(mine.length, open, lab)),
    ),
    mine.length > 0 && waiting(mine),
    problem && h('div', { 'data-key': 'problem' }, problemBox(problem)),
    lab && guidePanel(state),
    lab && labPanel(lab),
    !lab && (channels.length === 0 || (state.incidents?.length === 0 && open === 0)) && firstAlert(),
  ]
}

function headline(mine, open, lab) {
  if (mine > 0) return `${plural(mine, 'decision waits', 'decisions wait')} for you`
  if (open > 0) return plural(open, 'open incident')
  return lab ? 'Break something. Watch it heal.' : 'All quiet'
}

function lede(mine, open, lab) {
  if (mine > 0) return 'Nothing runs until you have decided.'
  if (open > 0) return 'Nothing waits for you. Choose an incident on the left to read its thread.'
  return lab
    ? 'Suture sees the alert, finds the cause, proposes a remedy, and heals when two people agree.'
    : 'Nothing is broken that Suture knows of.'
}

const waiting = (approvals) =>
  h(
    'ul.waiting',
    { 'data-key': 'waiting' },
    approvals.map((approval) =>
      h(
        'li',
        { 'data-key': approval.id },
        h(
          'a.waiting-row',
          { href: incidentPath(approval.incidentId) },
          h('span.waiting-icon', null, icon('needle')),
          h(
            'span.waiting-words',
            null,
            h('strong', null, `${approval.playbookTitle} · ${approval.service}`),
            h(
              'span.muted',
              null,
              `${approval.requester.name} asked `,
              timeOf(approval.createdAt, 'ago'),
              ', expires ',
              timeOf(approval.expiresAt, 'ago'),
            ),
          ),
          h('span.button.small', { 'aria-hidden': 'true' }, 'Decide'),
        ),
      ),
    ),
  )

const firstAlert = () =>
  h(
    'section.panel',
    { 'data-key': 'first' },
    h('h2', null, 'Send the first alert'),
    h(
      'p',
      null,
      'Point Alertmanager, Grafana or anything that posts JSON at Suture. An incident opens here as soon as one fires.',
    ),
    h(
      'pre',
      null,
      h(
        'code',
        null,
        `receivers:\n  - name: suture\n    webhook_configs:\n      - url: ${location.origin}/v1/alerts/alertmanager`,
      ),
    ),
    h(
      'p.muted',
      null,
      'Each source has its own secret; the settings page of the documentation names its variable.',
    ),
  )
