import { get, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { icon } from '../icons.js'
import { pageHead, pill, problemBox, skeleton } from '../parts.js'
import { checkStates, wordsFor } from '../words.js'

/** Is Suture itself well: each check in words. */

const pollMs = 10_000
const titles = {
  pass: 'Suture is well',
  warn: 'Suture works, with something to look at',
  fail: 'Suture needs help',
}
const signs = { pass: 'check', warn: 'info', fail: 'cross' }

export function healthView() {
  const element = h('div.page')
  let health = null
  let problem = null
  const load = async () => {
    try {
      health = await get('/v1/health')
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    draw()
  }
  const draw = () => mount(element, content(health, problem, load))
  draw()
  void load()
  const poll = setInterval(() => document.visibilityState === 'visible' && load(), pollMs)
  return { element, title: 'Health', destroy: () => clearInterval(poll) }
}

function content(health, problem, load) {
  return [
    h(
      'div',
      { 'data-key': 'head' },
      pageHead(
        health ? (titles[health.status] ?? health.status) : 'Health',
        health ? `Version ${health.version}. Looked at again every ten seconds.` : null,
      ),
    ),
    problem && h('div', { 'data-key': 'problem' }, problemBox(problem, { retry: load })),
    !health && !problem && h('div', { 'data-key': 'loading' }, skeleton(6)),
    health &&
      h(
        'ul.checks',
        { 'data-key': 'checks' },
        Object.entries(health.checks)
          .toSorted(([, one], [, other]) => rank(one.status) - rank(other.status))
          .map(([name, check]) => {
            const [words, tone] = wordsFor(checkStates, check.status)
            return h(
              'li',
              { 'data-key': name, class: `tone-${tone}` },
              h('span.check-sign', null, icon(signs[check.status] ?? 'info')),
              h('div', null, h('strong', null, sentence(name)), h('p.muted', null, check.detail)),
              pill(words, tone),
            )
          }),
      ),
  ]
}

const rank = (status) => ['fail', 'warn', 'pass'].indexOf(status)
const sentence = (name) => name.replaceAll(/[_-]/g, ' ').replace(/^./, (first) => first.toUpperCase())
