import { get, openHealth, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { icon } from '../icons.js'
import { pageHead, pill, problemBox, skeleton } from '../parts.js'
import { read } from '../store.js'
import { asSentence, checkStates, wordsFor } from '../words.js'
import { selfTest } from './self-test.js'

/**
 * Is Suture itself well: each check in words. While the checks can't be read, because the database that knows keys and
 * sessions is away or because nobody is signed in, those that fail, which need neither.
 */

const pollMs = 10_000
const titles = {
  pass: 'Suture is well',
  warn: 'Suture works, with something to look at',
  fail: 'Suture needs help',
}
const unanswered = {
  title: 'Suture does not answer',
  detail: 'Its health could not be asked for.',
  remedy: 'Check that Suture runs and that you are online. It is tried again every ten seconds.',
}
const signs = { pass: 'check', warn: 'info', fail: 'cross' }

export function healthView() {
  const element = h('div.page')
  let health = null
  let problem = null
  const load = async () => {
    problem = null
    if (read().me?.signedIn)
      try {
        health = await get('/v1/health')
        draw()
        return
      } catch (error) {
        problem = problemOf(error)
      }
    const open = await openHealth()
    if (open) {
      health = {
        ...open,
        checks: Object.fromEntries(open.failing.map((check) => [check.name, check])),
        partly: true,
      }
      // What fails says more than that the rest could not be read.
      if (open.failing.length > 0) problem = null
    } else problem ??= unanswered
    draw()
  }
  const tests = selfTest({ changed: () => draw() })
  const draw = () =>
    mount(element, [
      ...content(health, problem, load),
      // What is read anew needs the database that is away.
      read().me?.signedIn && health && !health.partly && tests.element(),
    ])
  draw()
  void load()
  void tests.load()
  const poll = setInterval(() => {
    if (document.visibilityState === 'visible') void load()
  }, pollMs)
  return {
    element,
    title: 'Health',
    destroy: () => {
      clearInterval(poll)
      tests.destroy()
    },
  }
}

function content(health, problem, load) {
  return [
    h(
      'div',
      { 'data-key': 'head' },
      pageHead(health ? (titles[health.status] ?? health.status) : 'Health', health ? intro(health) : null),
    ),
    problem && h('div', { 'data-key': 'problem' }, problemBox(problem, { retry: load })),
    !health && !problem && h('div', { 'data-key': 'loading' }, skeleton(6)),
    health &&
      Object.keys(health.checks).length > 0 &&
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
              h('div', null, h('strong', null, asSentence(name)), h('p.muted', null, check.detail)),
              pill(words, tone),
            )
          }),
      ),
  ]
}

function intro({ version, partly }) {
  const looked = `Version ${version}. Looked at again every ten seconds.`
  if (!partly) return looked
  return read().me?.signedIn
    ? `${looked} Only what fails is shown until Suture can tell again who you are.`
    : [`${looked} Only what fails is shown. `, h('a', { href: '/' }, 'Sign in'), ' to see every check.']
}

const rank = (status) => ['fail', 'warn', 'pass'].indexOf(status)
