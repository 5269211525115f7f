import { newKey, post, problemOf } from './api.js'
import { askForFields, askForText } from './dialog.js'
import { h } from './dom.js'
import { announce } from './parts.js'
import { read } from './store.js'
import { switchTo, whoElseApproves } from './views/persona.js'
import { shortName } from './words.js'

/** Presses of card buttons: one at a time a card, each sent under a key of its own so that it counts once. */

/** @param {() => void} changed called when a card must be drawn again */
export function startClicks(changed) {
  /** card id -> { pending: token | null, result } */
  const states = new Map()
  /** token + note -> key: a press repeated after a broken connection is the same press. */
  const keys = new Map()

  const press = async (item, action) => {
    const fields = action.prompt?.fields ?? []
    const filled =
      fields.length > 0
        ? await askForFields({ title: action.prompt.title, fields, submit: 'Propose this' })
        : undefined
    if (filled === null) return
    const answers = filled?.answers
    const note =
      fields.length > 0
        ? ''
        : action.prompt
          ? await askForText({
              title: action.prompt.title,
              label: action.prompt.label,
              required: action.prompt.required,
              submit: action.label,
              // Beside Cancel it is what the dialog is for, however quiet its button is on the card.
              style: action.style === 'plain' ? 'primary' : action.style,
            })
          : ''
    if (note === null) return
    states.set(item.id, { pending: action.token, result: null })
    changed()
    const intent = `${action.token} ${note} ${JSON.stringify(answers ?? {})}`
    const key = keys.get(intent) ?? newKey()
    keys.set(intent, key)
    const result = await post(
      '/v1/clicks',
      { token: action.token, note, ...(answers && { answers }) },
      { key },
    ).catch((error) => asResult(problemOf(error)))
    if (result.code !== 'offline') keys.delete(intent)
    states.set(item.id, { pending: null, result })
    announce([result.title, result.message, result.remedy].filter(Boolean).join('. '))
    changed()
  }

  return {
    /** @returns {import('./card.js').CardState} */
    stateOf: (item) => ({
      pending: states.get(item.id)?.pending ?? null,
      result: states.get(item.id)?.result ?? null,
      onPress: (action) => void press(item, action),
      refusalExtra,
      dismiss: () => {
        states.delete(item.id)
        changed()
      },
    }),
    /** A card has moved on: what was said under its old buttons no longer matters. */
    forget: (item) => {
      if (states.get(item.id)?.result) states.delete(item.id)
    },
  }
}

/** A request that failed, as what came of the press. */
export const asResult = ({ title, detail, remedy, code, earliest }) => ({
  done: false,
  title,
  message: detail,
  remedy,
  code,
  earliest,
})

/** In the lab the person who may is one press away. */
function refusalExtra({ code }) {
  if (code !== 'separation_of_duties' && code !== 'forbidden') return []
  return whoElseApproves(read().me).map((persona) =>
    h(
      'button.button.small',
      { type: 'button', onclick: () => switchTo(persona) },
      `Become ${shortName(persona.name)}`,
    ),
  )
}
