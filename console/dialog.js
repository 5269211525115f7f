import { h } from './dom.js'
import { icon } from './icons.js'

/** Questions that need an answer first: native `<dialog>`, so that focus, Esc and the backdrop behave as people expect. */

let count = 0

/**
 * Shows a dialog and resolves with what `onSubmit` made of the form, or null when it was closed.
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
    form.onsubmit = (event) => {
      event.preventDefault()
      answer = onSubmit(new FormData(form))
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
 * Asks for one value a field. Resolves with the answers by name, or null when the dialog was closed.
 * @param {{ title: string, fields: readonly any[], submit?: string }} options
 */
export const askForFields = ({ title, fields, submit }) =>
  ask({
    title,
    submit,
    body: fields.map((field) => {
      const id = `prompt-${++count}`
      return h(
        'div.field',
        null,
        h('label', { for: id }, field.label),
        inputOf(field, id),
        field.hint && h('p.hint', { id: `${id}-hint` }, field.hint),
      )
    }),
    onSubmit: (form) => Object.fromEntries(fields.map(({ name }) => [name, textOf(form, `field:${name}`)])),
  })

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
