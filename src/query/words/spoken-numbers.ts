import { monthOf } from '../dates/calendar.ts'

/** Numbers as they are dictated: `run twenty one`, `the third of november`, `nine am`. Anywhere else a number word stays a word. */

const ones =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const ordinals =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'.split(
    ' ',
  )
const labels = new Set('inc incident run req request prop proposal number'.split(' '))
const clocks = new Set(['am', 'pm'])

export const spokenNumbers = (words: readonly string[]): string[] => {
  const out: string[] = []
  for (let at = 0; at < words.length; ) {
    const number = cardinalAt(words, at)
    const day = dayAt(words, at)
    if (number !== null && labels.has(words[at - 1] ?? '')) {
      if (out.at(-1) === 'number') out.pop()
      out.push(String(number.value))
      at = number.end
    } else if (number !== null && clocks.has(words[number.end] ?? '')) {
      out.push(`${number.value}${words[number.end]}`)
      at = number.end + 1
    } else if (day !== null && isOfMonth(words, at, day.end)) {
      out.push(`${day.value}`)
      at = words[day.end] === 'of' ? day.end + 1 : day.end
    } else {
      out.push(words[at] ?? '')
      at += 1
    }
  }
  return out
}

/** `the third of november`, `since third november`, `until november third`; `the second november incident` is none. */
const isOfMonth = (words: readonly string[], at: number, end: number): boolean => {
  const word = (place: number): string => words[place] ?? ''
  const start = word(at - 1) === 'the' ? at - 1 : at
  if (word(end) === 'of') return monthOf(word(end + 1)) !== null
  if (monthOf(word(end)) !== null) return prepositions.has(word(start - 1))
  return monthOf(word(start - 1)) !== null && prepositions.has(word(start - 2))
}
const prepositions = new Set('on since until till from between to and by'.split(' '))

interface Spoken {
  readonly value: number
  readonly end: number
}

/** Null as well for what goes on, such as `nine oh one` and `two hundred`. */
const cardinalAt = (words: readonly string[], at: number): Spoken | null => {
  const ten = tens.indexOf(words[at] ?? '')
  const one = ones.indexOf(words[at] ?? '')
  if (ten < 0 && one < 0) return null
  const more = ten < 0 ? -1 : ones.indexOf(words[at + 1] ?? '')
  const whole = more > 0 && more < 10
  const end = whole ? at + 2 : at + 1
  if (goesOn.has(words[end] ?? '') || ones.includes(words[end] ?? '') || tens.includes(words[end] ?? ''))
    return null
  return { value: ten < 0 ? one : (ten + 2) * 10 + (whole ? more : 0), end }
}
const goesOn = new Set(['oh', 'o', 'hundred', 'thousand', 'point', 'and'])

const dayAt = (words: readonly string[], at: number): Spoken | null => {
  const plain = ordinals.indexOf(words[at] ?? '') + 1
  if (plain > 0) return { value: plain, end: at + 1 }
  if (words[at] === 'thirtieth') return { value: 30, end: at + 1 }
  const ten = tens.indexOf(words[at] ?? '')
  const more = ordinals.indexOf(words[at + 1] ?? '') + 1
  return ten >= 0 && ten < 2 && more > 0 && more < 10 ? { value: (ten + 2) * 10 + more, end: at + 2 } : null
}
