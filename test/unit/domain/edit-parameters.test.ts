import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueOfText } from '../../../src/domain/edit-parameters.ts'
import { parseEdits } from '../../../src/domain/edit-words.ts'

describe('G4 G8 values that are typed', () => {
  it.each([
    ['instances=2', { instances: '2' }],
    ['a=1 b="two words"', { a: '1', b: 'two words' }],
    ['a = -3', { a: '-3' }],
    ['flag=', { flag: '' }],
  ])('G8 %s is understood', (words, answers) => {
    expect(parseEdits(words)).toEqual({ answers })
  })

  it.each(['', 'instances', '=2', 'a=1 b', '9=1'])('G8 “%s” says what is expected', (words) => {
    expect(parseEdits(words)).toHaveProperty('problem')
  })

  it('G8 a name that comes twice is refused by its name', () => {
    expect(parseEdits('a=1 a=2')).toEqual({ problem: 'a is named twice.' })
  })

  it('G4 any line is read, or told as a problem, and reaches no prototype', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('__proto__=1', 'constructor=1')), (words) => {
        const parsed = parseEdits(words)
        if ('answers' in parsed) expect(Object.getPrototypeOf(parsed.answers)).toBe(Object.prototype)
      }),
    )
    expect(Object.keys((parseEdits('__proto__=1') as { answers: object }).answers)).toEqual(['__proto__'])
  })

  it('G4 an integer is read only as one: anything else stays text, for the bounds to refuse', () => {
    expect(valueOfText({ type: 'integer' }, ' -3 ')).toBe(-3)
    for (const typed of ['1.5', '1e3', '', 'true', '0x1', '9'.repeat(17), '１'])
      expect(valueOfText({ type: 'integer' }, typed)).toBe(typed)
    expect(valueOfText({ type: 'boolean' }, 'Yes')).toBe(true)
    expect(valueOfText({ type: 'boolean' }, '1')).toBe('1')
  })
})
