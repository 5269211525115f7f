import { ApiError, get, post, problemOf } from './api.js'
import { asResult } from './clicks.js'
import { askForFields } from './dialog.js'

const looks = {
  freeze: { submit: 'Freeze it', style: 'danger' },
  mode: { submit: 'Set the mode', style: 'primary' },
}

/** The form that is meant by what was typed, as in the chats: `/heal freeze`. Null for anything else. */
export const formOfWords = (typed) =>
  /^\/heal\s+(freeze|mode)$/i.exec(typed.trim())?.[1]?.toLowerCase() ?? null

/**
 * Opens the form that the chats open too. Resolves with what came of it, or null when it was closed. Throws an `ApiError` for
 * whoever may not send it.
 * @param {'freeze' | 'mode'} name
 */
export async function openForm(name) {
  const { token, prompt } = await get(`/v1/forms?name=${name}`)
  const send = (answers) =>
    post('/v1/clicks', { token, answers }).catch((error) => asResult(problemOf(error)))
  if (prompt) return askForFields({ ...prompt, ...looks[name], send })
  // Refused by the rule itself, in its words.
  const { title, message, remedy, code } = await send({})
  throw new ApiError({ title, detail: message, remedy, code, status: 0 })
}
