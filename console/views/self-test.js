import { get, post, problemOf } from '../api.js'
import { progressBar } from '../card.js'
import { h } from '../dom.js'
import { refreshOn } from '../events.js'
import { icon } from '../icons.js'
import { announce, pill, problemBox } from '../parts.js'
import { read } from '../store.js'
import { timeOf } from '../time.js'
import { asSentence, plural, wordsFor } from '../words.js'

/** The tests that Suture makes of itself: how far they are, then each check with what to do, then a verdict. */

const states = { pass: ['Passed', 'good'], fail: ['Failed', 'bad'], not_here: ['Not here', 'neutral'] }
const signs = { pass: 'check', fail: 'cross', not_here: 'info' }

/** @param {{ changed: () => void }} options */
export function selfTest({ changed }) {
  let test = null
  let problem = null
  let asking = false
  /** Grows with each asking and each answer to it: what was on its way before then is older than what is shown. */
  let turn = 0
  const load = async () => {
    if (!read().me?.signedIn) return
    const mine = turn
    try {
      const found = await get('/v1/self-test')
      if (mine === turn) test = found
    } catch (error) {
      if (mine === turn) problem = problemOf(error)
    }
    changed()
  }
  const run = async () => {
    if (asking) return
    asking = true
    turn += 1
    problem = null
    announce('The tests are running.')
    changed()
    try {
      test = await post('/v1/self-test')
      announce(verdict(test))
    } catch (error) {
      problem = problemOf(error)
    }
    asking = false
    turn += 1
    changed()
  }
  return {
    load,
    destroy: refreshOn(['self_test'], load),
    element: () => panel({ test, problem, asking, run }),
  }
}

function panel({ test, problem, asking, run }) {
  const may = read().me?.scopes?.includes('respond') === true
  const running = asking || test?.verdict === 'running'
  return h(
    'section.panel',
    { 'data-key': 'self-test', 'aria-labelledby': 'self-test' },
    h(
      'header.panel-head',
      null,
      h('h2', { id: 'self-test' }, 'Tests'),
      may &&
        h(
          'button.button',
          { type: 'button', disabled: running, onclick: run },
          running ? 'The tests are running' : 'Run the tests',
        ),
    ),
    h(
      'p.muted',
      null,
      'Suture looks at all it needs: database, queue, sealed history, policy, chats and targets. Nothing is changed.',
    ),
    problem && problemBox(problem, {}),
    test && test.verdict !== 'never' && report(test, running),
  )
}

function report(test, running) {
  if (running)
    return h(
      'div.self-test',
      { 'data-key': 'progress' },
      progressBar(test.done, test.total, 'Tests'),
      h('p', null, `${test.done} of ${test.total} are done.`),
    )
  const looked = test.passed + test.failed
  return h(
    'div.self-test',
    { 'data-key': 'report' },
    progressBar(test.passed, looked, 'Tests', test.failed > 0 ? 'bad' : ''),
    h(
      'p',
      null,
      h('strong', null, verdict(test)),
      ' ',
      h('span.muted', null, `Asked for by ${test.by?.name ?? 'somebody'}, `, timeOf(test.endedAt, 'ago')),
    ),
    h(
      'ul.checks',
      null,
      test.checks.map(({ name, status, detail, remedy }) => {
        const [words, tone] = wordsFor(states, status)
        return h(
          'li',
          { 'data-key': name, class: `tone-${tone}` },
          h('span.check-sign', null, icon(signs[status] ?? 'info')),
          h(
            'div',
            null,
            h('strong', null, asSentence(name)),
            h('p.muted', null, detail),
            remedy && h('p', null, remedy),
          ),
          pill(words, tone),
        )
      }),
    ),
  )
}

function verdict({ verdict: found, passed, failed, notHere }) {
  if (found === 'running') return 'The tests are running.'
  const aside = notHere > 0 ? ` ${notHere} had nothing to look at here.` : ''
  return found === 'pass'
    ? `All ${plural(passed, 'check')} passed.${aside}`
    : `${failed} of ${plural(passed + failed, 'check')} failed.${aside}`
}
