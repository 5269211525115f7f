import { newKey, post, problemOf } from './api.js'
import { askForText } from './dialog.js'
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
    const note = action.prompt
      ? await askForText({
          title: action.prompt.title,
          label: action.prompt.label,
          required: action.prompt.required,
          submit: action.label,
          style: action.style,
        })
      : ''
    if (note === null) return
    states.set(item.id, { pending: action.token, result: null })
    changed()
    const intent = `${action.token} ${note}`
    const key = keys.get(intent) ?? newKey()
    keys.set(intent, key)
    const result = await post('/v1/clicks', { token: action.token, note }, { key }).catch((error) =>
      asResult(problemOf(error)),
    )
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

const asResult = ({ title, detail, remedy, code }) => ({ done: false, title, message: detail, remedy, code })

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
