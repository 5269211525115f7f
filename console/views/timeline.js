import { get, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { refreshOn } from '../events.js'
import { empty, problemBox, skeleton } from '../parts.js'
import { dayOf, timeOf } from '../time.js'
import { postmortemDraft } from './postmortem.js'

/** The audit log of an incident as sentences: when, what, who, and the leaf under which the log proves it. */

const pageSize = 200

export function timelineTab(incidentId) {
  const list = h('div')
  const element = h('div.pane', null, postmortemDraft(incidentId), list)
  let entries = null
  let next = null
  let problem = null

  const page = (after) =>
    get(
      `/v1/incidents/${encodeURIComponent(incidentId)}/timeline?limit=${pageSize}${after ? `&after=${encodeURIComponent(after)}` : ''}`,
    )
  const load = async () => {
    try {
      const known = entries?.length ?? 0
      let answer = await page(null)
      let all = answer.items
      // As many as were shown before, so that a refresh takes nothing away.
      while (answer.next && all.length < known) {
        answer = await page(answer.next)
        all = [...all, ...answer.items]
      }
      entries = all
      next = answer.next
      problem = null
    } catch (error) {
      if (entries === null) problem = problemOf(error)
    }
    draw()
  }
  const more = async () => {
    try {
      const answer = await page(next)
      entries = [...entries, ...answer.items]
      next = answer.next
    } catch (error) {
      problem = problemOf(error)
    }
    draw()
  }
  const draw = () => mount(list, content())
  const content = () => {
    if (problem) return problemBox(problem, { retry: load })
    if (entries === null) return skeleton(6)
    if (entries.length === 0)
      return empty(
        'clock',
        'Nothing recorded yet',
        'Everything that happens to this incident is written here the moment it does.',
      )
    let day = ''
    return h(
      'ol.timeline',
      null,
      entries.map((entry) => {
        const itsDay = dayOf(entry.at)
        const divider = itsDay === day ? null : h('li.timeline-day', { 'data-key': `day-${itsDay}` }, itsDay)
        day = itsDay
        return [divider, row(entry)]
      }),
      next &&
        h('li', { 'data-key': 'more' }, h('button.button', { type: 'button', onclick: more }, 'Show more')),
    )
  }
  draw()
  void load()
  const stop = refreshOn(['incident', 'run', 'approval', 'card', 'message'], load, { delayMs: 200 })
  return { element, destroy: stop }
}

const toneOf = (event) => {
  if (/refused|blocked|rejected|failed|escalated|expired/.test(event)) return 'bad'
  if (/granted|resolved|outcome|finished|vote/.test(event)) return 'good'
  return 'neutral'
}

const row = (entry) =>
  h(
    'li.timeline-row',
    { 'data-key': entry.id, class: `tone-${toneOf(entry.event)}` },
    timeOf(entry.at, 'time'),
    h('span.dot', { 'aria-hidden': 'true' }),
    h(
      'div',
      null,
      h('p.timeline-text', null, entry.text),
      h(
        'p.timeline-meta',
        null,
        h('span', null, entry.actor.name),
        h('code', null, entry.event),
        h(
          'code',
          { title: `Leaf of the audit log: ${entry.leafHash}` },
          `leaf ${entry.leafHash.slice(0, 8)}`,
        ),
      ),
    ),
  )
