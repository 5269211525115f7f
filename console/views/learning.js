import { get, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { empty, pageHead, pill, problemBox, skeleton, stat } from '../parts.js'
import { tabBar, tabOf } from '../tabs.js'
import { durationOf } from '../time.js'
import { plural } from '../words.js'

/** What to look at first, how remediations did, and whether what was said came true: every rate with its count and interval. */

const tabs = { '7d': 'Last 7 days', '24h': 'Last 24 hours', all: 'Everything' }
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
      const [learning, recovery, focus, calibration] = await Promise.all([
        get(`/v1/learning?bucket=${wanted}`),
        get(`/v1/learning/recovery?bucket=${wanted}`),
        get('/v1/focus'),
        get('/v1/learning/calibration'),
      ])
      if (wanted === bucket) seen = { learning, recovery, focus, calibration }
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
      seen && focusPanel(seen.focus),
      seen &&
        h('div', { 'data-key': 'tabs' }, tabBar({ label: 'Time', tabs, chosen: bucket, hrefOf: pathOf })),
      seen &&
        h(
          'div',
          { 'data-key': 'figures', id: 'tab-panel', role: 'tabpanel', 'aria-labelledby': `tab-${bucket}` },
          figures(seen),
        ),
    ])
  draw()
  void load()
  return {
    element,
    title: 'Learning',
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

function figures({ learning, recovery, calibration }) {
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
    chart('By playbook', 'playbooks', rowsOf(learning.by_playbook)),
    chart('By service', 'services', rowsOf(learning.by_service)),
    calibrationPanel(calibration),
  ]
}

const rateOf = ({ overall_success_rate: rate }, { low, high }) =>
  `${percent(rate)}, ${Math.round(low * 100)}–${percent(high)}`

/** Surest first, as rankings go. */
const rowsOf = (by) =>
  Object.entries(by)
    .filter(([, { total }]) => total > 0)
    .toSorted(([, one], [, other]) => other.interval.low - one.interval.low)
    .map(([name, figures]) => ({
      name,
      words: `${figures.succeeded} of ${figures.total} worked`,
      detail:
        figures.avg_duration_seconds === null ? null : `${spent(figures.avg_duration_seconds)} on average`,
      at: figures.success_rate,
      ...figures.interval,
    }))

/** One line each: the interval as a band, the rate as a mark. All of it stands in words, too. */
function chart(title, key, rows) {
  return h(
    'section.panel',
    { 'data-key': key, 'aria-labelledby': `${key}-title` },
    h(
      'div.panel-head',
      null,
      h('h2', { id: `${key}-title` }, title),
      h('span.muted', null, 'band: 95 % interval'),
    ),
    rows.length === 0
      ? h('p.muted', null, 'No run has begun in this time.')
      : h(
          'ul.odds-rows',
          null,
          rows.map(({ name, words, detail, at, low, high }) =>
            h(
              'li.odds-row',
              { 'data-key': name },
              h('span.odds-name', null, name),
              h(
                'span.odds-bar',
                { 'aria-hidden': 'true', vars: { low, high, at } },
                h('span.odds-band'),
                h('span.odds-mark'),
              ),
              h(
                'span.odds-words',
                null,
                h('strong', null, percent(at)),
                h('span.muted', null, `${words}, ${Math.round(low * 100)}–${percent(high)}`),
                detail && h('span.muted', null, detail),
              ),
            ),
          ),
        ),
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
