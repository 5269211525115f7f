import { get, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { icon } from '../icons.js'
import { announce } from '../parts.js'
import { recall, remember } from '../store.js'
import { timeOf } from '../time.js'
import { plural } from '../words.js'

/** The whole log of a run: follows the end while one is at the end, searches, wraps. */

/** More lines than this make a browser slow; the earliest then give way, and it says so. */
const mostLines = 20_000
/** As many as one answer holds. */
const pageLines = 200

export function logViewer(runId) {
  const lines = []
  const box = h('ol.log-lines')
  const scroller = h(
    'div.log-scroll',
    { tabindex: '0', role: 'log', 'aria-label': 'Log', 'aria-live': 'off' },
    box,
  )
  const bar = h('div.log-bar')
  const input = h('input', {
    type: 'search',
    placeholder: 'Search in the log',
    'aria-label': 'Search in the log',
    spellcheck: 'false',
  })
  const search = h('div.log-search', null, icon('search'), input)
  const tools = h('div.log-tools')
  const element = h('section.log', { 'aria-label': 'Log of the run' }, bar, scroller)
  bar.append(search, tools)
  let next = null
  let busy = false
  let follow = true
  let wrap = recall('wrap') !== 'off'
  let dropped = 0
  let at = 0
  let hits = []
  let problem = null

  const drawTools = () => {
    scroller.classList.toggle('wraps', wrap)
    mount(
      tools,
      input.value !== '' &&
        h(
          'span.log-hits',
          null,
          h('span', { role: 'status' }, hits.length === 0 ? 'no match' : `${at + 1} of ${hits.length}`),
          h(
            'button.icon-button',
            { type: 'button', 'aria-label': 'Previous match', onclick: () => goTo(at - 1) },
            icon('back'),
          ),
          h(
            'button.icon-button',
            { type: 'button', 'aria-label': 'Next match', onclick: () => goTo(at + 1) },
            icon('next'),
          ),
        ),
      problem && h('span.log-problem', { role: 'alert' }, problem.title),
      h(
        'span.log-count',
        null,
        plural(lines.length + dropped, 'line'),
        dropped > 0 && `, the first ${dropped} not shown`,
      ),
      toggle('Wrap', 'wrap', wrap, () => {
        wrap = !wrap
        remember('wrap', wrap ? null : 'off')
        drawTools()
      }),
      toggle('Follow', 'arrowDown', follow, () => {
        follow = !follow
        if (follow) toEnd()
        drawTools()
      }),
    )
  }

  const toEnd = () => scroller.scrollTo({ top: scroller.scrollHeight, behavior: 'instant' })

  const add = (fresh) => {
    const fragment = document.createDocumentFragment()
    let last = lines.at(-1)?.stepId ?? null
    for (const line of fresh) {
      if (line.stepId !== last) fragment.append(h('li.log-step', null, h('span', null, line.stepId)))
      last = line.stepId
      lines.push(line)
      fragment.append(rowOf(line))
    }
    box.append(fragment)
    while (lines.length > mostLines) {
      lines.shift()
      dropped += 1
      box.firstElementChild?.remove()
    }
  }

  const load = async () => {
    if (busy) return
    busy = true
    try {
      let page = null
      do {
        page = await get(
          `/v1/runs/${encodeURIComponent(runId)}/log?limit=${pageLines}${next === null ? '' : `&after=${encodeURIComponent(next)}`}`,
        )
        const seen = lines.at(-1)?.seq ?? -1
        const fresh = page.items.filter((line) => line.seq > seen)
        if (fresh.length > 0) add(fresh)
        next = page.items.at(-1)?.seq ?? next
        problem = null
        if (fresh.length === 0) break
      } while (page.next !== null)
      if (input.value !== '') find(false)
      if (follow) toEnd()
    } catch (error) {
      problem = problemOf(error)
    }
    box.classList.toggle('blank', lines.length === 0)
    busy = false
    drawTools()
  }

  const find = (jump) => {
    for (const mark of box.querySelectorAll('mark')) mark.replaceWith(mark.textContent ?? '')
    box.normalize()
    hits = []
    const wanted = input.value.toLowerCase()
    if (wanted !== '') for (const row of box.querySelectorAll('.log-text')) hits.push(...markIn(row, wanted))
    at = Math.min(at, Math.max(0, hits.length - 1))
    if (jump && hits.length > 0) goTo(0)
    drawTools()
  }

  const goTo = (index) => {
    if (hits.length === 0) return
    hits[at]?.classList.remove('now')
    at = (index + hits.length) % hits.length
    hits[at].classList.add('now')
    follow = false
    hits[at].scrollIntoView({ block: 'center', behavior: 'instant' })
    drawTools()
  }

  input.oninput = () => find(true)
  input.onkeydown = (event) => {
    if (event.key === 'Enter') {
      event.preventDefault()
      goTo(at + (event.shiftKey ? -1 : 1))
    } else if (event.key === 'Escape' && input.value !== '') {
      event.stopPropagation()
      input.value = ''
      find(false)
      announce('Search cleared')
    }
  }
  scroller.onscroll = () => {
    const end = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40
    if (end === follow) return
    follow = end
    drawTools()
  }
  box.classList.add('blank')
  drawTools()
  return { element, load }
}

const toggle = (label, iconName, on, onclick) =>
  h(
    'button.button.small.toggle',
    { type: 'button', 'aria-pressed': String(on), onclick },
    icon(iconName),
    h('span', null, label),
  )

const rowOf = (line) =>
  h(
    'li.log-line',
    { class: `stream-${line.stream}` },
    timeOf(line.at, 'seconds'),
    h('span.log-text', null, line.text),
    line.stream !== 'stdout' && h('span.quiet', null, ` (${line.stream})`),
  )

/** Wraps each occurrence in a mark; the text itself stays text. */
function markIn(row, wanted) {
  const text = row.textContent ?? ''
  const lower = text.toLowerCase()
  const parts = []
  const found = []
  let from = 0
  // Lower case may be longer than the text in rare scripts: then the row is left unmarked rather than cut wrongly.
  if (lower.length !== text.length) return []
  for (let hit = lower.indexOf(wanted); hit >= 0; hit = lower.indexOf(wanted, from)) {
    const mark = h('mark', null, text.slice(hit, hit + wanted.length))
    parts.push(text.slice(from, hit), mark)
    found.push(mark)
    from = hit + wanted.length
  }
  if (found.length > 0) row.replaceChildren(...parts, text.slice(from))
  return found
}
