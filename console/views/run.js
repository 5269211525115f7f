import { get, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { refreshOn } from '../events.js'
import { icon } from '../icons.js'
import { pill, problemBox, skeleton } from '../parts.js'
import { proofButton } from '../proof.js'
import { incidentPath, runPath, whyPath } from '../router.js'
import { timeOf } from '../time.js'
import { activeRun, runStates, wordsFor } from '../words.js'
import { logViewer } from './log.js'
import { startResolution, undoes } from './resolution.js'
import { cancelButton, runSteps, whoAndWhen } from './runs.js'

/** One run: who let it run, its steps, and its whole log. */

/** Output may come between two changes of the run, so it is also looked for while the run goes on. */
const pollMs = 1_500

export function runView(route) {
  const { id } = route.params
  const summary = h('div.run-summary')
  const log = logViewer(id)
  const element = h('div.run-page', null, summary, log.element)
  let run = null
  let problem = null
  const resolution = startResolution(() => void load())

  const draw = () =>
    mount(
      summary,
      problem ? problemBox(problem, { retry: load }) : run ? headOf(run, resolution) : skeleton(4),
    )
  const load = async () => {
    try {
      run = await get(`/v1/runs/${encodeURIComponent(id)}`)
      problem = null
      document.title = `${run.playbookTitle} on ${run.service} · Suture`
    } catch (error) {
      if (!run) problem = problemOf(error)
    }
    log.element.hidden = problem !== null
    draw()
    if (!problem) await log.load()
  }
  draw()
  void load()
  const stop = refreshOn(['run'], load, { concerns: (change) => change.id === id })
  const poll = setInterval(() => {
    if (run && activeRun(run.status) && document.visibilityState === 'visible') void log.load()
  }, pollMs)
  return {
    element,
    title: id,
    destroy: () => {
      stop()
      clearInterval(poll)
    },
  }
}

const headOf = (run, resolution) => [
  h(
    'div.incident-title',
    { 'data-key': 'title' },
    h(
      'a.icon-button.back',
      { href: incidentPath(run.incidentId, 'runs'), 'aria-label': `Back to ${run.incidentId}` },
      icon('back'),
    ),
    h('h1', { tabindex: '-1' }, run.playbookTitle),
  ),
  h(
    'div.incident-facts',
    { 'data-key': 'facts' },
    pill(...wordsFor(runStates, run.status)),
    h('span.fact.mono', null, run.id),
    run.stages > 1 &&
      h(
        'span.fact',
        null,
        `stage ${run.stage} of ${run.stages}`,
        run.follows && [', after ', h('a', { href: runPath(run.follows) }, run.follows)],
      ),
    h('span.fact', null, h('strong', null, run.service)),
    h('span.fact', null, 'for ', h('a', { href: incidentPath(run.incidentId) }, run.incidentId)),
    h('span.fact', null, whoAndWhen(run)),
    activeRun(run.status) &&
      run.deadlineAt &&
      h('span.fact', null, icon('clock'), 'is stopped ', timeOf(run.deadlineAt, 'ago'), ' at the latest'),
  ),
  run.undoOf && h('div', { 'data-key': 'undoes' }, undoes(run)),
  run.status === 'unknown' && h('div', { 'data-key': 'resolution' }, resolution(run)),
  run.reason && h('p.run-reason', { 'data-key': 'reason' }, run.reason),
  h('div', { 'data-key': 'steps' }, runSteps(run)),
  h('p', { 'data-key': 'why' }, h('a', { href: whyPath(run.id) }, 'Why was this allowed?')),
  h(
    'div.run-actions',
    { 'data-key': 'actions' },
    activeRun(run.status) && cancelButton(run),
    proofButton(run.id),
  ),
]
