import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { handOversDue, onShiftAt } from '../../../src/domain/hand-over.ts'
import { PolicyDocument } from '../../../src/domain/policy/document.ts'
import { readPolicy } from '../../../src/domain/policy/read-policy.ts'
import { Shift, turnAt } from '../../../src/domain/policy/shift.ts'

const shift = (given: object = {}): Shift =>
  Shift.parse({ id: 'first-line', people: ['ada', 'bea', 'cem'], starts: '2026-01-05', ...given })
const at = (local: string): Temporal.Instant => Temporal.ZonedDateTime.from(local).toInstant()
const local = (instant: Temporal.Instant | undefined, zone: string): string | undefined =>
  instant?.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never' })

const berlin = { timeZone: 'Europe/Berlin' }
const dayAndNight = { every: 'day', at: ['09:00', '21:00'], people: ['day', 'night'] }

describe('G8 who is on shift', () => {
  // [shift, moment, who, from, until]
  const golden: [string, object, string, string[], string, string][] = [
    [
      'the first week begins',
      berlin,
      '2026-01-05T09:00[Europe/Berlin]',
      ['ada'],
      '2026-01-05T09:00:00+01:00',
      '2026-01-12T09:00:00+01:00',
    ],
    [
      'a moment before the second',
      berlin,
      '2026-01-12T08:59:59.999[Europe/Berlin]',
      ['ada'],
      '2026-01-05T09:00:00+01:00',
      '2026-01-12T09:00:00+01:00',
    ],
    [
      'the second begins',
      berlin,
      '2026-01-12T09:00[Europe/Berlin]',
      ['bea'],
      '2026-01-12T09:00:00+01:00',
      '2026-01-19T09:00:00+01:00',
    ],
    [
      'after the last the first again',
      berlin,
      '2026-01-26T12:00[Europe/Berlin]',
      ['ada'],
      '2026-01-26T09:00:00+01:00',
      '2026-02-02T09:00:00+01:00',
    ],
    // 29 March 2026, 02:00 becomes 03:00: the week is an hour shorter, and it still ends at nine.
    [
      'a week in which summer begins',
      berlin,
      '2026-03-29T12:00[Europe/Berlin]',
      ['cem'],
      '2026-03-23T09:00:00+01:00',
      '2026-03-30T09:00:00+02:00',
    ],
    // 25 October 2026, 03:00 becomes 02:00.
    [
      'a week in which it ends',
      berlin,
      '2026-10-25T12:00[Europe/Berlin]',
      ['cem'],
      '2026-10-19T09:00:00+02:00',
      '2026-10-26T09:00:00+01:00',
    ],
    [
      'an hour that the clock skips comes an hour later',
      { ...berlin, every: 'day', at: '02:30', starts: '2026-03-28' },
      '2026-03-29T03:29:59[Europe/Berlin]',
      ['ada'],
      '2026-03-28T02:30:00+01:00',
      '2026-03-29T03:30:00+02:00',
    ],
    [
      'and then the next is on',
      { ...berlin, every: 'day', at: '02:30', starts: '2026-03-28' },
      '2026-03-29T03:30[Europe/Berlin]',
      ['bea'],
      '2026-03-29T03:30:00+02:00',
      '2026-03-30T02:30:00+02:00',
    ],
    [
      'of an hour that comes twice the first counts',
      { ...berlin, every: 'day', at: '02:30', starts: '2026-10-24' },
      '2026-10-25T02:30:00+02:00[Europe/Berlin]',
      ['bea'],
      '2026-10-25T02:30:00+02:00',
      '2026-10-26T02:30:00+01:00',
    ],
    [
      'and the second changes nothing',
      { ...berlin, every: 'day', at: '02:30', starts: '2026-10-24' },
      '2026-10-25T02:30:00+01:00[Europe/Berlin]',
      ['bea'],
      '2026-10-25T02:30:00+02:00',
      '2026-10-26T02:30:00+01:00',
    ],
    [
      'by day',
      dayAndNight,
      '2026-01-07T20:59[UTC]',
      ['day'],
      '2026-01-07T09:00:00+00:00',
      '2026-01-07T21:00:00+00:00',
    ],
    [
      'by night',
      dayAndNight,
      '2026-01-07T21:00[UTC]',
      ['night'],
      '2026-01-07T21:00:00+00:00',
      '2026-01-08T09:00:00+00:00',
    ],
    [
      'after midnight',
      dayAndNight,
      '2026-01-08T03:00[UTC]',
      ['night'],
      '2026-01-07T21:00:00+00:00',
      '2026-01-08T09:00:00+00:00',
    ],
    [
      'over a leap day',
      { every: 'day', starts: '2028-02-28' },
      '2028-02-29T10:00[UTC]',
      ['bea'],
      '2028-02-29T09:00:00+00:00',
      '2028-03-01T09:00:00+00:00',
    ],
    [
      'a team',
      { people: [['ada', 'bea'], 'cem'] },
      '2026-01-06T00:00[UTC]',
      ['ada', 'bea'],
      '2026-01-05T09:00:00+00:00',
      '2026-01-12T09:00:00+00:00',
    ],
    [
      'on the other side of the world',
      { timeZone: 'Pacific/Auckland' },
      '2026-01-12T08:59[Pacific/Auckland]',
      ['ada'],
      '2026-01-05T09:00:00+13:00',
      '2026-01-12T09:00:00+13:00',
    ],
  ]
  it.each(golden)('G8 %s', (_, given, moment, people, from, until) => {
    const made = shift(given)
    const turn = turnAt(made, at(moment))
    expect([turn?.people, local(turn?.from, made.timeZone), local(turn?.until, made.timeZone)]).toEqual([
      people,
      from,
      until,
    ])
  })

  it('G8 nobody before the first day', () => {
    expect(turnAt(shift(), at('2026-01-05T08:59[UTC]'))).toBeNull()
    expect(turnAt(shift(), at('2020-01-01T00:00[UTC]'))).toBeNull()
    expect(onShiftAt([shift()], at('2020-01-01T00:00[UTC]'))).toEqual([])
  })

  it('G8 at any moment exactly one turn is on, and the next begins where it ends', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC'),
        fc.constantFrom('day', 'week'),
        fc.constantFrom(['00:00'], ['02:30'], ['09:00', '21:00'], ['01:30', '02:00', '02:30']),
        fc.integer({ min: 0, max: 500 * 24 * 60 }),
        (timeZone, every, times, minutes) => {
          const made = shift({ timeZone, every, at: every === 'week' ? times[0] : times })
          const now = at('2026-01-06T12:00[UTC]').add({ minutes })
          const turn = turnAt(made, now)
          if (turn === null) return
          expect(Temporal.Instant.compare(turn.from, now)).toBeLessThanOrEqual(0)
          expect(Temporal.Instant.compare(turn.until, now)).toBeGreaterThan(0)
          expect(turnAt(made, turn.until.subtract({ milliseconds: 1 }))?.number).toBe(turn.number)
          expect(turnAt(made, turn.until)?.number).toBeGreaterThan(turn.number)
          expect(turnAt(made, turn.until)?.from).toEqual(turn.until)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('G8 hand-over', () => {
  const waiting = (createdAt: string, handedOverAt: string | null = null) => ({
    createdAt: at(createdAt),
    expiresAt: at(createdAt).add({ hours: 24 }),
    handedOverAt: handedOverAt === null ? null : at(handedOverAt),
  })
  const nights = [shift(dayAndNight)]

  it('G8 is due from the moment the shift ends, and once it was told no more', () => {
    const request = waiting('2026-01-07T20:00[UTC]')
    const before = handOversDue(nights, request, at('2026-01-07T20:59:59[UTC]'))
    expect(before).toEqual({ due: [], nextAt: at('2026-01-07T21:00[UTC]') })
    expect(handOversDue(nights, request, at('2026-01-07T21:00[UTC]'))).toEqual({
      due: [
        {
          shift: 'first-line',
          at: at('2026-01-07T21:00[UTC]'),
          until: at('2026-01-08T09:00[UTC]'),
          off: ['day'],
          on: ['night'],
        },
      ],
      nextAt: at('2026-01-08T09:00[UTC]'),
    })
    const told = { ...request, handedOverAt: at('2026-01-07T21:00[UTC]') }
    expect(handOversDue(nights, told, at('2026-01-07T21:00[UTC]')).due).toEqual([])
    expect(handOversDue(nights, told, at('2026-01-08T08:59[UTC]')).due).toEqual([])
    // A clock that is behind the one it was told by hands nothing back.
    expect(handOversDue(nights, told, at('2026-01-07T20:59[UTC]')).due).toEqual([])
  })

  it('G8 after an outage only who is on by now is told, and nobody where that is the same', () => {
    const request = waiting('2026-01-07T20:00[UTC]')
    expect(handOversDue(nights, request, at('2026-01-08T10:00[UTC]')).due).toEqual([])
    const three = [shift({ ...dayAndNight, people: ['one', 'two', 'three'] })]
    expect(handOversDue(three, request, at('2026-01-08T10:00[UTC]')).due).toMatchObject([
      { off: [expect.any(String)], on: [expect.any(String)], at: at('2026-01-08T09:00[UTC]') },
    ])
  })

  it('G8 none comes after the request has expired, and none without shifts', () => {
    const request = { ...waiting('2026-01-07T20:00[UTC]'), expiresAt: at('2026-01-07T21:00[UTC]') }
    expect(handOversDue(nights, request, at('2026-01-07T20:30[UTC]'))).toEqual({ due: [], nextAt: null })
    expect(handOversDue([], waiting('2026-01-07T20:00[UTC]'), at('2026-01-09T00:00[UTC]'))).toEqual({
      due: [],
      nextAt: null,
    })
  })

  it('G8 a shift that has not begun hands nothing over', () => {
    const later = [shift({ starts: '2026-01-08' })]
    const request = waiting('2026-01-07T20:00[UTC]')
    expect(handOversDue(later, request, at('2026-01-08T09:00[UTC]')).due).toEqual([])
    expect(handOversDue(later, request, at('2026-01-07T21:00[UTC]')).nextAt).toEqual(
      at('2026-01-08T09:00[UTC]'),
    )
  })
})

describe('shifts in the policy', () => {
  const problems = (given: object): string[] => {
    const read = readPolicy({ shifts: [{ id: 's', people: ['a', 'b'], starts: '2026-01-05', ...given }] })
    return read.ok ? [] : read.problems.map(({ path, problem }) => `${path.join('.')}: ${problem}`)
  }
  it('G8 none by default; a week from nine by the clock of UTC', () => {
    expect(PolicyDocument.parse({}).shifts).toEqual([])
    expect(problems({})).toEqual([])
    expect(shift()).toMatchObject({ every: 'week', at: '09:00', timeZone: 'UTC', match: {} })
  })
  it.each([
    [{ people: ['a'] }, 'people'],
    [{ people: ['a', []] }, 'people'],
    [{ starts: '2026-02-30' }, 'starts'],
    [{ at: '24:00', every: 'day' }, 'at'],
    [{ at: ['21:00', '09:00'], every: 'day' }, 'at'],
    [{ at: ['09:00', '09:00'], every: 'day' }, 'at'],
    [{ at: ['09:00', '21:00'] }, 'at'],
    [{ timeZone: 'Mars/Base' }, 'timeZone'],
    [{ timeZone: 'service' }, 'timeZone'],
    [{ roles: ['approver'] }, 'roles'],
    [JSON.parse('{"__proto__": {"every": "day"}}') as object, '__proto__'],
  ])('G8 refuses %j', (given, field) => {
    const found = problems(given)
    expect(found.join()).toContain(`shifts.0.${field}`)
  })
  it('G8 two of one id are refused', () => {
    const one = { id: 's', people: ['a', 'b'], starts: '2026-01-05' }
    const read = readPolicy({ shifts: [one, one] })
    expect(read.ok ? [] : read.problems.map(({ problem }) => problem)).toEqual([
      'the shift s is declared twice',
    ])
  })
})
