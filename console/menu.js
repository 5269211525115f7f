import { h, mount } from './dom.js'
import { icon } from './icons.js'

/** A button that opens a list of choices: arrows move, Enter picks, Esc and a click elsewhere close. */

let open = null

const close = (giveBack) => {
  if (!open) return
  const { button, list } = open
  open = null
  list.remove()
  button.setAttribute('aria-expanded', 'false')
  if (giveBack) button.focus()
}

document.addEventListener('pointerdown', (event) => {
  if (open && !open.list.contains(event.target) && !open.button.contains(event.target)) close(false)
})
addEventListener('resize', () => close(false))
addEventListener('popstate', () => close(false))

/**
 * @param {{ key: string, className: string, label: string, face: any[], title: string, items: { key: string, content: any[], checked?: boolean, onPick: () => void }[] }} options
 */
export function menuButton({ key, className, label, face, title, items }) {
  return h(
    'button',
    {
      type: 'button',
      class: className,
      'data-key': key,
      'aria-label': label,
      'aria-haspopup': 'menu',
      'aria-expanded': String(open?.key === key),
      onclick: (event) => toggle(event.currentTarget, key, title, items),
    },
    ...face,
  )
}

function toggle(button, key, title, items) {
  if (open?.key === key) return close(true)
  close(false)
  const list = h('div.menu', { role: 'menu', 'aria-label': title, onkeydown: move })
  mount(
    list,
    h('p.menu-title', { 'aria-hidden': 'true' }, title),
    items.map((item) =>
      h(
        'button.menu-item',
        {
          type: 'button',
          role: item.checked === undefined ? 'menuitem' : 'menuitemradio',
          'aria-checked': item.checked === undefined ? null : String(item.checked),
          tabindex: '-1',
          'data-key': item.key,
          onclick: () => {
            close(true)
            item.onPick()
          },
        },
        ...item.content,
        item.checked && h('span.menu-check', null, icon('check')),
      ),
    ),
  )
  document.body.append(list)
  place(list, button)
  button.setAttribute('aria-expanded', 'true')
  open = { key, button, list }
  const first = list.querySelector('[aria-checked=true]') ?? list.querySelector('.menu-item')
  first?.focus()
}

/** Above or below the button, wherever it fits, never outside the window. */
function place(list, button) {
  const at = button.getBoundingClientRect()
  const { width, height } = list.getBoundingClientRect()
  const below = at.bottom + 6 + height <= innerHeight - 8
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8))
  const top = below ? at.bottom + 6 : Math.max(8, at.top - height - 6)
  list.style.setProperty('--left', `${left}px`)
  list.style.setProperty('--top', `${top}px`)
}

function move(event) {
  const items = [...event.currentTarget.querySelectorAll('.menu-item')]
  const at = items.indexOf(document.activeElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
  if (event.key === 'Escape' || event.key === 'Tab') {
    if (event.key === 'Escape') event.preventDefault()
    event.stopPropagation()
    close(true)
  } else if (to !== undefined) {
    event.preventDefault()
    items[(to + items.length) % items.length]?.focus()
  }
}
