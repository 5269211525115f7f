import { h } from './dom.js'

/** Parts of one page, one at a time: each has an address, and the arrow keys go from one to the next. */

/**
 * @param {{ label: string, tabs: Record<string, string>, chosen: string, hrefOf: (name: string) => string, counts?: Record<string, number> }} options
 */
export const tabBar = ({ label, tabs, chosen, hrefOf, counts = {} }) =>
  h(
    'div.tabs',
    { role: 'tablist', 'aria-label': label, 'data-key': 'tabs', onkeydown: moveTab },
    Object.entries(tabs).map(([name, title]) =>
      h(
        'a.tab',
        {
          href: hrefOf(name),
          role: 'tab',
          id: `tab-${name}`,
          'aria-selected': String(name === chosen),
          'aria-controls': 'tab-panel',
          tabindex: name === chosen ? '0' : '-1',
        },
        title,
        counts[name] > 0 && h('span.count', null, counts[name]),
      ),
    ),
  )

/** Which tab an address asks for; the first where it asks for none that is there. */
export function tabOf(route, tabs) {
  const wanted = route.query.get('tab') ?? ''
  return Object.hasOwn(tabs, wanted) ? wanted : Object.keys(tabs)[0]
}

function moveTab(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  if (!by) return
  event.preventDefault()
  const all = [...event.currentTarget.querySelectorAll('[role=tab]')]
  const next = all[(all.indexOf(document.activeElement) + by + all.length) % all.length]
  next?.focus()
  next?.click()
}
