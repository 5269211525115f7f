import { describe, expect, it } from 'vitest'
import { plainerThan } from '../../src/query/plainer.ts'
import { spokenNumbers } from '../../src/query/words/spoken-numbers.ts'

const plain = (text: string): string[] => plainerThan(text, ['@suture']).map(({ words }) => words.join(' '))

describe('a text with less of what people say around a question', () => {
  it.each([
    ['wtf happened to checkout', 'what happened to checkout'],
    ['who the hell approved run-9', 'who approved run-9'],
    ['um okay and what about billing', 'what about billing'],
    ['ok and why is it stuck?', 'why is it stuck'],
    ["wait, isn't checkout frozen?", 'is checkout frozen'],
    ["this service isn't frozen, is it?", 'this service is frozen'],
    ['payments is fine, right?', 'payments is fine'],
    ['Please state who approved run-21.', 'who approved run-21'],
    ['can someone catch me up on this', 'catch me up on this'],
    ['please share the proof of run-21', 'show the proof of run-21'],
    ['there is a freeze on web?', 'is there a freeze on web'],
    ['show me my own votes', 'show me my votes'],
  ])('Q1 `%s` is read as `%s` too', (text, expected) => {
    expect(plain(text)).toContain(expected)
  })

  it.each([
    ['hi, i just took over, are there open incidents?', 'are there open incidents'],
    ['my boss asked, how many incidents did we have today', 'how many incidents did we have today'],
    ['what runs now? i am new here', 'what runs now'],
    ['somebody gave me inc-38, what happened in inc-38?', 'what happened in inc-38'],
  ])('Q1 in `%s` the sentence about who asks is left out', (text, expected) => {
    expect(plain(text)).toContain(expected)
  })

  it.each([
    // It narrows what is asked.
    ['for critical incidents, how many last week?', 'how many last week'],
    ['unless it is frozen, what can i do?', 'what can i do'],
    ['i mean payments, how many incidents?', 'how many incidents'],
    // It is what the question points back at.
    ['we changed the flag, did it help?', 'did it help'],
    ['i asked about run-9, who approved?', 'who approved'],
    // An order is no sentence about who asks.
    ['restart checkout, what happened?', 'what happened'],
  ])('Q1 of `%s` nothing is left out that changes what is asked', (text, never) => {
    expect(plain(text)).not.toContain(never)
  })
})

describe('numbers as they are dictated', () => {
  it.each([
    ['what happened with run twenty one', 'what happened with run 21'],
    ['who approved incident number thirty eight', 'who approved incident 38'],
    ['incidents since the third of november', 'incidents since the 3 november'],
    ['between november third and november ninth', 'between november 3 and november 9'],
    ['approved since nine am', 'approved since 9am'],
  ])('Q1 `%s` is `%s`', (text, expected) => {
    expect(spokenNumbers(text.split(' ')).join(' ')).toBe(expected)
  })

  it.each(['which one was first', 'the second run', 'one more question', 'the last two weeks'])(
    'Q1 `%s` has no number that is meant as one',
    (text) => {
      expect(spokenNumbers(text.split(' ')).join(' ')).toBe(text)
    },
  )
})
