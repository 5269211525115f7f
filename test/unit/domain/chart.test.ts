import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { axisOf } from '../../../src/domain/chart/axis.ts'
import {
  approvalsChart,
  durationChart,
  incidentsChart,
  recoveryChart,
  successChart,
} from '../../../src/domain/chart/figure-charts.ts'
import { textRowsOf } from '../../../src/domain/chart/text-rows.ts'
import { Chart, chartOf, mostAlt, mostRows } from '../../../src/domain/chart.ts'
import { aChart, anyChart, anyText, aRow, figures, recoveries } from '../support/charts.ts'

const head = { title: 'A chart', foot: 'as of 2026-11-23 07:10 UTC' }
const at = (minute: number) => Temporal.Instant.from('2026-11-23T03:00:00Z').add({ minutes: minute })

describe('a chart', () => {
  it('C7 any figures and texts make one of twelve rows at most, with numbers within its scale and alt text that fits', () => {
    fc.assert(
      fc.property(anyChart(anyText), (chart) => {
        expect(Chart.safeParse(chart).error).toBeUndefined()
        for (const { value, interval, label } of chart.rows) {
          expect(label).not.toBe('')
          for (const number of [value, interval?.low ?? 0, interval?.high ?? 0])
            expect(number).toBeLessThanOrEqual(chart.scale === 'share' ? 1 : Number.MAX_SAFE_INTEGER)
          expect(interval === null || interval.low <= interval.high).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('C7 rows beyond twelve are told as a number, in the picture as in its alt text', () => {
    const rows = Array.from({ length: 19 }, (_, index) => aRow({ label: `playbook-${index}` }))
    const chart = aChart({ rows })
    expect(chart.rows).toHaveLength(mostRows)
    expect(chart.more).toBe(7)
    expect(chart.alt).toContain('playbook-11: 90 %')
    expect(chart.alt).toContain('and 7 more')
    expect(textRowsOf(chart).rest).toBe('and 7 more')
  })

  it('C7 alt text tells every row with its figure and what that rests on', () => {
    expect(aChart().alt).toBe(
      'Success by playbook. The dot is the share of runs that worked, the band its 95 % interval. ' +
        'restart-service: 90 % (38 of 42, 78–96 %); scale-up: 57 % (38 of 42, 78–96 %). Last 7 days · as of 2026-11-23 07:10 UTC.',
    )
  })

  it('C7 alt text that would be too long leaves whole rows to a number', () => {
    const rows = Array.from({ length: 12 }, (_, index) =>
      aRow({ label: `${index} ${'x'.repeat(78)}`, note: 'y'.repeat(60) }),
    )
    const { alt } = aChart({ rows })
    expect(alt.length).toBeLessThanOrEqual(mostAlt)
    expect(alt).toMatch(/ and \d+ more\. Last 7 days/)
    expect(alt.match(/\d+ x{70,}/g)?.length).toBe(12 - Number(/and (\d+) more/.exec(alt)?.[1]))
  })

  it('C7 names of others can neither turn the direction of writing nor hide', () => {
    const chart = aChart({ title: 'a\u202egnp.exe', rows: [aRow({ label: ' \u200b\n ' })] })
    expect(chart.title).toBe('agnp.exe')
    expect(chart.rows[0]?.label).toBe('–')
  })
})

describe('what the charts say', () => {
  it('C7 L3 success has its interval, and colours only what the interval lies on one side of', () => {
    const chart = successChart(
      [
        figures('restart', 38, 42),
        figures('scale', 8, 14),
        figures('warm', 0, 9),
        figures('never', 0, 0),
      ].map((of) => ({ label: of.key, of })),
      head,
    )
    expect(chart.rows.map(({ label, figure, note, tone }) => [label, figure, note, tone])).toEqual([
      ['restart', '90 %', '38 of 42, 78–96 %', 'good'],
      ['scale', '57 %', '8 of 14, 33–79 %', 'neutral'],
      ['warm', '0 %', '0 of 9, 0–30 %', 'warning'],
    ])
    expect(chart.rows[1]?.interval?.low).toBeCloseTo(0.326, 2)
    expect(chart.rows[1]?.interval?.high).toBeCloseTo(0.786, 2)
    expect(chart.caption).toContain('Green')
    expect(successChart([{ label: 'scale', of: figures('scale', 8, 14) }], head).caption).not.toContain(
      'Green',
    )
  })

  it('C7 time to recover is the median, up to where nine of ten had recovered', () => {
    const [row] = recoveryChart(
      [{ label: 'payments', of: recoveries('payments', 240_000, 720_000, 31) }],
      head,
    ).rows
    expect(row).toMatchObject({
      value: 240,
      interval: { low: 240, high: 720 },
      figure: '4 min',
      note: '90 % in 12 min, of 31',
    })
  })

  it('C7 approvals wait longest first, and those with little time left stand out', () => {
    const request = (service: string, requested: number, expires: number) => ({
      service,
      title: 'Restart the service',
      requestedAt: at(requested),
      expiresAt: at(expires),
      given: 1,
      quorum: 2,
    })
    const { rows } = approvalsChart(
      [request('b', 10, 70), request('a', 0, 60), request('gone', 5, 48)],
      at(50),
      head,
    )
    expect(rows.map(({ label, figure, note, tone }) => [label, figure, note, tone])).toEqual([
      ['a: Restart the service', '50 min', '1 of 2 approvals, 10 min left', 'warning'],
      ['gone: Restart the service', '45 min', '1 of 2 approvals, expired', 'warning'],
      ['b: Restart the service', '40 min', '1 of 2 approvals, 20 min left', 'neutral'],
    ])
    expect(rows[0]?.interval).toEqual({ low: 3_000, high: 3_600 })
  })

  it('C7 what rests on nothing is no row', () => {
    const none = figures('none', 0, 0)
    expect(durationChart([{ label: 'none', of: none }], head).rows).toEqual([])
    expect(
      recoveryChart([{ label: 'none', of: { ...recoveries('none', 0, 0, 0), medianMs: null } }], head).rows,
    ).toEqual([])
    expect(incidentsChart([], head).alt).toContain('Nothing is on record')
  })
})

describe('its axis and its text', () => {
  const seconds = (value: number) =>
    axisOf(aChart({ scale: 'seconds', rows: [aRow({ value, interval: null })] }))
  const count = (value: number) => axisOf(aChart({ scale: 'count', rows: [aRow({ value, interval: null })] }))

  it('C7 ends at a round number, in the units that people say', () => {
    expect(seconds(48).ticks.map(({ text }) => text)).toEqual(['0', '15 s', '30 s', '45 s', '1 min'])
    expect(seconds(4_320).ticks.map(({ text }) => text)).toEqual(['0', '30 min', '1 h', '90 min'])
    expect(seconds(200_000).end).toBe(3 * 86_400)
    expect(count(41).ticks.map(({ text }) => text)).toEqual(['0', '10', '20', '30', '40', '50'])
    expect(count(0).ticks.map(({ text }) => text)).toEqual(['0', '1'])
    expect(count(61_234).ticks.map(({ text }) => text)).toEqual(['0', '20 k', '40 k', '60 k', '80 k'])
  })

  it('C7 whatever the largest value, the axis holds it and has two to six numbers', () => {
    fc.assert(
      fc.property(anyChart(fc.constant('x')), (chart) => {
        const { end, ticks } = axisOf(chart)
        const largest = Math.max(
          0,
          ...chart.rows.flatMap(({ value, interval }) => [value, interval?.high ?? 0]),
        )
        expect(end).toBeGreaterThanOrEqual(largest)
        expect(ticks.length).toBeGreaterThanOrEqual(2)
        expect(ticks.length).toBeLessThanOrEqual(6)
        expect(ticks.every(({ text }) => text.length <= 8)).toBe(true)
      }),
    )
  })

  it('C7 as text each row has a bar of ten, full for all and empty for nothing alone', () => {
    const bars = (...values: number[]) =>
      textRowsOf(aChart({ rows: values.map((value) => aRow({ value })) })).rows.map(({ bar }) => bar)
    expect(bars(0, 0.001, 0.57, 1)).toEqual(['▱▱▱▱▱▱▱▱▱▱', '▰▱▱▱▱▱▱▱▱▱', '▰▰▰▰▰▰▱▱▱▱', '▰▰▰▰▰▰▰▰▰▰'])
    expect(textRowsOf(chartOf({ ...aChart(), rows: [] })).rest).toBe('Nothing is on record for that.')
  })
})
