import { h } from './dom.js'
import { icon } from './icons.js'

/** Questions that need an answer first: native `<dialog>`, so that focus, Esc and the backdrop behave as people expect. */

let count = 0

const stayOpen = Symbol('the dialog stays')

/**
 * Shows a dialog and resolves with what `onSubmit` made of the form, or null when it was closed. It stays when that is `stayOpen`.
 * @param {{ title: string, body?: any[], submit?: string, style?: string, cancel?: string, onSubmit?: (form: FormData) => any, wide?: boolean }} options
 * @returns {Promise<any>}
 */
export function ask({
  title,
  body = [],
  submit,
  style = 'primary',
  cancel = 'Cancel',
  onSubmit = () => true,
  wide = false,
}) {
  const before = document.activeElement
  const titleId = `dialog-${++count}`
  return new Promise((resolve) => {
    let answer = null
    const form = h(
      'form',
      { method: 'dialog' },
      h(
        'header.dialog-head',
        null,
        h('h2', { id: titleId }, title),
        h(
          'button.icon-button',
          { type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() },
          icon('cross'),
        ),
      ),
      h('div.dialog-body', null, ...body),
      h(
        'footer.dialog-foot',
        null,
        h('button.button.plain', { type: 'button', onclick: () => dialog.close() }, cancel),
        submit && h('button.button', { type: 'submit', class: style }, submit),
      ),
    )
    let sending = false
    form.onsubmit = async (event) => {
      event.preventDefault()
      if (sending) return
      sending = true
      const made = await onSubmit(new FormData(form))
      sending = false
      if (made === stayOpen) return
      answer = made
      dialog.close()
    }
    const dialog = h('dialog.dialog', { 'aria-labelledby': titleId, class: wide ? 'wide' : '' }, form)
    dialog.onclick = (event) => {
      if (event.target === dialog) dialog.close()
    }
    dialog.onclose = () => {
      dialog.remove()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
      resolve(answer)
    }
    document.body.append(dialog)
    dialog.showModal()
    dialog.querySelector('textarea, input, select, [data-first]')?.focus()
  })
}

/** The text of a field, trimmed. @param {FormData} form @param {string} name */
export function textOf(form, name) {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** Asks for text. Resolves with it, trimmed, or null when the dialog was closed. */
export function askForText({ title, label, required = false, submit, style, hint = '' }) {
  const id = `prompt-${++count}`
  const area = h('textarea', {
    id,
    name: 'text',
    rows: 3,
    maxlength: 1000,
    required,
    'aria-describedby': hint ? `${id}-hint` : null,
  })
  // Ctrl+Enter sends: nobody wants to reach for the mouse here.
  area.onkeydown = (event) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) area.form?.requestSubmit()
  }
  return ask({
    title,
    submit,
    style,
    body: [
      h('label', { for: id }, label, !required && h('span.optional', null, ' (optional)')),
      area,
      hint && h('p.hint', { id: `${id}-hint` }, hint),
    ],
    onSubmit: (form) => textOf(form, 'text'),
  })
}

/**
 * Asks for one value a field. Resolves with what `send` made of the answers by name, or null when the dialog was closed. As
 * long as that is not `done` the dialog stays, and says what is wrong: by its `problems` at the fields, or above them.
 * @param {{ title: string, about?: string, fields: readonly any[], submit?: string, style?: string, send?: (answers: any) => any }} options
 */
export function askForFields({
  title,
  about = '',
  fields,
  submit,
  style,
  send = (answers) => ({ done: true, answers }),
}) {
  const told = h('p.field-problem', { role: 'alert' })
  const inputs = fields.map((field) => {
    const id = `prompt-${++count}`
    const problem = h('p.field-problem', { id: `${id}-problem`, role: 'alert' })
    return { ...field, id, problem, input: inputOf(field, id) }
  })
  const tell = ({ problems = {}, message = '', remedy = '' }) => {
    for (const { id, name, hint, input, problem } of inputs) {
      problem.textContent = problems[name] ?? ''
      input.setAttribute('aria-invalid', String(name in problems))
      const described = [hint && `${id}-hint`, name in problems && `${id}-problem`].filter(Boolean)
      input.setAttribute('aria-describedby', described.join(' '))
    }
    const wrong = inputs.find(({ name }) => name in problems)
    told.textContent = wrong ? '' : `${message} ${remedy}`.trim()
    wrong?.input.focus()
  }
  return ask({
    title,
    submit,
    style,
    body: [
      about && h('p.muted', null, about),
      told,
      ...inputs.map(({ id, label, hint, input, problem }) =>
        h(
          'div.field',
          null,
          h('label', { for: id }, label),
          input,
          hint && h('p.hint', { id: `${id}-hint` }, hint),
          problem,
        ),
      ),
    ],
    onSubmit: async (form) => {
      const sent = await send(
        Object.fromEntries(fields.map(({ name }) => [name, textOf(form, `field:${name}`)])),
      )
      if (sent.done) return sent
      tell(sent)
      return stayOpen
    },
  })
}

function inputOf({ name, kind, value, hint }, id) {
  const common = { id, name: `field:${name}`, 'aria-describedby': hint ? `${id}-hint` : null }
  if (kind.is === 'choice')
    return h(
      'select',
      common,
      kind.options.map((option) =>
        h('option', { value: option.value, selected: option.value === value }, option.label),
      ),
    )
  return kind.is === 'number'
    ? h('input', { ...common, type: 'number', step: 1, min: kind.min, max: kind.max, required: true, value })
    : h('input', { ...common, type: 'text', maxLength: kind.maxLength, value })
}

/** Resolves with true only when the person said yes. */
export const confirm = ({ title, text, submit, style = 'danger' }) =>
  ask({ title, submit, style, body: [h('p', null, text)] }).then((answer) => answer === true)
