import { get, post, problemOf, remove } from '../api.js'
import { ask, confirm, textOf } from '../dialog.js'
import { h, mount } from '../dom.js'
import { icon } from '../icons.js'
import { announce, empty, pageHead, pill, problemBox, skeleton } from '../parts.js'
import { read } from '../store.js'
import { timeOf } from '../time.js'

/** What is known to make a noise for a while: those that stand with the means to end them, then those that are over. */
export function silencesView() {
  const element = h('div.page')
  let silences = null
  let problem = null
  let busy = false

  const load = async () => {
    try {
      silences = (await get('/v1/silences?limit=100')).items
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    draw()
  }
  const change = async (send, said) => {
    if (busy) return
    busy = true
    let failed = null
    try {
      await send()
      announce(said)
    } catch (error) {
      failed = problemOf(error)
    }
    busy = false
    await load()
    problem ??= failed
    draw()
  }
  const set = async () => {
    const wanted = await askForSilence()
    if (wanted) await change(() => post('/v1/silences', wanted), 'It is silenced.')
  }
  const end = async (silence) => {
    const sure = await confirm({
      title: `End ${silence.id} now?`,
      text: 'Alerts of it that still fire open an incident at once.',
      submit: 'End it',
      style: 'primary',
    })
    if (sure)
      await change(() => remove(`/v1/silences/${encodeURIComponent(silence.id)}`), `${silence.id} is over.`)
  }
  const draw = () => {
    const may = read().me?.scopes.includes('respond') === true
    const standing = (silences ?? []).filter(({ state }) => state !== 'over')
    const over = (silences ?? []).filter(({ state }) => state === 'over')
    mount(
      element,
      h(
        'div',
        { 'data-key': 'head' },
        pageHead(
          'Silences',
          'Alerts that match are kept and open no incident. What still fires when a silence ends opens one then.',
          may &&
            h(
              'button.button.primary',
              { type: 'button', onclick: set },
              icon('plus'),
              h('span', null, 'New silence'),
            ),
        ),
      ),
      problem &&
        h('div', { 'data-key': 'problem' }, problemBox(problem, { retry: silences === null ? load : null })),
      silences === null && !problem && h('div', { 'data-key': 'loading' }, skeleton(4)),
      silences !== null &&
        standing.length === 0 &&
        h(
          'div',
          { 'data-key': 'empty' },
          empty(
            'moon',
            'Nothing is silenced',
            'Silence what you know will be noisy: a deploy, a move, a maintenance. Every alert is kept all the same.',
          ),
        ),
      standing.length > 0 && tableOf('Silences in force or ahead', standing, may ? end : null),
      over.length > 0 && [
        h('h2', { 'data-key': 'over-title' }, 'Over'),
        tableOf('Silences that are over', over, null),
      ],
    )
  }
  draw()
  void load()
  return { element, title: 'Silences' }
}

const tableOf = (caption, silences, end) =>
  h(
    'div.table-wrap',
    { 'data-key': caption },
    h(
      'table.table',
      null,
      h('caption.quiet', null, caption),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          ['What', end ? 'Until' : 'Ended', 'Why', 'Kept quiet', 'Set by'].map((each) =>
            h('th', { scope: 'col' }, each),
          ),
          end && h('th', { scope: 'col' }, h('span.quiet', null, 'Action')),
        ),
      ),
      h(
        'tbody',
        null,
        silences.map((each) => rowOf(each, end)),
      ),
    ),
  )

const rowOf = (silence, end) =>
  h(
    'tr',
    { 'data-key': silence.id },
    h(
      'th',
      { scope: 'row' },
      silence.matchers.map(({ label, operator, value }) => `${label}${operator}${value}`).join(' '),
      ' ',
      silence.kind === 'maintenance' && pill('maintenance', 'info'),
      silence.state === 'to_come' && pill('ahead'),
    ),
    h(
      'td',
      { 'data-label': end ? 'Until' : 'Ended' },
      timeOf(silence.endedAt ?? silence.until, 'clock'),
      ', ',
      timeOf(silence.endedAt ?? silence.until, 'ago'),
    ),
    h('td', { 'data-label': 'Why' }, silence.reason),
    h('td', { 'data-label': 'Kept quiet' }, silence.alerts === 1 ? '1 alert' : `${silence.alerts} alerts`),
    h('td', { 'data-label': 'Set by' }, silence.setBy.name),
    end &&
      h(
        'td.table-action',
        null,
        h(
          'button.button.small',
          { type: 'button', onclick: () => end(silence), 'aria-label': `End ${silence.id}` },
          'End…',
        ),
      ),
  )

const field = (id, label, attributes, hint) =>
  h(
    'div.field',
    null,
    h('label', { for: id }, label),
    h('input', { id, required: true, autocomplete: 'off', ...attributes }),
    hint && h('p.muted', null, hint),
  )

const askForSilence = () =>
  ask({
    title: 'What shall be silenced?',
    submit: 'Silence it',
    body: [
      field(
        'silence-what',
        'Alerts',
        { name: 'what', maxlength: 500, placeholder: 'service=checkout' },
        'All must hold: service=checkout severity!=critical alertname=~High*',
      ),
      field('silence-until', 'Until', { name: 'until', maxlength: 60, placeholder: '18:00 or 2h' }),
      field('silence-why', 'Why', { name: 'reason', maxlength: 300, placeholder: 'deploy 2.31' }),
      h(
        'label.check',
        null,
        h('input', { type: 'checkbox', name: 'maintenance' }),
        h(
          'span',
          null,
          h('strong', null, 'Maintenance'),
          h('span.muted', null, 'Of one service: Suture proposes nothing for it either'),
        ),
      ),
    ],
    onSubmit: (form) => ({
      kind: form.get('maintenance') ? 'maintenance' : 'silence',
      matchers: matchersOf(textOf(form, 'what')),
      until: textOf(form, 'until'),
      reason: textOf(form, 'reason'),
    }),
  })

/** `severity!=critical` as it is typed; a bare word is a service. */
const matchersOf = (typed) =>
  typed
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const [, label, operator, value] = /^([^=!~]+)(=~|!=|=)(.*)$/.exec(word) ?? []
      return label === undefined
        ? { label: 'service', operator: '=', value: word }
        : { label, operator, value }
    })
