import { h } from '../dom.js'
import { pageHead } from '../parts.js'

export const missingView = (route) => ({
  title: 'Not found',
  element: h(
    'div.page',
    null,
    pageHead('There is no such page', `Nothing lives at ${route.path}.`),
    h('a.button.primary', { href: '/' }, 'Go home'),
  ),
})
