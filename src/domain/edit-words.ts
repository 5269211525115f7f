import type { FormAnswers } from './form.ts'

/** `name=value` as it is typed, several of them; a value with spaces stands in double quotes. */
export const parseEdits = (
  words: string,
): { readonly answers: FormAnswers } | { readonly problem: string } => {
  const answers = new Map<string, string>()
  const pattern = /\s*([A-Za-z_][\w-]{0,63})\s*=\s*(?:"([^"]*)"|(\S*))/y
  let at = 0
  while (words.slice(at).trim() !== '') {
    pattern.lastIndex = at
    const [whole, name = '', quoted, plain] = pattern.exec(words) ?? []
    if (whole === undefined) return { problem: 'Say which parameter gets which value, such as instances=2.' }
    if (answers.has(name)) return { problem: `${name} is named twice.` }
    answers.set(name, quoted ?? plain ?? '')
    at += whole.length
  }
  return answers.size === 0
    ? { problem: 'Say which parameter gets which value, such as instances=2.' }
    : { answers: Object.fromEntries(answers) }
}
