import { problemOf } from '../api.js'
import { progressBar } from '../card.js'
import { loadQueue } from '../data.js'
import { h, mount } from '../dom.js'
import { icon } from '../icons.js'
import { empty, pageHead, pill, problemBox, skeleton } from '../parts.js'
import { incidentPath, runPath } from '../router.js'
import { read, subscribe } from '../store.js'
import { timeOf } from '../time.js'
import { runStates, wordsFor } from '../words.js'
import { cancelButton } from './runs.js'

/** What runs and how far it is, what waits and why, what ended within a day. */
export function queueView() {
  const element = h('div.page')
  let problem = null
  const draw = () => mount(element, content(read().queue, problem, load))
  const load = () =>
    loadQueue().then(
      () => {
        problem = null
        draw()
      },
      (error) => {
        problem = problemOf(error)
        draw()
      },
    )
  const stop = subscribe(draw)
  draw()
  void load()
  return { element, title: 'Runs', destroy: stop }
}

const content = (queue, problem, load) => [
  h(
    'div',
    { 'data-key': 'head' },
    pageHead('Runs', 'What runs now, what waits and for whom, and what ended within a day.'),
  ),
  queue === null && problem && h('div', { 'data-key': 'problem' }, problemBox(problem, { retry: load })),
  queue === null && !problem && h('div', { 'data-key': 'loading' }, skeleton(6)),
  queue !== null && isEmpty(queue) && h('div', { 'data-key': 'empty' }, nothing()),
  queue !== null && [
    queue.needsPerson.length > 0 && group('A person must look', queue.needsPerson.map(loudRow)),
    queue.running.length > 0 && group('Running', queue.running.map(runningRow)),
    queue.waiting.length > 0 && group('Waiting', queue.waiting.map(waitingRow)),
    queue.ended.length > 0 && group('Ended within a day', queue.ended.map(endedRow)),
  ],
]

const isEmpty = ({ running, waiting, ended, needsPerson }) =>
  running.length + waiting.length + ended.length + needsPerson.length === 0

const nothing = () =>
  empty(
    'play',
    'Nothing runs, and nothing waits',
    'When a remedy is approved, it appears here with every step. This page updates by itself.',
  )

const group = (title, rows) =>
  h(
    'section.group',
    { 'data-key': title, 'aria-label': title },
    h('h2.pane-title', null, title, h('span.count', null, rows.length)),
    h('ul.approvals', null, rows),
  )

const titleOf = (run) => [
  h(
    'h3',
    null,
    h(
      'a',
      { href: runPath(run.id) },
      `${run.undoOf === null ? run.playbookTitle : `Undoes ${run.undoOf}`} · ${run.service}`,
    ),
    h('code', null, run.id),
    run.stages > 1 && h('span.fact', null, `stage ${run.stage} of ${run.stages}`),
    pill(...wordsFor(runStates, run.status)),
  ),
]

const runningRow = (run) =>
  h(
    'li.approval',
    { 'data-key': run.id },
    h(
      'div.approval-words',
      null,
      titleOf(run),
      h(
        'div.queue-progress',
        null,
        progressBar(run.done, run.total, `Steps of ${run.id} done`),
        h('span.count', null, `${run.done} of ${run.total}`),
      ),
      h(
        'p.muted',
        null,
        run.step && [h('strong', null, run.step), ' · '],
        'began ',
        timeOf(run.since, 'ago'),
        run.deadlineAt && [' · ends ', timeOf(run.deadlineAt, 'ago'), ' at the latest'],
        ' · for ',
        h('a', { href: incidentPath(run.incidentId) }, run.incidentId),
      ),
    ),
    cancelButton(run),
  )

const waitingRow = (run) =>
  h(
    'li.approval',
    { 'data-key': run.id },
    h(
      'div.approval-words',
      null,
      titleOf(run),
      h('p', null, whyOf(run)),
      h(
        'p.muted',
        null,
        'since ',
        timeOf(run.since, 'ago'),
        run.givesUpAt && [' · gives up ', timeOf(run.givesUpAt, 'clock')],
        ' · for ',
        h('a', { href: incidentPath(run.incidentId) }, run.incidentId),
      ),
    ),
    cancelButton(run),
  )

/** Why it does not run yet, with a way to what stands before it. */
export function whyOf({ requestId, holders, place }) {
  if (requestId) return ['Waits for approval ', h('a', { href: '/approvals' }, requestId), '.']
  if (holders.length === 0) return 'Begins in a moment.'
  return [
    'Waits for ',
    holders.map(({ target, runId }, at) => [
      at > 0 && ', and for ',
      h('code', null, target),
      ', held by ',
      h('a', { href: runPath(runId) }, runId),
    ]),
    place && `. ${place === 1 ? 'Next' : ordinal(place)} in line.`,
  ]
}

const ordinal = (count) => {
  const teen = count % 100 >= 11 && count % 100 <= 13
  return `${count}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th')}`
}

const endedRow = (run) =>
  h(
    'li.approval',
    { 'data-key': run.id },
    h(
      'div.approval-words',
      null,
      titleOf(run),
      h(
        'p.muted',
        null,
        run.reason && `${asSentence(run.reason)} · `,
        timeOf(run.since, 'ago'),
        ' · for ',
        h('a', { href: incidentPath(run.incidentId) }, run.incidentId),
      ),
    ),
  )

const asSentence = (reason) => reason.replace(/^./u, (first) => first.toUpperCase())

const loudRow = (run) =>
  h(
    'li.approval.loud',
    { 'data-key': run.id },
    h(
      'div.approval-words',
      null,
      titleOf(run),
      h('p', null, icon('alert'), asSentence(run.reason)),
      h(
        'p.muted',
        null,
        'ended ',
        timeOf(run.since, 'ago'),
        ' · for ',
        h('a', { href: incidentPath(run.incidentId) }, run.incidentId),
      ),
    ),
    h('a.button.small', { href: runPath(run.id) }, run.status === 'unknown' ? 'Say what happened' : 'Look'),
  )
