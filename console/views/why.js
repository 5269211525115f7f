import { get, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { pageHead, pill, problemBox, skeleton } from '../parts.js'
import { runPath } from '../router.js'
import { timeOf } from '../time.js'

/** Why a run was allowed or refused: what policy said when, and what it says now. Changes nothing. */
export function whyView({ params }) {
  const element = h('div.page')
  let explained = null
  let problem = null
  const draw = () => mount(element, content(params.id, explained, problem, load))
  const load = async () => {
    try {
      explained = await get(`/v1/runs/${encodeURIComponent(params.id)}/policy`)
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    draw()
  }
  draw()
  void load()
  return { element, title: `Why ${params.id}`, destroy: () => undefined }
}

const content = (id, explained, problem, load) => [
  h(
    'div',
    { 'data-key': 'head' },
    pageHead('Why was this allowed?', [
      explained && `${explained.playbook} on ${explained.service}. `,
      h('a', { href: runPath(id) }, `Back to ${id}`),
    ]),
  ),
  problem && h('div', { 'data-key': 'problem' }, problemBox(problem, { retry: load })),
  !explained && !problem && h('div', { 'data-key': 'loading' }, skeleton(5)),
  explained && thenPanel(explained.said),
  explained && nowPanel(explained.now),
]

const moments = { propose: 'Proposed', request: 'Requested', decide: 'Decided', run: 'Started' }
const outcomes = {
  allow: ['allows', 'good'],
  require_approval: ['asks', 'neutral'],
  deny: ['refuses', 'warning'],
}
const said = (outcome) => pill(...outcomes[outcome])

const head = (...names) =>
  h(
    'thead',
    null,
    h(
      'tr',
      null,
      names.map((each) => h('th', { scope: 'col' }, each)),
    ),
  )

const thenPanel = (all) =>
  h(
    'section.panel',
    { 'data-key': 'then', 'aria-labelledby': 'then-title' },
    h('h2', { id: 'then-title' }, 'What was said when'),
    h(
      'div.table-wrap',
      null,
      h(
        'table.table',
        null,
        h('caption.quiet', null, 'What policy said at each moment'),
        head('Moment', 'What happened', 'Policy', 'Why'),
        h(
          'tbody',
          null,
          all.map(({ moment, at, text, reasons, kept }) =>
            h(
              'tr',
              { 'data-key': `${moment} ${at} ${text}` },
              h('th', { scope: 'row' }, moments[moment], h('div.muted', null, timeOf(at, 'clock'))),
              h('td', { 'data-label': 'What happened' }, text),
              h('td', kept && { 'data-label': 'Policy' }, kept && said(kept.outcome)),
              h('td', { 'data-label': 'Why' }, whyOf(reasons)),
            ),
          ),
        ),
      ),
    ),
  )

const whyOf = (reasons) => {
  if (reasons === null) return h('span.muted', null, 'what the rules said was not kept')
  return reasons.length === 0
    ? 'no rule had anything to say against it'
    : reasons.map(({ detail }) => h('div', null, detail))
}

const nowPanel = ({ verdict, rules }) => {
  const speaking = rules.filter(({ reason }) => reason !== null)
  return h(
    'section.panel',
    { 'data-key': 'now', 'aria-labelledby': 'now-title' },
    h('h2', { id: 'now-title' }, 'What policy says now ', said(verdict.outcome)),
    speaking.length === 0 && h('p', null, 'No rule has anything to say against it.'),
    speaking.length > 0 &&
      h(
        'div.table-wrap',
        null,
        h(
          'table.table',
          null,
          h('caption.quiet', null, 'What each rule says now'),
          head('Rule', 'Says', 'Why', 'Next'),
          h(
            'tbody',
            null,
            speaking.map(({ rule, outcome, reason }) =>
              h(
                'tr',
                { 'data-key': rule },
                h('th', { scope: 'row' }, wordsOf(rule)),
                h('td', { 'data-label': 'Says' }, said(outcome)),
                h('td', { 'data-label': 'Why' }, reason.detail),
                h(
                  'td',
                  { 'data-label': 'Next' },
                  reason.remedy,
                  reason.earliest && [' Earliest: ', timeOf(reason.earliest, 'clock')],
                ),
              ),
            ),
          ),
        ),
      ),
  )
}

/** `changeWindow` as `change window`; a rule of the policy file as it is called there. */
const wordsOf = (rule) =>
  rule.startsWith('rules.')
    ? `rule ${rule.slice('rules.'.length)}`
    : rule.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
