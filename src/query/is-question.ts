import { wordsOf } from './words/text.ts'

/**
 * Whether a message asks anything at all; people's talk among themselves gets no answer. It does when it ends with a
 * question mark, speaks to Suture, or begins as a question does (and is not a sentence such as `what I saw was ...`).
 */
export const isQuestion = (text: string): boolean => {
  const trimmed = text.trim()
  return endsAsQuestion(trimmed) || speaksToSuture(trimmed) || beginsAsQuestion(trimmed)
}

const endsAsQuestion = (text: string): boolean => {
  let end = text.length
  while (end > 0 && '!?)"\'”… '.includes(text[end - 1] ?? '')) end -= 1
  return text.slice(end).includes('?')
}

const greetings = new Set(['hey', 'hi', 'hello', 'ok', 'okay'])

const speaksToSuture = (text: string): boolean => {
  const words = wordsOf(text.slice(0, 400)) ?? []
  const [first = '', second = ''] = words
  return first === 'suture' || words.includes('@suture') || (greetings.has(first) && second === 'suture')
}

const questionWords = new Set('what who whom why which how when where'.split(' '))
/** After these a question word begins a statement: `when I restarted it`, `what a night`, `which means`. */
const statements = new Set('i we you they he she it a an the means'.split(' '))

const beginsAsQuestion = (text: string): boolean => {
  if (text.length > 200) return false
  const [first = '', second = ''] = wordsOf(text) ?? []
  return questionWords.has(first) && !statements.has(second) && !/[.,;:!]\s/.test(text)
}
