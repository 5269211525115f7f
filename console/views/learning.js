import { get, problemOf } from '../api.js'
import { chartOf } from '../chart.js'
import { h, mount } from '../dom.js'
import { refreshOn } from '../events.js'
import { empty, pageHead, pill, problemBox, skeleton, stat } from '../parts.js'
import { tabBar, tabOf } from '../tabs.js'
import { durationOf } from '../time.js'
import { plural } from '../words.js'

/** What to look at first, how remediations did, and whether what was said came true: every rate with its count and interval. */

const tabs = { '7d': 'Last 7 days', '24h': 'Last 24 hours', all: 'Everything' }
const agesEachMs = 60_000
const pathOf = (bucket) => `/learning${bucket === '7d' ? '' : `?tab=${bucket}`}`
const guardrails = {
  tightened: ['Tightened', 'bad', 'Nothing runs by itself: also in mode auto a person approves.'],
  as_set: ['As set', 'neutral', 'Policy holds as it is set.'],
  may_loosen: ['As set', 'good', 'All is calm. Nothing is loosened by itself.'],
}

export function learningView(route) {
  const element = h('div.page')
  let bucket = tabOf(route, tabs)
  let seen = null
  let problem = null
  const load = async () => {
    problem = null
    const wanted = bucket
    try {
      const [learning, recovery, focus, calibration, charts] = await Promise.all([
        get(`/v1/learning?bucket=${wanted}`),
        get(`/v1/learning/recovery?bucket=${wanted}`),
        get('/v1/focus'),
        get('/v1/learning/calibration'),
        get(`/v1/charts?bucket=${wanted}`),
      ])
      if (wanted === bucket) seen = { learning, recovery, focus, calibration, charts }
    } catch (error) {
      problem = problemOf(error)
    }
    draw()
  }
  const draw = () =>
    mount(element, [
      h(
        'div',
        { 'data-key': 'head' },
        pageHead(
          'Learning',
          'What was tried, what worked, and how sure that is. Blocked, timed out and unmeasured runs are counted too.',
        ),
      ),
      problem && h('div', { 'data-key': 'problem' }, problemBox(problem, { retry: load })),
      !seen && !problem && h('div', { 'data-key': 'loading' }, skeleton(8)),
      seen &&
        h(
          'div.charts',
          { 'data-key': 'now' },
          focusPanel(seen.focus),
          waitingPanel(seen.charts.approvals_waiting),
        ),
      seen &&
        h('div', { 'data-key': 'tabs' }, tabBar({ label: 'Time', tabs, chosen: bucket, hrefOf: pathOf })),
      seen &&
        h(
          'div',
          { 'data-key': 'figures', id: 'tab-panel', role: 'tabpanel', 'aria-labelledby': `tab-${bucket}` },
          figures(seen),
        ),
    ])
  // A storm changes much at once; and what waits grows older while nothing changes.
  const stop = refreshOn(['run', 'incident', 'approval'], load, { delayMs: 1_000 })
  const timer = setInterval(() => document.visibilityState === 'visible' && void load(), agesEachMs)
  draw()
  void load()
  return {
    element,
    title: 'Learning',
    destroy: () => {
      stop()
      clearInterval(timer)
    },
    update: (next) => {
      bucket = tabOf(next, tabs)
      void load()
    },
  }
}

function focusPanel({ health_distress: distress, recommendations, metadata }) {
  const [words, tone, what] = guardrails[metadata.guardrails]
  return h(
    'section.panel.focus',
    { 'data-key': 'focus', 'aria-labelledby': 'focus-title' },
    h(
      'div.panel-head',
      null,
      h('h2', { id: 'focus-title' }, 'Now'),
      pill(`Guardrails: ${words.toLowerCase()}`, tone),
    ),
    h(
      'dl.stats',
      null,
      stat('Distress', `${distress.score} of 100`),
      stat('Critical', plural(distress.critical_count, 'service')),
      stat('Degraded', plural(distress.degraded_count, 'service')),
      stat('Open', plural(distress.open_incidents, 'incident')),
    ),
    h('p.muted', null, what),
    recommendations.length > 0 &&
      h(
        'ol.next-things',
        null,
        recommendations.map(({ subject, what: thing, why }) =>
          h(
            'li',
            null,
            h(
              'strong',
              null,
              subject.startsWith('inc-') ? h('a', { href: `/incidents/${subject}` }, thing) : thing,
            ),
            h('span.muted', null, why),
          ),
        ),
      ),
  )
}

function figures({ learning, recovery, calibration, charts }) {
  const { success_by_playbook, success_by_service, time_to_recover, incidents_by_service } = charts
  const incidents = chartPanel(
    'incidents',
    'Incidents by service',
    incidents_by_service,
    'No incident was opened.',
  )
  if (learning.total_runs === 0 && learning.metadata.self_recovered === 0)
    return [
      h(
        'div',
        { 'data-key': 'empty' },
        empty(
          'pulse',
          'Nothing to learn from yet',
          'Each run that ends, and each incident that gets well by itself, is counted here in the same moment.',
        ),
      ),
      incidents_by_service.chart.rows.length > 0 && h('div.charts', { 'data-key': 'charts' }, incidents),
    ]
  return [
    h(
      'dl.stats.learning-stats',
      { 'data-key': 'stats' },
      stat('Runs', String(learning.total_runs)),
      stat(
        'Worked',
        learning.overall_success_rate === null ? 'none tried' : rateOf(learning, learning.interval),
      ),
      stat('Got well alone', plural(recovery.recovered_alone, 'incident')),
      stat(
        'Time to recover',
        recovery.median_seconds === null ? '–' : `${spent(recovery.median_seconds)} median`,
      ),
      stat('Nine of ten within', recovery.p90_seconds === null ? '–' : spent(recovery.p90_seconds)),
    ),
    h(
      'div.charts',
      { 'data-key': 'charts' },
      chartPanel('playbooks', 'Success by playbook', success_by_playbook, 'No run began.'),
      chartPanel('services', 'Success by service', success_by_service, 'No run began.'),
      chartPanel('recovery', 'Time to recover by service', time_to_recover, 'No incident recovered.'),
      incidents,
    ),
    calibrationPanel(calibration),
  ]
}

const rateOf = ({ overall_success_rate: rate }, { low, high }) =>
  `${percent(rate)}, ${Math.round(low * 100)}–${percent(high)}`

/** What waits for a decision has its page; here stands for how long. */
const waitingPanel = (view) =>
  chartPanel('waiting', 'Approvals waiting', view, 'Nothing waits for a decision.')

/** The drawing has its title in it: the heading is for those who can't see it, unless there is nothing to draw. */
function chartPanel(key, title, view, none) {
  const isEmpty = view.chart.rows.length === 0
  return h(
    'section.panel.chart-panel',
    { 'data-key': key, 'aria-labelledby': `${key}-title` },
    h('h2', { id: `${key}-title`, class: isEmpty ? null : 'quiet' }, title),
    isEmpty ? h('p.muted', null, none, ' ', h('span', null, view.chart.foot)) : chartOf(view),
  )
}

function calibrationPanel({ outcomes, mean_error: error, tenths }) {
  return h(
    'section.panel',
    { 'data-key': 'calibration', 'aria-labelledby': 'calibration-title' },
    h(
      'div.panel-head',
      null,
      h('h2', { id: 'calibration-title' }, 'Did it come true?'),
      outcomes > 0 && h('span.muted', null, `${plural(outcomes, 'run')}, ${percent(error)} off on average`),
    ),
    outcomes === 0
      ? h('p.muted', null, 'What proposals say is compared with what came true once their runs have ended.')
      : h(
          'table.table',
          null,
          h(
            'thead',
            null,
            h(
              'tr',
              null,
              ['Said', 'Came true', 'Runs', ''].map((head) => h('th', { scope: 'col' }, head)),
            ),
          ),
          h(
            'tbody',
            null,
            tenths.map((each) =>
              h(
                'tr',
                { 'data-key': String(each.from) },
                h('td', { 'data-label': 'Said' }, percent(each.stated)),
                h(
                  'td',
                  { 'data-label': 'Came true' },
                  `${percent(each.observed)}, ${Math.round(each.interval.low * 100)}–${percent(each.interval.high)}`,
                ),
                h('td', { 'data-label': 'Runs' }, String(each.outcomes)),
                h(
                  'td',
                  null,
                  pill(each.honest ? 'Honest' : verdictOf(each), each.honest ? 'good' : 'warning'),
                ),
              ),
            ),
          ),
        ),
  )
}

const verdictOf = ({ stated, observed }) => (stated > observed ? 'Said too much' : 'Said too little')
const percent = (share) => `${Math.round(share * 100)} %`
const spent = (seconds) => durationOf(seconds * 1_000)
