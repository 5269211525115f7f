import { h, mount } from '../dom.js'
import { factRows } from '../facts.js'
import { icon } from '../icons.js'
import { empty, pill, skeleton } from '../parts.js'
import { incidentPath } from '../router.js'
import { durationOf, timeOf } from '../time.js'

/** What Suture believes and why: ranked hypotheses, and the facts they rest on. */

export function evidenceTab() {
  const element = h('div.pane')
  mount(element, skeleton(6))
  return { element, update: (incident) => incident && mount(element, content(incident)) }
}

function content({ hypotheses, evidence }) {
  if (hypotheses.length === 0 && evidence.length === 0)
    return empty(
      'search',
      'Still looking',
      'Suture is looking at the service, its metrics and what was changed. This fills in by itself.',
    )
  return [
    h(
      'section',
      { 'data-key': 'hypotheses', 'aria-labelledby': 'hypotheses-title' },
      h('h2.pane-title', { id: 'hypotheses-title' }, 'What it probably is'),
      h(
        'ol.hypotheses',
        null,
        [...hypotheses].toSorted((one, other) => other.likelihood - one.likelihood).map(hypothesis),
      ),
    ),
    h(
      'section',
      { 'data-key': 'evidence', 'aria-labelledby': 'evidence-title' },
      h('h2.pane-title', { id: 'evidence-title' }, 'What was seen'),
      evidence.length === 0
        ? h('p.muted', null, 'Nothing could be gathered yet.')
        : h('div.facts', null, evidence.map(oneEvidence)),
    ),
  ]
}

function hypothesis({ code, title, likelihood, evidenceFor, evidenceAgainst }, at) {
  const percent = Math.round(likelihood * 100)
  return h(
    'li.hypothesis',
    { 'data-key': code, class: at === 0 ? 'likeliest' : '' },
    h('div.hypothesis-head', null, h('h3', null, title), h('span.percent', null, `${percent} %`)),
    h(
      'div.bar',
      {
        role: 'meter',
        'aria-label': `Likelihood of ${title}`,
        'aria-valuemin': '0',
        'aria-valuemax': '100',
        'aria-valuenow': String(percent),
      },
      h('span', { vars: { share: likelihood } }),
    ),
    (evidenceFor.length > 0 || evidenceAgainst.length > 0) &&
      h(
        'ul.reasons',
        null,
        evidenceFor.map((text) => reason('for', text)),
        evidenceAgainst.map((text) => reason('against', text)),
      ),
  )
}

const reason = (side, text) =>
  h('li', { class: `reason-${side}` }, icon(side === 'for' ? 'plus' : 'dash', side), h('span', null, text))

const statuses = {
  ok: ['seen', 'good'],
  failed: ['could not look', 'bad'],
  timed_out: ['no answer in time', 'warning'],
}
const sources = {
  http_probe: 'HTTP probe',
  prometheus: 'Prometheus',
  kubernetes: 'Kubernetes',
  recent_changes: 'Recent changes',
  past_incidents: 'Past incidents',
}

function oneEvidence({ id, source, subject, status, summary, facts, observedAt, durationMs }) {
  const rows = factRows(facts)
  return h(
    'article.fact-card',
    { 'data-key': id },
    h(
      'header',
      null,
      h('h3', null, sources[source] ?? source),
      h('code', null, subject),
      pill(...(statuses[status] ?? [status, 'neutral'])),
    ),
    h('p', null, summary),
    rows.length > 0 &&
      h(
        'table.fact-table',
        null,
        h('caption.quiet', null, `Facts from ${sources[source] ?? source}`),
        h(
          'tbody',
          null,
          rows.map((row) => h('tr', null, h('th', { scope: 'row' }, row.label), h('td', null, valueOf(row)))),
        ),
      ),
    h(
      'p.muted.small',
      null,
      'seen ',
      timeOf(observedAt, 'seconds'),
      durationMs > 0 && ` in ${durationOf(durationMs)}`,
    ),
  )
}

const valueOf = ({ value, at, incident, link }) => [
  incident !== undefined
    ? h('a', { href: incidentPath(incident) }, value)
    : isWebLink(link)
      ? h('a', { href: link, target: '_blank', rel: 'noreferrer' }, value)
      : value,
  at !== undefined && [value === '' ? '' : ' · since ', timeOf(at, 'seconds')],
]

/** Whatever a source says, only a web address is something to click. */
const isWebLink = (link) => link !== undefined && /^https?:\/\//.test(link)
