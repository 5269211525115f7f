import { get, problemOf } from '../api.js'
import { cardIcons, cardOf } from '../card.js'
import { startClicks } from '../clicks.js'
import { h, mount } from '../dom.js'
import { refreshOn } from '../events.js'
import { icon, spinner } from '../icons.js'
import { announce, avatar, empty, problemBox, skeleton } from '../parts.js'
import { dayOf, timeOf } from '../time.js'
import { startComposer } from './composer.js'

/** The thread of an incident: Suture's cards and what people wrote, newest at the bottom. */

/** This close to the end counts as reading the newest. */
const nearPx = 80
/** How long to say that an answer is on its way. */
const answerPatienceMs = 15_000

export function threadTab(incidentId) {
  const list = h('div.thread-items')
  const scroller = h(
    'div.thread-scroll',
    { tabindex: '0', 'aria-label': 'Thread', role: 'log', 'aria-live': 'off' },
    list,
  )
  const pillPlace = h('div.new-place')
  const foot = h('div.composer-place')
  const element = h('div.thread', null, scroller, pillPlace, foot)
  const path = `/v1/incidents/${encodeURIComponent(incidentId)}/thread`
  let items = null
  let incident = null
  let problem = null
  let unseen = 0
  let answerWanted = 0
  let stopped = false
  let loading = 0

  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearPx
  const toEnd = (smooth = false) =>
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: smooth && calm() ? 'smooth' : 'instant' })

  const draw = () => {
    const follow = items === null || atEnd()
    mount(list, contentOf({ items, problem, incident, clicks, waiting: answerWanted > 0, load }))
    mount(
      pillPlace,
      unseen > 0 &&
        h(
          'button.new-pill',
          { type: 'button', onclick: () => toEnd(true) },
          icon('arrowDown'),
          h('span', null, `${unseen} new`),
        ),
    )
    if (follow) toEnd()
  }
  const clicks = startClicks(() => {
    if (!stopped) draw()
  })

  const load = async () => {
    const ticket = ++loading
    try {
      const answer = await get(path)
      // A slower, older answer must not overwrite a newer one.
      if (stopped || ticket !== loading) return
      take(answer.items)
    } catch (error) {
      if (stopped || ticket !== loading) return
      if (items === null) problem = problemOf(error)
    }
    draw()
  }

  const take = (next) => {
    const known = new Map((items ?? []).map((item) => [item.id, item]))
    const fresh = items === null ? [] : next.filter((item) => !known.has(item.id))
    const wasAtEnd = items === null || atEnd()
    for (const item of next) {
      if (item.kind !== 'card') continue
      const before = known.get(item.id)
      if (before && before.version !== item.version) clicks.forget(item)
      if (items !== null && before?.card.status !== item.card.status)
        announce(`${before ? 'Changed' : 'New'}: ${item.card.title}. ${item.card.status}`)
    }
    if (fresh.some((item) => item.kind === 'card' && item.cardKind === 'answer')) answerWanted = 0
    for (const item of fresh) if (item.kind === 'message') announce(`${item.author.name}: ${item.body}`)
    unseen = wasAtEnd ? 0 : unseen + fresh.length
    problem = null
    items = next
  }

  const composer = startComposer(incidentId, {
    onSent: (item, question) => {
      if (items && !items.some((each) => each.id === item.id)) items = [...items, item]
      if (question) {
        answerWanted = Date.now()
        const mine = answerWanted
        setTimeout(() => {
          if (answerWanted !== mine || stopped) return
          answerWanted = 0
          draw()
        }, answerPatienceMs)
      }
      draw()
      toEnd(true)
    },
  })
  foot.append(composer.element)

  scroller.onscroll = () => {
    if (unseen === 0 || !atEnd()) return
    unseen = 0
    draw()
  }
  // Content grows when the window narrows: whoever read the newest still does.
  const resizes = new ResizeObserver(() => {
    if (pinned) toEnd()
  })
  let pinned = true
  scroller.addEventListener('scroll', () => {
    pinned = atEnd()
  })
  resizes.observe(scroller)

  draw()
  void load()
  const stop = refreshOn(['card', 'message'], load)
  return {
    element,
    update: (next) => {
      incident = next
      if (items?.length === 0) draw()
    },
    destroy: () => {
      stopped = true
      stop()
      resizes.disconnect()
    },
  }
}

const calm = () => !matchMedia('(prefers-reduced-motion: reduce)').matches

function contentOf({ items, problem, clicks, waiting, load }) {
  if (problem) return problemBox(problem, { retry: load })
  if (items === null) return h('div.thread-loading', { 'data-key': 'loading' }, skeleton(3), skeleton(3))
  if (items.length === 0)
    return empty(
      'chat',
      'The thread begins in a moment',
      'Suture is gathering evidence. Its first card appears here by itself.',
    )
  let day = ''
  const rows = items.map((item) => {
    const itsDay = dayOf(item.createdAt)
    const divider =
      itsDay === day ? null : h('h2.day', { 'data-key': `day-${itsDay}` }, h('span', null, itsDay))
    day = itsDay
    return [divider, item.kind === 'card' ? cardRow(item, clicks) : messageRow(item)]
  })
  return [
    rows,
    waiting &&
      h(
        'div.row.row-waiting',
        { 'data-key': 'waiting' },
        h('span.node', null, spinner()),
        h('p.muted', null, 'Suture is looking it up…'),
      ),
  ]
}

const cardRow = (item, clicks) =>
  h(
    'div.row.row-card',
    { 'data-key': item.id, class: `tone-${item.card.tone}` },
    h('span.node', { 'aria-hidden': 'true' }, icon(cardIcons[item.card.kind] ?? 'info')),
    h(
      'div.row-body',
      null,
      h(
        'p.byline',
        null,
        h('strong', null, 'Suture'),
        timeOf(item.createdAt),
        item.version > 1 && h('span.edited', null, 'updated ', timeOf(item.updatedAt, 'ago')),
      ),
      cardOf(item, clicks.stateOf(item)),
    ),
  )

const messageRow = (item) =>
  h(
    'div.row.row-message',
    { 'data-key': item.id },
    avatar(item.author),
    h(
      'div.row-body',
      null,
      h('p.byline', null, h('strong', null, item.author.name), timeOf(item.createdAt)),
      h('p.message', null, item.body),
    ),
  )
