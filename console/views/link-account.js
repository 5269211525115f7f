import { post, problemOf } from '../api.js'
import { textOf } from '../dialog.js'
import { h } from '../dom.js'
import { announce, copyButton, problemBox } from '../parts.js'
import { timeOf } from '../time.js'
import { listOf } from '../words.js'

/**
 * Two ways to tie an account of a chat to oneself: a code made here and typed there, or the other way round. Answers with
 * what draws it; `changed` is called whenever it has to be drawn anew, `linked` once an account was linked.
 */
export function linkPanel({ changed, linked, focus }) {
  let made = null
  let problem = null
  let said = ''
  let busy = false

  const attempt = async (work) => {
    if (busy) return
    busy = true
    problem = null
    said = ''
    changed()
    try {
      await work()
    } catch (error) {
      problem = problemOf(error)
    }
    busy = false
    changed()
  }
  const make = async () => {
    await attempt(async () => {
      made = await post('/v1/links')
      announce('A code was made. It is shown on this page.')
    })
    if (made) focus('.link-way .key-value button')
  }
  const redeem = (event) => {
    event.preventDefault()
    const form = event.currentTarget
    const code = textOf(new FormData(form), 'code')
    return attempt(async () => {
      const { accounts } = await post('/v1/links/redeem', { code })
      made = null
      said = `Linked: ${listOf(accounts)}.`
      announce(said)
      form.reset()
      linked()
    })
  }
  return () =>
    h(
      'section.panel',
      { 'data-key': 'link', 'aria-labelledby': 'link-title' },
      h('h2', { id: 'link-title', 'data-key': 'title' }, 'Link an account'),
      h(
        'p.muted',
        { 'data-key': 'why' },
        'So that Suture knows it is you in every chat. One person counts once, however many accounts they have.',
      ),
      problem && h('div', { 'data-key': 'problem' }, problemBox(problem)),
      said && h('p.link-said', { 'data-key': 'said' }, said),
      h(
        'div.link-ways',
        { 'data-key': 'ways' },
        h('div.link-way', { 'data-key': 'make' }, made ? codeOf(made) : makeWay(make, busy)),
        h('form.link-way', { 'data-key': 'redeem', onsubmit: redeem }, redeemWay(busy)),
      ),
    )
}

const makeWay = (make, busy) => [
  h('h3', null, 'From here'),
  h('p.muted', null, 'Make a code, then type it in Slack or Discord.'),
  h('button.button', { type: 'button', 'data-key': 'make', disabled: busy, onclick: make }, 'Make a code'),
]

const codeOf = ({ code, expiresAt }) => [
  h('h3', null, 'Type this in the chat'),
  // Its button says by itself that it has copied.
  h(
    'div.key-value',
    { 'data-key': code, 'data-island': '' },
    h('code', null, `/heal link ${code}`),
    copyButton(`/heal link ${code}`),
  ),
  h('p.muted', null, 'It works once, until ', timeOf(expiresAt, 'clock'), '.'),
]

const redeemWay = (busy) => [
  h('h3', null, 'From a chat'),
  h('label.muted', { for: 'link-code' }, 'Type /heal link there, and its code here.'),
  h(
    'div.link-redeem',
    null,
    h('input', {
      id: 'link-code',
      name: 'code',
      required: true,
      maxlength: 100,
      autocomplete: 'off',
      autocapitalize: 'characters',
      spellcheck: 'false',
      placeholder: 'K7PQM-2XWHD',
    }),
    h('button.button', { type: 'submit', disabled: busy }, 'Link'),
  ),
]
