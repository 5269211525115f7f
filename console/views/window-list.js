import { get, problemOf } from '../api.js'
import { h } from '../dom.js'
import { pill, problemBox, skeleton } from '../parts.js'
import { timeOf } from '../time.js'

/** Each service's change windows, in order of name, a page at a time; a catalogue may have thousands, so one searches. */

/** Fewer are read faster than searched. */
const fewServices = 8
const pageOf = 20
/** What `/v1` gives in one answer. */
const mostAtOnce = 200
const typingPauseMs = 200

export function windowList({ changed }) {
  let windows = null
  let next = null
  let wanted = pageOf
  let search = ''
  let problem = null
  let pause = 0
  let asked = 0

  const listed = (limit, after) =>
    get(`/v1/windows?${new URLSearchParams({ limit, ...(search && { search }), ...(after && { after }) })}`)
  /** What was searched for meanwhile counts, not what comes late. */
  const show = async (reading) => {
    asked += 1
    const mine = asked
    const page = await reading.catch((error) => ({ problem: problemOf(error) }))
    if (mine !== asked) return
    problem = page.problem ?? null
    if (!problem) {
      windows = page.items
      next = page.next
    }
    changed()
  }
  /** As many as were asked for: nothing vanishes while one reads. */
  const read = async () => {
    let items = []
    let after = null
    do {
      const page = await listed(Math.min(mostAtOnce, wanted - items.length), after)
      items = [...items, ...page.items]
      after = page.next
    } while (after !== null && items.length < wanted)
    return { items, next: after }
  }
  const load = () => show(read())
  const more = () => {
    wanted += pageOf
    void load()
  }
  const find = (event) => {
    search = event.target.value.trim()
    wanted = pageOf
    clearTimeout(pause)
    pause = setTimeout(() => void load(), typingPauseMs)
  }
  const view = () =>
    h(
      'section.panel',
      { 'data-key': 'windows', 'aria-labelledby': 'windows-title' },
      h(
        'div.panel-head',
        null,
        h('h2', { id: 'windows-title' }, 'Change windows'),
        (search !== '' || next !== null || (windows?.length ?? 0) > fewServices) &&
          h('input.find', {
            type: 'search',
            'data-key': 'find',
            'aria-label': 'Find a service',
            placeholder: 'Find a service',
            maxlength: 100,
            value: search,
            oninput: find,
          }),
      ),
      h(
        'p.muted',
        null,
        'Outside them nothing of medium impact or more begins. Windows and holidays stand in the policy file; times below are yours.',
      ),
      problem && problemBox(problem, { retry: load }),
      windows === null && !problem && skeleton(3),
      windows?.length === 0 &&
        h(
          'p',
          null,
          search === '' ? 'The catalogue has no services yet.' : `No service has “${search}” in its name.`,
        ),
      windows?.length > 0 && table(windows),
      next !== null &&
        h('button.button', { type: 'button', 'data-key': 'more', onclick: more }, 'Show more services'),
    )
  return { load, view }
}

const table = (windows) =>
  h(
    'div.table-wrap',
    { 'data-key': 'window-table' },
    h(
      'table.table',
      null,
      h('caption.quiet', null, 'Change windows by service'),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          ['Service', 'Now', 'Next', 'Windows'].map((each) => h('th', { scope: 'col' }, each)),
        ),
      ),
      h('tbody', null, windows.map(windowRow)),
    ),
  )

const windowRow = (each) =>
  h(
    'tr',
    { 'data-key': each.service },
    h('th', { scope: 'row' }, each.service),
    h('td', { 'data-label': 'Now' }, stateOf(each)),
    h('td', { 'data-label': 'Next' }, nextOf(each)),
    h(
      'td',
      { 'data-label': 'Windows' },
      each.windows.length === 0 ? 'always open' : `${each.windows.join(', ')} (${each.timeZone})`,
      each.besides.map((line) => h('span.muted', null, ` For ${line}.`)),
    ),
  )

const stateOf = ({ frozenUntil, open, holiday }) => {
  if (frozenUntil) return pill('frozen', 'warning')
  if (open) return pill('open', 'good')
  return pill(holiday ? `closed: ${holiday}` : 'closed')
}

const nextOf = ({ frozenUntil, open, changesAt }) => {
  if (frozenUntil) return ['until ', timeOf(frozenUntil, 'clock')]
  if (!changesAt) return open ? 'stays open' : 'does not open'
  return [open ? 'closes ' : 'opens ', timeOf(changesAt, 'clock')]
}
