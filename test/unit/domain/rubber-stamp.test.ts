import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Given, isRushed, reciprocalPairs, stampsCounted } from '../../../src/domain/rubber-stamp.ts'

const asked = Temporal.Instant.from('2026-03-02T03:00:00Z')
const given = (requesterId: string, approverId: string, approvals: number): Given => ({
  requesterId,
  approverId,
  approvals,
})

describe('G14 what looks like a rubber stamp', () => {
  it.each([
    [-3, true],
    [0, true],
    [1_900, true],
    [1_999, true],
    [2_000, false],
    [2_100, false],
  ])('G14 an approval %i ms after its request: rushed is %s', (milliseconds, rushed) => {
    expect(isRushed(asked, asked.add({ milliseconds }))).toBe(rushed)
  })

  it.each<[string, Given[], [string, string, number][]]>([
    ['five between two who approve nobody else', [given('a', 'b', 3), given('b', 'a', 2)], [['a', 'b', 5]]],
    ['four are chance', [given('a', 'b', 2), given('b', 'a', 2)], []],
    ['one way alone is an approver at work', [given('a', 'b', 40)], []],
    ['half is not more than half', [given('a', 'b', 5), given('b', 'a', 5), given('a', 'c', 5)], []],
    [
      'more than half of each',
      [given('a', 'b', 6), given('b', 'a', 4), given('a', 'c', 5), given('b', 'd', 3)],
      [['a', 'b', 10]],
    ],
    ['of one of them others approved more', [given('a', 'b', 9), given('b', 'a', 2), given('b', 'c', 3)], []],
    ['ids that look alike do not mix', [given('a","b', 'c', 3), given('a', 'b","c', 3)], []],
  ])('G14 pairs: %s', (_, counts, pairs) => {
    const found = reciprocalPairs(counts).map(({ people, approvals }) => [...people, approvals])
    expect(found).toEqual(pairs)
  })

  it('G14 the order of what was counted makes no difference, and nobody is in two pairs', () => {
    const person = fc.constantFrom('a', 'b', 'c', 'd')
    const counts = fc.uniqueArray(fc.tuple(person, person, fc.integer({ min: 1, max: 9 })), {
      selector: ([one, other]) => one + other,
    })
    fc.assert(
      fc.property(counts, (some) => {
        const all = some.filter(([one, other]) => one !== other).map((each) => given(...each))
        const pairs = reciprocalPairs(all)
        const sorted = (list: typeof pairs) => list.map((each) => JSON.stringify(each)).sort()
        expect(sorted(reciprocalPairs(all.toReversed()))).toEqual(sorted(pairs))
        const everybody = pairs.flatMap(({ people }) => people)
        expect(new Set(everybody).size).toBe(everybody.length)
      }),
    )
  })

  it('G14 a pair counts for its own two and for nobody else; Suture has none', () => {
    const counts = [given('a', 'b', 3), given('b', 'a', 2)]
    expect(stampsCounted(1, counts, 'a')).toBe(6)
    expect(stampsCounted(1, counts, 'b')).toBe(6)
    expect(stampsCounted(1, counts, 'c')).toBe(1)
    expect(stampsCounted(1, counts, null)).toBe(1)
  })
})
