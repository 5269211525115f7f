import { newKey, post, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { formOfWords, openForm } from '../forms.js'
import { icon, spinner } from '../icons.js'

/** Where one writes. Enter sends, Shift+Enter breaks the line; what was typed is kept until it is sent. */

const drafts = new Map()
const suggestions = ['what happened?', 'who approved?', 'what is next?']

/** @param {string} incidentId @param {{ onSent: (item: any, question: boolean) => void }} options */
export function startComposer(incidentId, { onSent }) {
  const area = h('textarea', {
    id: 'composer',
    name: 'body',
    rows: 1,
    maxlength: 4000,
    placeholder: matchMedia('(max-width: 759px)').matches
      ? 'Ask or say something…'
      : 'Ask or say something… try: what happened?',
    'aria-label': 'Message',
    'aria-describedby': 'composer-hint',
    enterkeyhint: 'send',
  })
  const status = h('div.composer-status')
  const send = h('button.send', { type: 'submit', 'aria-label': 'Send' })
  const form = h('form.composer', null, h('div.composer-box', null, area, send))
  const element = h('div.composer-wrap', null, status, form)
  let busy = false
  let problem = null
  /** What came of a form, until something else is typed. */
  let note = ''
  let key = newKey()

  const draw = () => {
    const blank = area.value.trim() === ''
    send.setAttribute('aria-disabled', String(busy || blank))
    mount(send, busy ? spinner() : icon('send'))
    mount(status, below(blank))
  }
  const below = (blank) => {
    if (problem)
      return h(
        'p.composer-problem',
        { role: 'alert', 'data-key': 'problem' },
        h('strong', null, problem.title),
        ' ',
        problem.remedy || problem.detail,
      )
    if (note) return h('p.composer-note', { role: 'status', 'data-key': 'note' }, note)
    return h(
      'div.suggestions',
      { 'data-key': 'suggestions', class: blank ? '' : 'hidden' },
      suggestions.map((each) =>
        h('button.chip', { type: 'button', onclick: () => say(each), tabindex: blank ? null : '-1' }, each),
      ),
      h(
        'span.composer-hint',
        { id: 'composer-hint' },
        h('kbd', null, 'Enter'),
        ' sends, ',
        h('kbd', null, 'Shift'),
        ' ',
        h('kbd', null, 'Enter'),
        ' breaks the line',
      ),
    )
  }
  const grow = () => {
    area.style.setProperty('height', 'auto')
    area.style.setProperty('height', `${Math.min(area.scrollHeight, 180)}px`)
  }
  const sayNothing = () => {
    area.value = ''
    drafts.delete(incidentId)
    grow()
  }
  const say = (text) => {
    area.value = text
    area.focus()
    void submit()
  }
  const submit = async () => {
    const body = area.value.trim()
    if (busy || body === '') return
    busy = true
    problem = null
    note = ''
    draw()
    try {
      const form = formOfWords(body)
      if (form) {
        const sent = await openForm(form)
        note = sent ? `${sent.title}. ${sent.message}` : ''
        sayNothing()
        busy = false
        return draw()
      }
      const item = await post(`/v1/incidents/${encodeURIComponent(incidentId)}/messages`, { body }, { key })
      key = newKey()
      sayNothing()
      onSent(item, /\?\s*$/.test(body))
    } catch (error) {
      problem = problemOf(error)
      // Refused, not lost: a changed text is a new message.
      if (problem.code !== 'offline') key = newKey()
    }
    busy = false
    draw()
  }

  area.value = drafts.get(incidentId) ?? ''
  area.oninput = () => {
    if (problem?.code === 'offline') key = newKey()
    problem = null
    note = ''
    drafts.set(incidentId, area.value)
    grow()
    draw()
  }
  area.onkeydown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    void submit()
  }
  form.onsubmit = (event) => {
    event.preventDefault()
    void submit()
  }
  draw()
  return { element }
}
