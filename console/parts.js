import { h } from './dom.js'
import { icon } from './icons.js'
import { initials, shortName } from './words.js'

/** Small pieces that many pages show alike. */

export const pill = (words, tone = 'neutral') => h('span.pill', { class: `tone-${tone}` }, words)

export const avatar = (person) =>
  h(
    'span.avatar',
    { 'aria-hidden': 'true', class: `hue-${hueOf(person.id)}` },
    initials(shortName(person.name)),
  )

const hueOf = (id) => [...id].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) % 997, 7) % 5

/** What to show where there is nothing: why it is empty, and what to do next. */
export const empty = (iconName, title, text, ...actions) =>
  h(
    'div.empty',
    null,
    h('span.empty-icon', null, icon(iconName)),
    h('h2', null, title),
    h('p', null, text),
    actions.length > 0 && h('div.empty-actions', null, ...actions),
  )

/** A problem with its remedy. @param {import('./api.js').Problem} problem */
export const problemBox = (problem, { retry = null, extra = [] } = {}) =>
  h(
    'div.problem',
    { role: 'alert' },
    icon('alert'),
    h(
      'div.problem-body',
      null,
      h('strong', null, problem.title),
      problem.detail && problem.detail !== problem.title && h('p', null, problem.detail),
      problem.remedy && h('p.remedy', null, problem.remedy),
      (retry || extra.length > 0) &&
        h(
          'div.problem-actions',
          null,
          retry && h('button.button', { type: 'button', onclick: retry }, 'Try again'),
          ...extra,
        ),
    ),
  )

/** Grey lines in the shape of what is coming, so that nothing jumps when it is there. */
export const skeleton = (lines = 3) =>
  h(
    'div.skeleton',
    { 'aria-hidden': 'true' },
    Array.from({ length: lines }, (_, at) => h('span', { class: `line-${at % 3}` })),
  )

export const stat = (label, ...value) => h('div.stat', null, h('dt', null, label), h('dd', null, ...value))

/** Copies text and says so on the button itself. */
export function copyButton(textToCopy, label = 'Copy') {
  const word = h('span', null, label)
  const button = h('button.button', { type: 'button' }, icon('copy'), word)
  button.onclick = async () => {
    const copied = await navigator.clipboard.writeText(textToCopy).then(
      () => true,
      () => false,
    )
    word.textContent = copied ? 'Copied' : 'Select it and copy by hand'
  }
  return button
}

export const pageHead = (title, intro, ...actions) =>
  h(
    'header.page-head',
    null,
    h('div', null, h('h1', { tabindex: '-1' }, title), intro && h('p.lede', null, intro)),
    actions.length > 0 && h('div.page-actions', null, ...actions),
  )

/** Says something to screen readers, once, without moving the focus. */
export function announce(text) {
  const announcer = document.getElementById('announcer')
  if (announcer) announcer.textContent = text
}
