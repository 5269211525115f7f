import { problemOf } from '../api.js'
import { signIn } from '../data.js'
import { h, mount } from '../dom.js'
import { spinner } from '../icons.js'
import { problemBox } from '../parts.js'
import { read } from '../store.js'

/** Outside the lab one signs in with an API key; the server answers with a cookie that scripts can't read. */
export function signInView() {
  const element = h('div.sign-in')
  if (read().me?.lab) {
    mount(element, h('p.booting', null, spinner(), h('span', null, 'Opening the lab…')))
    return { title: 'The lab', element }
  }
  const field = h('input', {
    id: 'key',
    name: 'key',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
    maxlength: 200,
    spellcheck: 'false',
    placeholder: 'sut_…',
    'aria-describedby': 'key-hint',
  })
  let busy = false
  let problem = null
  const form = h('form.sign-in-form')
  const draw = () =>
    mount(
      form,
      h('img', { src: '/assets/mark.svg', alt: '', width: 48, height: 48 }),
      h('h1', { tabindex: '-1' }, 'Sign in to Suture'),
      h('p.lede', null, 'Incidents heal in the thread. Your key says who you are.'),
      h(
        'div.field',
        { 'data-key': 'field' },
        h('label', { for: 'key' }, 'API key'),
        h('div', { 'data-island': true, 'data-key': 'input' }),
      ),
      problem && h('div', { 'data-key': 'problem' }, problemBox(problem)),
      h(
        'button.button.primary.wide',
        { type: 'submit', 'aria-disabled': busy ? 'true' : null },
        busy && spinner(),
        h('span', null, busy ? 'Signing in…' : 'Sign in'),
      ),
      h(
        'p.hint',
        { id: 'key-hint' },
        'The first start printed an admin key in the terminal, once. Lost it? Make a new one with ',
        h('code', null, 'suture key create'),
        '.',
      ),
    )
  draw()
  form.querySelector('[data-island]').append(field)
  form.onsubmit = async (event) => {
    event.preventDefault()
    if (busy) return
    busy = true
    problem = null
    draw()
    try {
      await signIn(field.value.trim())
    } catch (error) {
      const found = problemOf(error)
      problem =
        found.status === 401
          ? {
              ...found,
              title: 'This key does not open Suture',
              remedy: found.remedy || 'Check that it was copied whole and is not revoked or expired.',
            }
          : found
      busy = false
      draw()
      field.focus()
    }
  }
  element.append(form)
  queueMicrotask(() => field.focus())
  return { title: 'Sign in', element }
}
