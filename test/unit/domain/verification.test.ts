import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Recovery } from '../../../src/domain/learning.ts'
import {
  allOf,
  endOf,
  endOfAll,
  nothingSeen,
  notMeasured,
  type Reading,
  type Seen,
  type Standing,
  seeMore,
  standingOf,
} from '../../../src/domain/verification.ts'

/** `+` holds, `-` does not, `?` could not be measured. */
const readingOf = (sign: string): Reading =>
  sign === '?' ? notMeasured('no data') : { measured: true, holds: sign === '+', summary: sign }

const seeAll = (signs: string, healthy: number): Seen =>
  [...signs].reduce<Seen>((seen, sign) => seeMore(seen, readingOf(sign), { healthy }), nothingSeen)

const signs = fc.string({ unit: fc.constantFrom('+', '-', '?'), maxLength: 30 })
const healthy = fc.integer({ min: 1, max: 6 })
const patience = { settle: 5_000, within: 10_000, healthy: 3 }

describe('one check over time', () => {
  it.each<[string, Recovery, string]>([
    ['+++', 'recovered', 'as often in a row as was asked for'],
    ['---+++', 'recovered', 'after a while'],
    ['++', 'not_recovered', 'not often enough'],
    ['++-++', 'not_recovered', 'flapping'],
    ['+-+-+-+-', 'not_recovered', 'flapping to the end'],
    ['++?+', 'not_recovered', 'a gap breaks the row'],
    ['', 'not_measured', 'nobody ever looked'],
    ['????', 'not_measured', 'nobody could look'],
    ['---??', 'not_measured', 'blind at the end: what was seen before says nothing about it'],
    ['++?', 'not_measured', 'blind before it was sure'],
    ['??--', 'not_recovered', 'seen at the end'],
    ['+++??', 'not_measured', 'it held, and then nobody could look'],
    ['+++-', 'not_recovered', 'it did not last'],
    ['+++-+', 'not_recovered', 'a new row begins from nothing'],
    ['+++-+++', 'recovered', 'it came back'],
  ])('R6 %s of three is %s: %s', (seen, expected) => {
    expect(endOf(seeAll(seen, 3))).toBe(expected)
  })

  it('R6 waits through its settling time and its window, and no longer', () => {
    const seen = seeAll('++', 3)
    expect(standingOf(seen, patience, 0)).toBe('waiting')
    expect(standingOf(seen, patience, 14_999)).toBe('waiting')
    expect(standingOf(seen, patience, 15_000)).toBe('not_recovered')
    expect(standingOf(nothingSeen, patience, 15_000)).toBe('not_measured')
    expect(standingOf(seeAll('+++', 3), patience, 0)).toBe('recovered')
  })

  it('R6 recovered is never said without so many good looks in a row at the very end', () => {
    fc.assert(
      fc.property(signs, healthy, (seen, count) => {
        const good = new RegExp(`\\+{${count}}$`).test(seen)
        expect(endOf(seeAll(seen, count)) === 'recovered').toBe(good)
      }),
    )
  })

  it('R6 asking for more good looks in a row never turns into success what was none', () => {
    fc.assert(
      fc.property(signs, healthy, (seen, count) => {
        if (endOf(seeAll(seen, count)) !== 'recovered')
          expect(endOf(seeAll(seen, count + 1))).not.toBe('recovered')
      }),
    )
  })

  it('R6 a look that could not measure never makes it better', () => {
    fc.assert(
      fc.property(signs, signs, healthy, (before, after, count) => {
        const blind = `${before}?${after}`
        if (endOf(seeAll(before + after, count)) !== 'recovered')
          expect(endOf(seeAll(blind, count))).not.toBe('recovered')
      }),
    )
  })
})

describe('several checks at a time', () => {
  it.each<[readonly Standing[], Standing]>([
    [['recovered', 'recovered'], 'recovered'],
    [['recovered', 'waiting'], 'waiting'],
    [['recovered', 'not_measured'], 'not_measured'],
    [['recovered', 'not_recovered'], 'not_recovered'],
    [['not_measured', 'not_recovered'], 'not_recovered'],
    [['waiting', 'not_recovered'], 'not_recovered'],
    [['waiting', 'not_measured'], 'waiting'],
    [[], 'not_measured'],
  ])('R6 %j together is %s', (standings, expected) => {
    expect(allOf(standings)).toBe(expected)
    expect(allOf(standings.toReversed())).toBe(expected)
  })

  const checks = fc.array(signs, { maxLength: 5 })

  it('R6 all recovered means that each recovered, and that there was one', () => {
    fc.assert(
      fc.property(checks, healthy, (all, count) => {
        const seen = all.map((each) => seeAll(each, count))
        expect(endOfAll(seen) === 'recovered').toBe(
          seen.length > 0 && seen.every((each) => endOf(each) === 'recovered'),
        )
      }),
    )
  })

  it('R6 one more check never turns into success what was none, and one that does not hold outweighs all', () => {
    fc.assert(
      fc.property(fc.array(signs, { minLength: 1, maxLength: 5 }), signs, healthy, (all, more, count) => {
        const seen = all.map((each) => seeAll(each, count))
        const with1 = [...seen, seeAll(more, count)]
        if (endOfAll(seen) !== 'recovered') expect(endOfAll(with1)).not.toBe('recovered')
        if (endOfAll(seen) === 'not_recovered') expect(endOfAll(with1)).toBe('not_recovered')
        if (with1.some((each) => endOf(each) === 'not_recovered'))
          expect(endOfAll(with1)).toBe('not_recovered')
      }),
    )
  })
})
