import { describe, expect, it } from 'vitest'
import type { Impact } from '../../../src/domain/action.ts'
import { ChangeWindow } from '../../../src/domain/policy/calendar.ts'
import { changeWindow } from '../../../src/domain/policy/change-window.ts'
import { evaluatePolicy } from '../../../src/domain/policy/evaluate.ts'
import { at, aWindow, calendar, facts, holidaysOn } from './calendar-support.ts'

const zones = [
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'America/St_Johns',
  'Europe/Berlin',
  'America/New_York',
  'Pacific/Kiritimati',
  'Pacific/Honolulu',
  'Asia/Kolkata',
  'UTC',
] as const

/** Monday to Friday 09:00-18:00: before it, its first minute, its last, and after it. */
const edges = [
  ['2026-06-03T08:59', 'deny', '2026-06-03T09:00'],
  ['2026-06-03T09:00', 'allow', null],
  ['2026-06-03T17:59', 'allow', null],
  ['2026-06-03T18:00', 'deny', '2026-06-04T09:00'],
  ['2026-06-05T18:00', 'deny', '2026-06-08T09:00'],
  ['2026-06-06T12:00', 'deny', '2026-06-08T09:00'],
] as const

const ruling = (local: string, zone: string, given: Parameters<typeof facts>[0] = {}, offset?: string) => {
  const { outcome, reason } = changeWindow(facts({ now: at(local, zone, offset), timeZone: zone, ...given }))
  const earliest =
    reason?.earliest === undefined
      ? null
      : Temporal.Instant.from(reason.earliest)
          .toZonedDateTimeISO(zone)
          .toPlainDateTime()
          .toString({ smallestUnit: 'minute' })
  return [outcome, earliest]
}

describe('the change window', () => {
  it.each(
    zones.flatMap((zone) =>
      edges.map(([local, outcome, earliest]) => [local, zone, outcome, earliest] as const),
    ),
  )('G1 at %s in %s it says %s', (local, zone, outcome, earliest) => {
    expect(ruling(local, zone)).toEqual([outcome, earliest])
  })

  it.each<[string, Impact, string]>([
    ['low is not bound by it', 'low', 'allow'],
    ['medium is', 'medium', 'deny'],
    ['high is', 'high', 'deny'],
    ['critical is', 'critical', 'deny'],
    ['an impact nobody knows is', 'odd' as Impact, 'deny'],
    ['an impact named like a built-in is', 'constructor' as Impact, 'deny'],
  ])('G1 outside: %s', (_name, impact, outcome) => {
    expect(changeWindow(facts({ impact, now: at('2026-06-06T12:00', 'UTC') })).outcome).toBe(outcome)
  })

  const night = aWindow({ from: '01:30', to: '02:30', days: ['sun'] })
  const late = aWindow({ id: 'late', from: '22:00', to: '04:00', days: ['fri'] })
  it.each<[string, string, string, Parameters<typeof calendar>[0], (string | null)[], string?]>([
    // Berlin skips 02:00-03:00 on 2026-03-29: what would close at 02:30 closes where the clocks jump.
    ['before the clocks jump', '2026-03-29T01:59', 'Europe/Berlin', { windows: [night] }, ['allow', null]],
    [
      'after the clocks jumped',
      '2026-03-29T03:00',
      'Europe/Berlin',
      { windows: [night] },
      ['deny', '2026-04-05T01:30'],
    ],
    [
      'a window that begins in the hour that is skipped begins after it',
      '2026-03-29T01:59',
      'Europe/Berlin',
      { windows: [aWindow({ from: '02:30', to: '04:00', days: ['sun'] })] },
      ['deny', '2026-03-29T03:00'],
    ],
    // Berlin repeats 02:00-03:00 on 2026-10-25: the clock on the wall decides, twice.
    ['the first 02:15', '2026-10-25T02:15', 'Europe/Berlin', { windows: [night] }, ['allow', null], '+02:00'],
    [
      'the first 02:45',
      '2026-10-25T02:45',
      'Europe/Berlin',
      { windows: [night] },
      ['deny', '2026-10-25T02:00'],
      '+02:00',
    ],
    [
      'the second 02:15',
      '2026-10-25T02:15',
      'Europe/Berlin',
      { windows: [night] },
      ['allow', null],
      '+01:00',
    ],
    [
      'the second 02:45',
      '2026-10-25T02:45',
      'Europe/Berlin',
      { windows: [night] },
      ['deny', '2026-11-01T01:30'],
      '+01:00',
    ],
    [
      'a window of the repeated hour opens again after it is too late for the first',
      '2026-10-25T02:10',
      'Europe/Berlin',
      { windows: [aWindow({ from: '02:30', to: '02:40', days: ['sun'] })] },
      ['deny', '2026-10-25T02:30'],
      '+01:00',
    ],
    // Lord Howe changes by half an hour.
    [
      'half an hour that is skipped',
      '2026-10-04T01:59',
      'Australia/Lord_Howe',
      { windows: [aWindow({ from: '02:00', to: '03:00', days: ['sun'] })] },
      ['deny', '2026-10-04T02:30'],
    ],
    ['the working day of a change keeps its hours', '2026-03-30T09:00', 'Europe/Berlin', {}, ['allow', null]],
    ['the leap day is a day like others', '2028-02-29T09:00', 'America/New_York', {}, ['allow', null]],
    [
      'the evening before the leap day',
      '2028-02-28T18:00',
      'America/New_York',
      {},
      ['deny', '2028-02-29T09:00'],
    ],
    [
      'a holiday',
      '2026-12-25T10:00',
      'Europe/Berlin',
      { holidays: [holidaysOn('2026-12-25')] },
      ['deny', '2026-12-28T09:00'],
    ],
    [
      'the day after a holiday',
      '2026-12-28T10:00',
      'Europe/Berlin',
      { holidays: [holidaysOn('2026-12-25')] },
      ['allow', null],
    ],
    [
      'a holiday on the leap day',
      '2028-02-29T10:00',
      'Europe/Berlin',
      { holidays: [holidaysOn('2028-02-29')] },
      ['deny', '2028-03-01T09:00'],
    ],
    [
      'a holiday is one by the clock of the service',
      '2026-12-25T09:00',
      'Pacific/Kiritimati',
      { holidays: [holidaysOn('2026-12-24')] },
      ['allow', null],
    ],
    [
      'over midnight: before it opens',
      '2026-06-05T21:59',
      'Asia/Kolkata',
      { windows: [late] },
      ['deny', '2026-06-05T22:00'],
    ],
    ['over midnight: on its day', '2026-06-05T22:00', 'Asia/Kolkata', { windows: [late] }, ['allow', null]],
    [
      'over midnight: on the next day',
      '2026-06-06T03:59',
      'Asia/Kolkata',
      { windows: [late] },
      ['allow', null],
    ],
    [
      'over midnight: closed',
      '2026-06-06T04:00',
      'Asia/Kolkata',
      { windows: [late] },
      ['deny', '2026-06-12T22:00'],
    ],
    [
      'over midnight: the morning of its own day belongs to the day before',
      '2026-06-05T03:00',
      'Asia/Kolkata',
      { windows: [late] },
      ['deny', '2026-06-05T22:00'],
    ],
    [
      'over midnight from a holiday: it never opened',
      '2026-06-06T01:00',
      'UTC',
      { windows: [late], holidays: [holidaysOn('2026-06-05')] },
      ['deny', '2026-06-12T22:00'],
    ],
    [
      'over midnight into a holiday: nobody is there',
      '2026-06-06T01:00',
      'UTC',
      { windows: [late], holidays: [holidaysOn('2026-06-06')] },
      ['deny', '2026-06-12T22:00'],
    ],
    ['until 24:00', '2026-06-05T23:59', 'UTC', { windows: [aWindow({ to: '24:00' })] }, ['allow', null]],
    [
      'after 24:00',
      '2026-06-06T00:00',
      'UTC',
      { windows: [aWindow({ to: '24:00' })] },
      ['deny', '2026-06-08T09:00'],
    ],
    [
      'two that overlap: in the second alone',
      '2026-06-03T19:00',
      'UTC',
      { windows: [aWindow(), aWindow({ id: 'evening', from: '17:00', to: '20:00' })] },
      ['allow', null],
    ],
    [
      'two that overlap: after both',
      '2026-06-03T20:00',
      'UTC',
      { windows: [aWindow(), aWindow({ id: 'evening', from: '17:00', to: '20:00' })] },
      ['deny', '2026-06-04T09:00'],
    ],
    [
      'two zones: open where it is day',
      '2026-06-03T20:00',
      'UTC',
      { windows: [aWindow(), aWindow({ id: 'coast', timeZone: 'America/Los_Angeles' })] },
      ['allow', null],
    ],
    ['no windows: always open', '2026-06-06T03:00', 'UTC', { windows: [] }, ['allow', null]],
    [
      'a freeze that ends later is counted',
      '2026-06-03T18:00',
      'UTC',
      {
        freezes: [
          {
            id: 'frz-1',
            from: at('2026-06-01T00:00', 'UTC'),
            to: at('2026-06-05T12:00', 'UTC'),
            reason: 'fair',
            by: 'Ada',
          },
        ],
      },
      ['deny', '2026-06-05T12:00'],
    ],
  ])('G1 %s', (_name, local, zone, given, expected, offset) => {
    expect(ruling(local, zone, { calendar: calendar(given) }, offset)).toEqual(expected)
  })

  const never = calendar({
    windows: [aWindow()],
    holidays: [
      holidaysOn(
        ...Array.from({ length: 500 }, (_, day) =>
          Temporal.PlainDate.from('2026-05-01').add({ days: day }).toString(),
        ),
      ),
    ],
  })
  it('G1 says so when no window opens in all the time that is searched', () => {
    const { outcome, reason } = changeWindow(facts({ calendar: never }))
    expect([outcome, reason?.earliest, reason?.overridable]).toEqual(['deny', undefined, true])
    expect(reason?.remedy).toContain('in the next 400 days')
  })

  it('G1 a service whose zone nobody knows is refused by name, not waved through', () => {
    const { outcome, reason } = changeWindow(facts({ timeZone: 'Europe/Atlantis' }))
    expect([outcome, reason?.detail]).toEqual([
      'deny',
      'The time zone “Europe/Atlantis” of checkout is unknown, so nobody can say whether its change window is open.',
    ])
  })

  it('G1 the refusal tells local time, window, earliest time and who can act', () => {
    const { reason } = changeWindow(
      facts({ now: at('2026-06-06T10:00', 'Europe/Berlin'), timeZone: 'Europe/Berlin' }),
    )
    expect(reason).toEqual({
      rejected: true,
      code: 'change_window',
      detail:
        'It is Sat 2026-06-06 10:00 in Europe/Berlin, outside the change window of checkout: Mon-Fri 09:00-18:00. Nothing of medium impact runs then.',
      remedy:
        'Request it again from Mon 2026-06-08 09:00 in Europe/Berlin on; before that, only an override approved by somebody else with the role override lets it run.',
      earliest: '2026-06-08T07:00:00Z',
      overridable: true,
      facts: {
        impact: 'medium',
        localTime: 'Sat 2026-06-06 10:00 in Europe/Berlin',
        windows: 'Mon-Fri 09:00-18:00',
        holiday: null,
      },
    })
  })

  it('G1 an override asks for the role override instead, and for this layer alone', () => {
    const closed = { now: at('2026-06-06T12:00', 'UTC') }
    expect(evaluatePolicy(facts({ ...closed, overrides: ['change_window'] }))).toMatchObject({
      outcome: 'require_approval',
      requiredRoles: ['override'],
    })
    expect(evaluatePolicy(facts({ ...closed, overrides: ['freeze', 'mode'] }))).toMatchObject({
      outcome: 'deny',
      requiredRoles: [],
    })
  })

  it.each<[string, number, 'warn' | 'deny', (string | null)[], boolean]>([
    ['one that ends in time is not spoken of', 59 * 60_000, 'deny', ['allow', null], false],
    ['one that ends exactly then neither', 60 * 60_000 - 1, 'warn', ['allow', null], false],
    ['one that would end outside is told beforehand', 61 * 60_000, 'warn', ['allow', null], true],
    ['or refused', 61 * 60_000, 'deny', ['deny', '2026-06-04T09:00'], true],
    ['one that fits in no window has no earliest time', 10 * 3_600_000, 'deny', ['deny', null], true],
    ['one of no known length is not spoken of', Number.NaN, 'deny', ['allow', null], false],
    ['one of endless length is refused', Number.POSITIVE_INFINITY, 'deny', ['deny', null], true],
  ])('G1 a run: %s', (_name, expectedMs, overrun, expected, spoken) => {
    const given = { calendar: calendar({ overrun, expectedMs }) }
    expect(ruling('2026-06-03T17:00', 'UTC', given)).toEqual(expected)
    const { reason } = changeWindow(facts({ now: at('2026-06-03T17:00', 'UTC'), ...given }))
    expect(reason !== undefined).toBe(spoken)
  })

  it('G1 a window that cannot be is refused by name when it is read', () => {
    for (const wrong of [
      { from: '09:00', to: '09:00' },
      { from: '24:00', to: '09:00' },
      { from: '9:00' },
      { to: '24:01' },
      { days: [] },
      { timeZone: 'Europe/Atlantis' },
      { timezone: 'UTC' },
    ])
      expect(ChangeWindow.safeParse({ id: 'odd', ...wrong }).success, JSON.stringify(wrong)).toBe(false)
  })
})
