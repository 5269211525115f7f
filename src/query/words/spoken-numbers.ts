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
    const number = labels.has(words[at - 1] ?? '') ? cardinalAt(words, at) : null
    const hour = cardinalAt(words, at)
    const day = dayAt(words, at)
    if (number !== null) {
      if (out.at(-1) === 'number') out.pop()
      out.push(String(number.value))
      at = number.end
    } else if (hour !== null && clocks.has(words[hour.end] ?? '')) {
      out.push(`${hour.value}${words[hour.end]}`)
      at = hour.end + 1
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

const isOfMonth = (words: readonly string[], at: number, end: number): boolean => {
  const after = words[end] === 'of' ? end + 1 : end
  const before = words[at - 1] === 'the' ? at - 2 : at - 1
  return monthOf(words[after] ?? null) !== null || monthOf(words[before] ?? null) !== null
}

interface Spoken {
  readonly value: number
  readonly end: number
}

const cardinalAt = (words: readonly string[], at: number): Spoken | null => {
  const ten = tens.indexOf(words[at] ?? '')
  const one = ones.indexOf(words[at] ?? '')
  if (ten < 0) return one < 0 ? null : { value: one, end: at + 1 }
  const more = ones.indexOf(words[at + 1] ?? '')
  const base = (ten + 2) * 10
  return more > 0 && more < 10 ? { value: base + more, end: at + 2 } : { value: base, end: at + 1 }
}

const dayAt = (words: readonly string[], at: number): Spoken | null => {
  const plain = ordinals.indexOf(words[at] ?? '') + 1
  if (plain > 0) return { value: plain, end: at + 1 }
  if (words[at] === 'thirtieth') return { value: 30, end: at + 1 }
  const ten = tens.indexOf(words[at] ?? '')
  const more = ordinals.indexOf(words[at + 1] ?? '') + 1
  return ten >= 0 && ten < 2 && more > 0 && more < 10 ? { value: (ten + 2) * 10 + more, end: at + 2 } : null
}
