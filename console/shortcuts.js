import { ask } from './dialog.js'
import { h } from './dom.js'
import { go, incidentPath } from './router.js'
import { read, write } from './store.js'

/** The console by keyboard. Single letters only while nobody is typing. */

const table = [
  [['j', '↓'], 'next incident'],
  [['k', '↑'], 'previous incident'],
  [['r'], 'reply in the thread'],
  [['a'], 'what waits for approval'],
  [['q'], 'what runs and waits'],
  [['h'], 'home'],
  [['/'], 'search in a log'],
  [['?'], 'this help'],
  [['Esc'], 'close, or leave the text field'],
]

export function showHelp() {
  return ask({
    title: 'Keyboard shortcuts',
    cancel: 'Close',
    body: [
      h(
        'dl.shortcuts',
        null,
        table.map(([keys, what]) => [
          h(
            'dt',
            null,
            keys.map((key) => h('kbd', null, key)),
          ),
          h('dd', null, what),
        ]),
      ),
    ],
  })
}

function step(by) {
  const { incidents, route } = read()
  if (!incidents || incidents.length === 0) return
  const at = incidents.findIndex((each) => route?.name === 'incident' && each.id === route.params.id)
  const next = at < 0 ? 0 : Math.min(incidents.length - 1, Math.max(0, at + by))
  go(incidentPath(incidents[next].id))
}

const typing = (target) =>
  target instanceof HTMLElement &&
  (target.matches('input:not([type=radio]):not([type=checkbox]), textarea, select') ||
    target.isContentEditable)

const commands = {
  j: () => step(1),
  k: () => step(-1),
  r: () => document.querySelector('.composer textarea')?.focus(),
  a: () => go('/approvals'),
  q: () => go('/runs'),
  h: () => go('/'),
  '/': () => document.querySelector('.log-search input')?.focus(),
  '?': () => showHelp(),
}

export function startShortcuts() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return
    if (event.key === 'Escape') {
      if (read().drawer) write({ drawer: false })
      else if (typing(event.target)) event.target.blur()
      return
    }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || !read().me?.signedIn) return
    const command = Object.hasOwn(commands, event.key) ? commands[event.key] : null
    if (!command) return
    event.preventDefault()
    command()
  })
}
