import { get, problemOf, remove } from '../api.js'
import { confirm } from '../dialog.js'
import { h } from '../dom.js'
import { openForm } from '../forms.js'
import { icon } from '../icons.js'
import { announce, pill, problemBox, skeleton } from '../parts.js'
import { timeOf } from '../time.js'
import { windowList } from './window-list.js'

/** What may be changed now and what may not: freezes with the means to lift them, and each service's windows. */
export function calendarPanels({ changed }) {
  let freezes = null
  /** The first page of all services, for the summary. */
  let first = null
  let problem = null
  let busy = false

  const listed = windowList({ changed })
  const load = async () => {
    try {
      const [frozen, open] = await Promise.all([
        get('/v1/freezes'),
        get('/v1/windows?limit=100'),
        listed.load(),
      ])
      freezes = frozen.items
      first = open
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    changed()
  }
  const change = async (send, said) => {
    if (busy) return
    busy = true
    problem = null
    try {
      await send()
      announce(said)
    } catch (error) {
      problem = problemOf(error)
    }
    busy = false
    const failed = problem
    await load()
    problem ??= failed
    changed()
  }
  const freeze = async () => {
    try {
      const sent = await openForm('freeze')
      if (sent === null) return
      announce(sent.title)
      await load()
    } catch (error) {
      problem = problemOf(error)
      changed()
    }
  }
  const lift = async ({ id, what }) => {
    const sure = await confirm({
      title: `Lift the freeze of ${what}?`,
      text: 'What it refused can be requested again, and Suture looks again at what it put off.',
      submit: 'Lift it',
      style: 'primary',
    })
    if (sure)
      await change(() => remove(`/v1/freezes/${encodeURIComponent(id)}`), `${what} is no longer frozen.`)
  }
  const view = (mayFreeze) => [
    freezePanel({ freezes, problem, mayFreeze, freeze, lift, load }),
    listed.view(),
  ]
  return { load, view, summary: () => ({ freezes, windows: first }) }
}

const freezePanel = ({ freezes, problem, mayFreeze, freeze, lift, load }) =>
  h(
    'section.panel',
    { 'data-key': 'freezes', 'aria-labelledby': 'freezes-title' },
    h(
      'div.panel-head',
      null,
      h('h2', { id: 'freezes-title' }, 'Freezes'),
      mayFreeze &&
        h(
          'button.button.small',
          { type: 'button', onclick: freeze },
          icon('plus'),
          h('span', null, 'Freeze…'),
        ),
    ),
    h(
      'p.muted',
      null,
      'While something is frozen nothing begins on it, whoever has approved it. What runs already goes on.',
    ),
    problem && problemBox(problem, { retry: freezes === null ? load : null }),
    freezes === null && !problem && skeleton(2),
    freezes?.length === 0 && h('p', null, 'Nothing is frozen.'),
    freezes?.length > 0 && freezeTable(freezes, mayFreeze, lift),
  )

const headOf = (names, action) =>
  h(
    'thead',
    null,
    h(
      'tr',
      null,
      names.map((each) => h('th', { scope: 'col' }, each)),
      action && h('th', { scope: 'col' }, h('span.quiet', null, 'Action')),
    ),
  )

const freezeTable = (freezes, mayFreeze, lift) =>
  h(
    'div.table-wrap',
    { 'data-key': 'freeze-table' },
    h(
      'table.table',
      null,
      h('caption.quiet', null, 'Freezes in force or ahead'),
      headOf(['What', 'Until', 'Why', 'Set by'], true),
      h(
        'tbody',
        null,
        freezes.map((each) =>
          h(
            'tr',
            { 'data-key': each.id },
            h('th', { scope: 'row' }, each.what, Date.parse(each.from) > Date.now() && pill('ahead')),
            h('td', { 'data-label': 'Until' }, timeOf(each.until, 'clock'), ', ', timeOf(each.until, 'ago')),
            h('td', { 'data-label': 'Why' }, each.reason || 'no reason was given'),
            h('td', { 'data-label': 'Set by' }, each.setBy?.name ?? 'the policy'),
            h(
              'td.table-action',
              null,
              mayFreeze &&
                each.setBy &&
                h(
                  'button.button.small',
                  {
                    type: 'button',
                    'aria-label': `Lift the freeze of ${each.what}`,
                    onclick: () => lift(each),
                  },
                  'Lift…',
                ),
            ),
          ),
        ),
      ),
    ),
  )
