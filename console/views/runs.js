import { get, post, problemOf } from '../api.js'
import { markOf, progressBar } from '../card.js'
import { confirm } from '../dialog.js'
import { h, mount } from '../dom.js'
import { refreshOn } from '../events.js'
import { announce, empty, pill, problemBox, skeleton } from '../parts.js'
import { runPath } from '../router.js'
import { between, timeOf } from '../time.js'
import { activeRun, listOf, runStates, stepStates, wordsFor } from '../words.js'

/** The runs of an incident: what was done, step by step, with the end of each output. */

export function runsTab() {
  const element = h('div.pane')
  let ids = null
  let runs = new Map()
  let problem = null

  const draw = () => mount(element, content())
  const content = () => {
    if (problem) return problemBox(problem, { retry: load })
    if (ids === null) return skeleton(6)
    if (ids.length === 0)
      return empty(
        'play',
        'Nothing has run',
        'When a proposal is requested and approved, its run appears here with every step.',
      )
    return h(
      'div.runs',
      null,
      ids.filter((id) => runs.has(id)).map((id) => runCard(runs.get(id), draw)),
    )
  }
  const load = async (only = ids ?? []) => {
    try {
      const found = await Promise.all(only.map((id) => get(`/v1/runs/${encodeURIComponent(id)}`)))
      runs = new Map([...runs, ...found.map((run) => [run.id, run])])
      problem = null
    } catch (error) {
      if (runs.size === 0) problem = problemOf(error)
    }
    draw()
  }
  draw()
  const stop = refreshOn(['run'], () => load())
  return {
    element,
    update: (incident) => {
      if (!incident) return
      ids = incident.runIds
      void load(ids)
    },
    destroy: stop,
  }
}

const runCard = (run) =>
  h(
    'article.fact-card.run-card',
    { 'data-key': run.id },
    h(
      'header',
      null,
      h('h3', null, h('a', { href: runPath(run.id) }, run.playbookTitle)),
      h('code', null, run.id),
      pill(...wordsFor(runStates, run.status)),
    ),
    h('p.muted', null, whoAndWhen(run)),
    run.reason && h('p', null, run.reason),
    runSteps(run),
    h(
      'div.run-actions',
      null,
      h('a.button.small', { href: runPath(run.id) }, 'Full log'),
      activeRun(run.status) && cancelButton(run),
    ),
  )

export const whoAndWhen = (run) => [
  'asked by ',
  h('strong', null, run.requester.name),
  run.approvers.length > 0 && [
    ', approved by ',
    h('strong', null, listOf(run.approvers.map((each) => each.name))),
  ],
  run.startedAt && [
    ', started ',
    timeOf(run.startedAt, 'seconds'),
    run.finishedAt ? `, took ${between(run.startedAt, run.finishedAt)}` : '',
  ],
]

/** @param {any} run RunDetail */
export function runSteps(run) {
  const { done, total } = run
  const bad = run.steps.some((step) => ['failed', 'timed_out', 'unknown'].includes(step.status))
  return h(
    'section.block-steps',
    null,
    h('div.steps-head', null, h('h4', null, 'Steps'), h('span.count', null, `${done} of ${total}`)),
    progressBar(done, total, 'Steps done', bad ? 'bad' : ''),
    run.steps.length === 0
      ? h('p.muted', null, 'No step has begun.')
      : h(
          'ol.steps',
          null,
          run.steps.map((step) => stepRow(step)),
        ),
  )
}

function stepRow(step) {
  const [words, mark] = stepStates[step.status] ?? [step.status, 'unknown']
  const phase = { rollback: 'Undo: ', verify: 'Verify: ' }[step.phase] ?? ''
  return h(
    'li',
    { 'data-key': `${step.phase}-${step.stepId}`, class: `step-${mark}` },
    markOf(mark),
    h(
      'span.step-text',
      null,
      h('span.step-title', null, phase, step.title),
      h(
        'span.step-detail',
        null,
        step.summary || words,
        step.finishedAt && ` · ${between(step.startedAt, step.finishedAt)}`,
      ),
      step.outputTail && h('pre.tail', null, step.outputTail),
    ),
  )
}

/** A run can be cancelled at any time; what was done is then undone. */
export function cancelButton(run) {
  const cancel = async () => {
    const sure = await confirm({
      title: `Cancel ${run.playbookTitle}?`,
      text: `The running step is stopped and what was done so far is undone, in reverse. ${run.id} on ${run.service}.`,
      submit: 'Cancel the run',
    })
    if (!sure) return
    await post(`/v1/runs/${encodeURIComponent(run.id)}/cancel`).then(
      () => announce('Asked to cancel.'),
      (error) => announceProblem(problemOf(error)),
    )
  }
  return h('button.button.small.danger', { type: 'button', onclick: cancel }, 'Cancel…')
}

function announceProblem(problem) {
  announce(`${problem.title}. ${problem.detail}`)
  void confirm({
    title: problem.title,
    text: [problem.detail, problem.remedy].filter(Boolean).join(' '),
    style: 'plain',
  })
}
