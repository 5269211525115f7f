import { h } from '../dom.js'
import { empty } from '../parts.js'

export const missingView = (route) => ({
  title: 'Not found',
  element: h(
    'div.page',
    null,
    empty(
      'search',
      'There is no such page',
      `Nothing lives at ${route.path}.`,
      h('a.button.primary', { href: '/' }, 'Go home'),
    ),
  ),
})
