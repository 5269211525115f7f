import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseWhen } from '../../../src/domain/when.ts'

/** A Friday; in Berlin it is 12:30. */
const now = Temporal.Instant.from('2026-06-05T10:30:00Z')
const seen = (typed: string, zone = 'UTC') =>
  parseWhen(typed, now, zone)?.toString({ smallestUnit: 'second' }) ?? null

describe('times as people type them', () => {
  it.each([
    ['18:00', '2026-06-05T18:00:00Z'],
    ['10:30', '2026-06-06T10:30:00Z'],
    ['9:15', '2026-06-06T09:15:00Z'],
    ['24:00', '2026-06-06T00:00:00Z'],
    ['2h', '2026-06-05T12:30:00Z'],
    ['in 90m', '2026-06-05T12:00:00Z'],
    ['1h30m', '2026-06-05T12:00:00Z'],
    ['3d', '2026-06-08T10:30:00Z'],
    ['tomorrow', '2026-06-06T00:00:00Z'],
    ['tomorrow 09:00', '2026-06-06T09:00:00Z'],
    ['today 11:00', '2026-06-05T11:00:00Z'],
    ['midnight', '2026-06-06T00:00:00Z'],
    ['Monday', '2026-06-08T00:00:00Z'],
    ['mon 09:00', '2026-06-08T09:00:00Z'],
    ['thursday at 9:00', '2026-06-11T09:00:00Z'],
    ['friday', '2026-06-12T00:00:00Z'],
    ['2026-12-24', '2026-12-24T00:00:00Z'],
    ['2026-12-24 18:00', '2026-12-24T18:00:00Z'],
    ['2026-12-24T18:00', '2026-12-24T18:00:00Z'],
    ['2026-12-24T18:00+01:00', '2026-12-24T17:00:00Z'],
    ['2026-12-24T18:00:00Z', '2026-12-24T18:00:00Z'],
    ['2026-01-01 09:00', '2026-01-01T09:00:00Z'],
  ])('G2 %s', (typed, expected) => {
    expect(seen(typed)).toBe(expected)
  })

  it.each([
    ['18:00', 'Europe/Berlin', '2026-06-05T16:00:00Z'],
    ['12:30', 'Europe/Berlin', '2026-06-06T10:30:00Z'],
    ['tomorrow 09:00', 'Asia/Kathmandu', '2026-06-06T03:15:00Z'],
    ['monday', 'Pacific/Kiritimati', '2026-06-07T10:00:00Z'],
    // The hour that is skipped, and the hour that comes twice: the later of the two.
    ['2027-03-28 02:30', 'Europe/Berlin', '2027-03-28T01:30:00Z'],
    ['2026-10-25 02:30', 'Europe/Berlin', '2026-10-25T01:30:00Z'],
  ])('G2 %s in %s', (typed, zone, expected) => {
    expect(seen(typed, zone)).toBe(expected)
  })

  it.each([
    '',
    'soon',
    '25:00',
    '18:60',
    '24:01',
    '18',
    '-2h',
    '2h ago',
    '2026-02-30',
    '2026-13-01 09:00',
    '1e9h',
    'NaN',
    '__proto__',
    'constructor',
    '9999999h',
    '2026-12-24T18:00+99:00',
  ])('G2 %j is no time', (typed) => {
    expect(seen(typed)).toBeNull()
  })

  it('G2 any text at all is a time or none, and never an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.stringMatching(/^[\d:dhmTZ +-]{0,30}$/)),
        (typed) => {
          expect(() => parseWhen(typed, now, 'Europe/Berlin')).not.toThrow()
        },
      ),
    )
  })
})
