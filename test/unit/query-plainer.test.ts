import { describe, expect, it } from 'vitest'
import { plainerThan } from '../../src/query/plainer.ts'
import { namesOf } from '../../src/query/words/names.ts'
import { spokenNumbers } from '../../src/query/words/spoken-numbers.ts'

const names = namesOf({
  services: [
    { name: 'checkout', aliases: ['shop'] },
    { name: 'payments', aliases: [] },
  ],
  people: [{ id: 'person_grace', name: 'Grace Hopper' }],
  playbooks: [{ name: 'scale-up', title: 'Add one instance' }],
})
const plain = (text: string): string[] =>
  plainerThan(text, ['@suture'], names).map(({ words }) => words.join(' '))

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
    ["we don't need low ones, how many incidents were there?", 'how many incidents were there'],
    ['just grace, who approved what?', 'who approved what'],
    ["i'm grace, what did i approve?", 'what did i approve'],
    ['what is open, it is for checkout', 'what is open'],
    ["i'm asking for globex, what is open?", 'what is open'],
    ['which runs failed, last night', 'which runs failed'],
    ['who can approve, need two people', 'who can approve'],
    ['my service is kafka, which incidents are open?', 'which incidents are open'],
    ['just checking uat, which runs failed?', 'which runs failed'],
    ["we don't count drills, how many incidents were there?", 'how many incidents were there'],
    ['i was out overnight, which runs failed?', 'which runs failed'],
    ['how many incidents last week, i said runs', 'how many incidents last week'],
    ['my boss wants his, what are my votes?', 'what are my votes'],
    // What is chosen by a `not` keeps it.
    ['which incidents are not resolved, right?', 'which incidents are resolved'],
    ['who did not approve inc-12, huh?', 'who did approve inc-12'],
    ['were not failed runs there today?', 'were failed runs there today'],
    // Of a right.
    ['may anyone deploy to web?', 'deploy to web'],
    ['check whether only bob approved inc-12', 'only bob approved inc-12'],
    // A prohibition.
    ["please don't run the self test", 'do run the self test'],
    ['which runs failed, not on web, right?', 'which runs failed on web'],
    ['not bob, right?', 'bob'],
    // Orders.
    ['send run-9 for approval', 'show run-9 for approval'],
    ['share the log with bob', 'show the log with bob'],
    ['incidents resolved by chance', 'incidents resolved'],
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

  it.each([
    'which one was first',
    'the second run',
    'one more question',
    'the last two weeks',
    'who approved run nine oh one',
    'the second november incident',
  ])('Q1 `%s` has no number that is meant as one', (text) => {
    expect(spokenNumbers(text.split(' ')).join(' ')).toBe(text)
  })
})
